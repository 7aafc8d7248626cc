import type { Metrics } from './core/metrics';
import type { GatewaySettings } from './options/options';
import type { ConsoleParts } from './protocols/console/console';
import { ConsoleListener } from './console-listener';
import type { ListenParts } from './transport/listen';
import { MetricsListener } from './transport/metrics-listener';

const { version } = require('../../package.json') as { version: string };

/** Ports for those who look after the gateway: the public ports show nothing of it. */
export class SideListeners {
  readonly metrics: MetricsListener | undefined;
  readonly console: ConsoleListener | undefined;

  constructor(
    { metrics, console, reusePort, portWaitMs: waitMs }: GatewaySettings,
    parts: Omit<ConsoleParts, 'version'> & { readonly metrics: Metrics },
    listening: ListenParts,
  ) {
    const place = { reusePort, waitMs };
    const { registry } = parts.metrics;
    this.metrics = metrics && new MetricsListener({ ...metrics, ...place }, registry, listening);
    this.console = console && new ConsoleListener(console, place, { ...parts, version }, listening);
  }

  /** When it rejects, ports may be open: `stop` closes them. */
  async start(): Promise<void> {
    await this.metrics?.start();
    await this.console?.start();
  }

  async stop(): Promise<void> {
    await this.metrics?.stop();
    await this.console?.stop();
  }
}
