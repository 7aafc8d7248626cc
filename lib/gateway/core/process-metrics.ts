import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * Metrics of the Node process by prom-client, such as `standpipe_process_cpu_seconds_total` and
 * `standpipe_nodejs_eventloop_lag_p99_seconds`. The registry is one for the process, made at its first use: prom-client's
 * observers of garbage collection and of the event loop cannot be stopped, so gateways that come and go share them. They
 * do not keep a process alive.
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry, prefix: 'standpipe_' });
  }
  return registry;
}
