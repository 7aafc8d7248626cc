import type { Test } from 'tap';
import {
  createClient,
  type PipeClient,
  type PipeOptions,
  type SubscriptionKind,
} from '../../../lib';
import { Gateway } from '../../../lib/gateway';
import { certificate, type Certificate } from '../../support/tls';
import { APP, AppServer, type Build } from '../app-server';
import { Environment, type Setting } from '../environment';
import type { Tab, TabHost } from '../tab';

export async function makeSetting(
  t: Pick<Test, 'teardown'>,
  scheme: 'ws' | 'wss',
  startTabs: (appUrl: string, tls: Certificate) => TabHost | Promise<TabHost>,
  build?: Build,
): Promise<Setting> {
  const cert = await certificate();
  const tls = scheme === 'wss' ? cert : undefined;
  const appServer = await AppServer.start(t, tls, build);
  return { transport: 'ws', tls, appServer, tabs: await startTabs(appServer.url, cert) };
}

export const EVERYTHING: SubscriptionKind[] = [
  'socket_existence',
  'socket_message',
  'channel_existence',
];

/** A gateway with as many backends and tabs as one promise asks for. */
export class PipeEnvironment extends Environment {
  /** Stopped last of all, so that nobody in a tab or a backend comes to a closed door. */
  readonly #gateways: Gateway[];

  private constructor(t: Pick<Test, 'teardown'>, setting: Setting, gateway: Gateway) {
    super(t, setting, gateway);
    this.#gateways = [gateway];
    t.teardown(() => Promise.all(this.#gateways.map((each) => each.stop())));
  }

  static async start(t: Pick<Test, 'teardown'>, setting: Setting): Promise<PipeEnvironment> {
    return new PipeEnvironment(t, setting, await startGateway(setting, 0, 0));
  }

  /** Starts another gateway on the same ports, which must be free. */
  async replaceGateway(): Promise<void> {
    const { port, tlsPort = 0 } = this.gateway;
    this.#gateways.push(await startGateway(this.setting, port, tlsPort));
  }

  /** A backend that has yet to connect. */
  client(options: Partial<PipeOptions> = {}): PipeClient {
    const { tls } = this.setting;
    const client = createClient({
      ...{ appId: APP.id, key: APP.key, secret: APP.secret, host: '127.0.0.1', port: this.port },
      ...(tls && { useTLS: true, tls: { ca: tls.cert } }),
      backoff: { baseMs: 5, maxMs: 20 },
      ...options,
    });
    this.t.teardown(() => client.disconnect());
    return client;
  }

  /** A connected backend that is told of events of these kinds. */
  async backend(kinds = EVERYTHING, options: Partial<PipeOptions> = {}): Promise<PipeClient> {
    const client = this.client(options);
    client.subscribe(kinds);
    await client.connect();
    return client;
  }

  /** A tab that is connected. */
  async tab(): Promise<Tab> {
    const tab = await this.openTab();
    await tab.id();
    return tab;
  }
}

function startGateway({ tls }: Setting, port: number, tlsPort: number): Promise<Gateway> {
  // A thousand events at once are a test of their order, not of how many a browser may send.
  const limits = { maxBackChannelEventsPerSecond: 1_000_000 };
  return new Gateway({
    apps: [APP],
    limits,
    port,
    ...(tls && { tls: { port: tlsPort, ...tls } }),
  }).start();
}

/** Tests of the Pipe by the sentences they show. */
export type Promises = Record<string, (t: Test, env: PipeEnvironment) => Promise<void>>;
