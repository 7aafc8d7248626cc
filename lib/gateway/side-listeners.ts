import type { Metrics } from './core/metrics';
import type { GatewaySettings } from './options/options';
import type { Console } from './protocols/console/console';
import { ConsoleListener } from './console-listener';
import type { Neighbours, Serve } from './neighbours';
import type { ListenParts } from './transport/listen';
import { MetricsListener } from './transport/metrics-listener';

export interface SideParts {
  readonly metrics: Metrics;
  readonly console: Console | undefined;
  readonly neighbours: Neighbours | undefined;
  /** Serves what neighbours pass on. */
  readonly serve: Serve;
}

/** Ports for those who look after the gateway, and the socket for its neighbours. */
export class SideListeners {
  readonly metrics: MetricsListener | undefined;
  readonly console: ConsoleListener | undefined;
  readonly #neighbours: Neighbours | undefined;
  readonly #serve: Serve;

  constructor(
    { metrics, reusePort, portWaitMs: waitMs, trustedProxies }: GatewaySettings,
    { console, ...parts }: SideParts,
    listening: ListenParts,
  ) {
    this.#neighbours = parts.neighbours;
    this.#serve = parts.serve;
    const place = { reusePort, waitMs };
    const { registry } = parts.metrics;
    this.metrics = metrics && new MetricsListener({ ...metrics, ...place }, registry, listening);
    const port = console?.options.port;
    if (console === undefined || port === undefined) return;
    this.console = new ConsoleListener(console, { ...place, port }, trustedProxies, listening);
  }

  /** When it rejects, ports may be open: `stop` closes them. */
  async start(): Promise<void> {
    await this.#neighbours?.start(this.#serve);
    await this.metrics?.start();
    await this.console?.start();
  }

  async stop(): Promise<void> {
    await this.#neighbours?.stop();
    await this.metrics?.stop();
    await this.console?.stop();
  }
}
