import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Options } from 'pusher-js';
import PusherServer from 'pusher';
import type { Test } from 'tap';
import type { Gateway } from '../../../lib/gateway';
import { HandClock } from '../../support/hand-clock';
import { startGateway, type StartOptions } from '../../support/start-gateway';
import type { Certificate } from '../../support/tls';
import { type Answer, APP, MASTER_KEY, type Site } from '../site';
import type { TabHost } from '../tab';
import { Browser } from './browser';

export const TRANSPORTS = ['ws', 'xhr_streaming', 'xhr_polling'] as const;

/** One way for pusher-js to connect: where it runs, by which transport alone, and whether over TLS. */
export interface Host {
  transport: (typeof TRANSPORTS)[number];
  /** Present where everything goes over TLS: the page, the gateway, the server SDK. */
  tls: Certificate | undefined;
  site: Site;
  tabs: TabHost;
}

/** Who a browser is to the app's own server. */
export interface Who {
  /** Whom it signs in as. */
  user?: { id: string; user_info?: object; watchlist?: string[] };
  /** Who it is on presence channels; made up from its socket unless given, or unless there is a user. */
  member?: { user_id?: unknown; user_info?: unknown };
  options?: Partial<Options>;
  key?: string;
}

/** A gateway of its own for one feature, the app's server with the stock SDK, and as many browsers as are asked for. */
export class World {
  readonly host: Host;
  readonly gateway: Gateway;
  /** The gateway's. It stands still unless it is turned. */
  readonly clock: HandClock;
  readonly sdk: PusherServer;
  readonly #t: Test;
  /** Where its browsers ask the app's server; features share a site. */
  readonly #auth: string;

  private constructor(t: Test, host: Host, gateway: Gateway, clock: HandClock) {
    const { tls } = host;
    this.#t = t;
    this.host = host;
    this.gateway = gateway;
    this.clock = clock;
    const agent =
      tls === undefined
        ? new Agent({ keepAlive: true })
        : new TlsAgent({ ca: tls.cert, keepAlive: true });
    t.teardown(() => agent.destroy());
    this.sdk = new PusherServer({
      appId: APP.id,
      key: APP.key,
      secret: APP.secret,
      host: '127.0.0.1',
      port: String(tls === undefined ? gateway.port : gateway.tlsPort),
      useTLS: tls !== undefined,
      agent,
      encryptionMasterKeyBase64: MASTER_KEY,
    });
    this.#auth = `/auth/${gateway.port}`;
    t.teardown(() => host.site.answers.delete(this.#auth));
  }

  static async start(t: Test, host: Host, options: StartOptions = {}): Promise<World> {
    const clock = new HandClock();
    // The SDK signs by the real time.
    clock.wallMs = Date.now();
    const tls = host.tls && { port: 0, ...host.tls };
    return new World(t, host, await startGateway(t, { clock, tls, ...options }), clock);
  }

  /** A browser that is connected. */
  async browser(who: Who = {}): Promise<Browser> {
    const browser = await this.open(who);
    await browser.id();
    return browser;
  }

  /** A browser that has begun to connect. */
  async open({ user, member, options, key = APP.key }: Who = {}): Promise<Browser> {
    const { site, tabs, tls, transport } = this.host;
    const { port, tlsPort = 0 } = this.gateway;
    const params = {
      ...(user && { user: JSON.stringify(user) }),
      ...(member && { member: JSON.stringify(member) }),
    };
    const tab = await tabs.open(key, {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: port,
      wssPort: tlsPort,
      httpHost: '127.0.0.1',
      httpPort: port,
      httpsPort: tlsPort,
      forceTLS: tls !== undefined,
      enabledTransports: [transport],
      channelAuthorization: { endpoint: site.url + this.#auth, transport: 'ajax', params },
      userAuthentication: { endpoint: site.url + this.#auth, transport: 'ajax', params },
      ...options,
    });
    this.#t.teardown(() => tab.dispose());
    return new Browser(tab);
  }

  /** A browser that is connected and signed in. */
  async signedIn(user: NonNullable<Who['user']>): Promise<Browser> {
    const browser = await this.browser({ user });
    await browser.signIn();
    return browser;
  }

  /** From now on the app's own server answers its browsers like this. */
  authAnswers(answer: (form: URLSearchParams) => Answer): void {
    this.host.site.answers.set(this.#auth, answer);
  }

  /**
   * Turns the clock until something has happened. In steps shorter than the 5 s for which one that polls may be away, and
   * between them until all that stay are there again.
   */
  async turnUntil<T>(happened: Promise<T>, staying: readonly Browser[]): Promise<T> {
    let over = false;
    const end = (): void => {
      over = true;
    };
    happened.then(end, end);
    while (!over) {
      this.clock.advance(2_000);
      await Promise.all(staying.map(({ tab }) => tab.settled()));
    }
    return happened;
  }

  /** Waits until a channel has subscribers, or has none. */
  async untilOccupied(channel: string, wanted: boolean): Promise<void> {
    for (;;) {
      const response = await this.sdk.get({ path: `/channels/${channel}` });
      const { occupied } = (await response.json()) as { occupied: boolean };
      if (occupied === wanted) return;
    }
  }
}

/** What works, and how it is shown. */
export type Features = Record<
  string,
  (t: Test, start: (options?: StartOptions) => Promise<World>) => Promise<void>
>;
