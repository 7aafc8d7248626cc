import type { Options } from 'pusher-js';
import type { Test } from 'tap';
import { createClient, type Pipe, type PipeOptions, type SubscriptionKind } from '../../lib';
import { createTestGateway, type TestGateway, type TestGatewayOptions } from '../../lib/testing';
import { type Certificate, certificate } from '../support/tls';
import { APP, type Build, Site } from './site';
import type { Tab, TabHost } from './tab';

/** Where the tabs are and how everybody connects; the same for a whole list of promises. */
export interface Setting {
  transport: 'ws' | 'wss';
  tls: Certificate;
  /** URL of the app's web server. */
  site: string;
  tabs: TabHost;
}

export async function makeSetting(
  t: Pick<Test, 'teardown'>,
  transport: 'ws' | 'wss',
  startTabs: (site: string, tls: Certificate) => TabHost | Promise<TabHost>,
  build?: Build,
): Promise<Setting> {
  const tls = await certificate();
  const { url: site } = await Site.start(t, transport === 'wss' ? tls : undefined, build);
  return { transport, tls, site, tabs: await startTabs(site, tls) };
}

export const EVERYTHING: SubscriptionKind[] = [
  'socket_existence',
  'socket_message',
  'channel_existence',
];

/** A gateway of its own for one promise, with as many backends and tabs as it asks for. */
export class World {
  readonly gateway: TestGateway;
  readonly setting: Setting;
  readonly #t: Pick<Test, 'teardown'>;
  readonly #ports: { ws: number; wss: number };
  /** Closed last of all, so that nobody in a tab or a backend comes to a closed door. */
  readonly #gateways: TestGateway[];

  constructor(t: Pick<Test, 'teardown'>, setting: Setting, gateway: TestGateway) {
    this.#t = t;
    this.setting = setting;
    this.gateway = gateway;
    const { port, tlsPort = 0 } = gateway.gateway;
    this.#ports = { ws: port, wss: tlsPort };
    this.#gateways = [gateway];
    t.teardown(() => Promise.all(this.#gateways.map((each) => each.close())));
  }

  static async start(
    t: Pick<Test, 'teardown'>,
    setting: Setting,
    options: TestGatewayOptions = {},
  ): Promise<World> {
    return new World(t, setting, await startGateway(setting, 0, 0, options));
  }

  /** Starts another gateway on the same ports, which must be free. */
  async succeed(): Promise<void> {
    const { ws, wss } = this.#ports;
    this.#gateways.push(await startGateway(this.setting, ws, wss));
  }

  /** The port that this setting's transport uses. */
  get port(): number {
    return this.#ports[this.setting.transport];
  }

  /** A backend that has yet to connect. */
  client(options: Partial<PipeOptions> = {}): Pipe {
    const { transport, tls } = this.setting;
    const client = createClient({
      ...this.gateway.client,
      port: this.port,
      useTLS: transport === 'wss',
      tls: { ca: tls.cert },
      backoff: { baseMs: 5, maxMs: 20 },
      ...options,
    });
    this.#t.teardown(() => client.disconnect());
    return client;
  }

  /** A connected backend that hears of these kinds. */
  async backend(kinds = EVERYTHING, options: Partial<PipeOptions> = {}): Promise<Pipe> {
    const client = this.client(options);
    client.subscribe(kinds);
    await client.connect();
    return client;
  }

  /** A tab that is connected. */
  async tab(): Promise<Tab> {
    const tab = await this.open();
    await tab.id();
    return tab;
  }

  /** A tab whose pusher-js has begun to connect. */
  async open(options: Partial<Options> = {}, key = APP.key): Promise<Tab> {
    const { transport, site, tabs } = this.setting;
    const tab = await tabs.open(key, {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: this.#ports.ws,
      wssPort: this.#ports.wss,
      forceTLS: transport === 'wss',
      enabledTransports: ['ws', 'wss'],
      channelAuthorization: { endpoint: `${site}/auth`, transport: 'ajax' },
      ...options,
    });
    this.#t.teardown(() => tab.dispose());
    return tab;
  }
}

function startGateway(
  { tls }: Setting,
  port: number,
  tlsPort: number,
  options: TestGatewayOptions = {},
): Promise<TestGateway> {
  // A thousand events at once are a test of their order, not of how many a browser may send.
  const limits = { maxBackChannelEventsPerSecond: 1_000_000 };
  return createTestGateway({
    apps: [APP],
    limits,
    port,
    tls: { port: tlsPort, ...tls },
    ...options,
  });
}

/** What is promised, and how it is shown. */
export type Promises = Record<string, (t: Test, world: World) => Promise<void>>;
