import type { Metrics } from './core/metrics';
import type { GatewaySettings } from './options/options';
import type { ConsoleParts } from './protocols/console/console';
import { ConsoleListener } from './console-listener';
import type { Neighbours, Serve } from './neighbours';
import type { ListenParts } from './transport/listen';
import { MetricsListener } from './transport/metrics-listener';

const { version } = require('../../package.json') as { version: string };

export interface SideParts extends Omit<ConsoleParts, 'version'> {
  readonly metrics: Metrics;
  readonly neighbours: Neighbours | undefined;
  /** Serves what neighbours pass on. */
  readonly serve: Serve;
}

/** Ports for those who look after the gateway, of which the public ports show nothing, and the socket for its neighbours. */
export class SideListeners {
  readonly metrics: MetricsListener | undefined;
  readonly console: ConsoleListener | undefined;
  readonly #neighbours: Neighbours | undefined;
  readonly #serve: Serve;

  constructor(
    { metrics, console, reusePort, portWaitMs: waitMs }: GatewaySettings,
    parts: SideParts,
    listening: ListenParts,
  ) {
    this.#neighbours = parts.neighbours;
    this.#serve = parts.serve;
    const place = { reusePort, waitMs };
    const { registry } = parts.metrics;
    this.metrics = metrics && new MetricsListener({ ...metrics, ...place }, registry, listening);
    this.console = console && new ConsoleListener(console, place, { ...parts, version }, listening);
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
