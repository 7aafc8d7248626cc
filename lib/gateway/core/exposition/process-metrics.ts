import { collectDefaultMetrics, Registry } from 'prom-client';
import { Declarations } from './declarations';

/** Time between two looks at the event loop. */
const LOOP_MS = 20;

/** Gauges of prom-client with a counter's suffix, which Prometheus finds fault with; others count the same by type. */
const MISNAMED = ['active_handles', 'active_requests', 'active_resources'] as const;

let registry: Registry | undefined;

/**
 * Metrics of the Node process by prom-client, such as `standpipe_process_cpu_seconds_total` and
 * `standpipe_nodejs_eventloop_lag_p99_seconds`, with a histogram of the delay of its event loop. The registry is one for the
 * process, made at its first use: prom-client's observers of garbage collection and of the event loop cannot be stopped,
 * so gateways that come and go share them. They do not keep a process alive.
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry, prefix: 'standpipe_' });
    for (const name of MISNAMED) registry.removeSingleMetric(`standpipe_nodejs_${name}_total`);
    const declared = new Declarations(registry);
    const { version } = require('../../../../package.json') as { version: string };
    const labels = { version, node: process.version };
    declared.levelByLabels('build_info', 'Versions, with the value 1', Object.keys(labels), () => [
      [labels, 1],
    ]);
    watchLoop(declared);
  }
  return registry;
}

/** A timer that is late tells how long the event loop was busy. */
function watchLoop(declared: Declarations): void {
  const times = declared.times('loop_delay_seconds', 'Delay of a timer of the event loop');
  let dueAt = performance.now() + LOOP_MS;
  setInterval(() => {
    const now = performance.now();
    times.observe(Math.max(0, now - dueAt) / 1000);
    dueAt = now + LOOP_MS;
  }, LOOP_MS).unref();
}
