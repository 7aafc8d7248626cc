import type { Options } from 'pusher-js';
import type { Test } from 'tap';
import type { Gateway } from '../../lib/gateway';
import type { Certificate } from '../support/tls';
import { APP, type AppServer } from './app-server';
import type { Clock } from '../../lib/util/timers';
import type { JoinedNodes } from './joined-nodes';
import type { Tab, TabHost } from './tab';

export const TRANSPORTS = ['ws', 'xhr_streaming', 'xhr_polling'] as const;

/** A way for pusher-js to connect: the place where it runs, the only transport it has, and whether over TLS. */
export interface Setting {
  transport: (typeof TRANSPORTS)[number];
  /** Present where everything goes over TLS: the page, the gateway, the clients. */
  tls: Certificate | undefined;
  appServer: AppServer;
  tabs: TabHost;
  /** Joins the two gateways of each environment, whose tabs connect to either in turn. One gateway alone unless given. */
  joined?: (t: Test, clock: Clock) => Promise<JoinedNodes>;
}

/** A gateway of its own for one test, and the tabs that connect to it. */
export class Environment {
  readonly setting: Setting;
  readonly gateway: Gateway;
  /** All gateways: the first one, and those that are joined with it. */
  readonly gateways: readonly Gateway[];
  protected readonly t: Pick<Test, 'teardown'>;
  readonly #nodes: JoinedNodes | undefined;
  #opened = 0;

  constructor(
    t: Pick<Test, 'teardown'>,
    setting: Setting,
    gateway: Gateway,
    { others = [], nodes }: { others?: readonly Gateway[]; nodes?: JoinedNodes | undefined } = {},
  ) {
    this.t = t;
    this.setting = setting;
    this.gateway = gateway;
    this.gateways = [gateway, ...others];
    this.#nodes = nodes;
  }

  /** Sockets open now, over all gateways. */
  get socketCount(): number {
    return this.gateways.reduce((sum, { socketCount }) => sum + socketCount, 0);
  }

  /** Events that wait for webhooks, over all gateways. */
  get webhookEventsWaiting(): number {
    return this.gateways.reduce((sum, { metrics }) => sum + metrics.webhookEventsWaiting, 0);
  }

  /** The port of this setting: of TLS where there is some. */
  get port(): number {
    const { port, tlsPort } = this.gateway;
    return this.setting.tls === undefined ? port : (tlsPort ?? port);
  }

  /** A tab whose pusher-js has begun to connect. */
  async openTab(options: Partial<Options> = {}, key = APP.key): Promise<Tab> {
    const { transport, appServer, tabs, tls } = this.setting;
    const gateway = this.gateways[this.#opened++ % this.gateways.length] ?? this.gateway;
    const { port, tlsPort = 0 } = gateway;
    const tab = await tabs.open(key, {
      cluster: '',
      // The WebSocket client in pusher-js says the host in TLS whatever it is, and Node 26 refuses an address there.
      wsHost: tls === undefined ? '127.0.0.1' : 'localhost',
      wsPort: port,
      wssPort: tlsPort,
      httpHost: '127.0.0.1',
      httpPort: port,
      httpsPort: tlsPort,
      forceTLS: tls !== undefined,
      enabledTransports: [transport],
      channelAuthorization: { endpoint: `${appServer.url}/auth`, transport: 'ajax' },
      ...options,
    });
    this.t.teardown(() => tab.dispose());
    const nodes = this.#nodes;
    if (nodes !== undefined) {
      const settled = tab.settled.bind(tab);
      tab.settled = async () => {
        await settled();
        await nodes.settled();
        await settled();
      };
    }
    return tab;
  }
}
