import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { MAX_WAIT_MS } from '../../../lib/gateway/sockjs/carrier';
import type { Options } from 'pusher-js';
import PusherServer from 'pusher';
import type { Test } from 'tap';
import type { Gateway } from '../../../lib/gateway';
import type { Timer } from '../../../lib/util/timers';
import { ManualClock } from '../../support/manual-clock';
import { startGateway, type StartOptions } from '../../support/start-gateway';
import { type Answer, APP, MASTER_KEY } from '../app-server';
import { Environment, type Setting } from '../environment';
import type { JoinedNodes } from '../joined-nodes';
import { Browser } from './browser';

/** A browser's identity to the app's own server. */
export interface Identity {
  /** The user it signs in as. */
  user?: { id: string; user_info?: object; watchlist?: string[] };
  /** The member it is on presence channels; made up from its socket unless given, or unless there is a user. */
  member?: { user_id?: unknown; user_info?: unknown };
  options?: Partial<Options>;
  key?: string;
}

/** Timers of at most so many milliseconds run by the real time. */
const MAX_REAL_MS = 250;

/**
 * A clock whose short timers run by themselves, and the wait for an earlier post, shortened: where all pages are of one
 * process, all count their posts together.
 */
class FeatureClock extends ManualClock {
  override setTimeout(run: () => void, delayMs: number): Timer {
    const isReal = delayMs <= MAX_REAL_MS || delayMs === MAX_WAIT_MS;
    return isReal
      ? setTimeout(run, Math.min(delayMs, MAX_REAL_MS))
      : super.setTimeout(run, delayMs);
  }

  /** Nodes draw their numbers: no two may be the same. */
  override random(): number {
    return Math.random();
  }

  override clearTimeout(timer: Timer): void {
    super.clearTimeout(timer);
    clearTimeout(timer as NodeJS.Timeout);
  }
}

/** A gateway, the app's server with the stock SDK, and as many browsers as one feature asks for. */
export class FeatureEnvironment extends Environment {
  /** The gateway's clock. It stands still until it is advanced, but for short timers. */
  readonly clock: ManualClock;
  readonly sdk: PusherServer;
  /** The path at which its browsers ask the app's server, which features share. */
  readonly #auth: string;

  private constructor(
    t: Test,
    setting: Setting,
    gateway: Gateway,
    { clock, ...joined }: { clock: ManualClock; others?: Gateway[]; nodes?: JoinedNodes },
  ) {
    super(t, setting, gateway, joined);
    const { appServer, tls } = setting;
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
      port: String(this.port),
      useTLS: tls !== undefined,
      agent,
      encryptionMasterKeyBase64: MASTER_KEY,
    });
    this.#auth = `/auth/${gateway.port}`;
    t.teardown(() => appServer.answers.delete(this.#auth));
  }

  static async start(
    t: Test,
    setting: Setting,
    options: StartOptions = {},
  ): Promise<FeatureEnvironment> {
    const clock = new FeatureClock({ turns: 'real' });
    // The SDK signs by the real time.
    clock.wallMs = Date.now();
    const tls = setting.tls && { port: 0, ...setting.tls };
    const all = { clock, tls, ...options };
    if (setting.joined === undefined) {
      return new FeatureEnvironment(t, setting, await startGateway(t, all), { clock });
    }
    const nodes = await setting.joined(t, clock);
    const gateway = await startGateway(t, { ...all, joinedBy: nodes.join() });
    const other = await startGateway(t, { ...all, joinedBy: nodes.join() });
    return new FeatureEnvironment(t, setting, gateway, { clock, others: [other], nodes });
  }

  /** A browser that is connected. */
  async browser(identity: Identity = {}): Promise<Browser> {
    const browser = await this.open(identity);
    await browser.id();
    return browser;
  }

  /** A browser that has begun to connect. */
  async open({ user, member, options, key = APP.key }: Identity = {}): Promise<Browser> {
    const endpoint = this.setting.appServer.url + this.#auth;
    const params = {
      ...(user && { user: JSON.stringify(user) }),
      ...(member && { member: JSON.stringify(member) }),
    };
    const auth = { endpoint, transport: 'ajax', params } as const;
    const tab = await this.openTab(
      { channelAuthorization: auth, userAuthentication: auth, ...options },
      key,
    );
    return new Browser(tab);
  }

  /** A browser that is connected and signed in. */
  async signedIn(user: NonNullable<Identity['user']>): Promise<Browser> {
    const browser = await this.browser({ user });
    await browser.signIn();
    return browser;
  }

  /** From now on the app's own server answers its browsers like this. */
  authAnswers(answer: (form: URLSearchParams) => Answer): void {
    this.setting.appServer.answers.set(this.#auth, answer);
  }

  /**
   * Advances the clock until something has happened: in steps shorter than the 5 s for which a browser that polls may be
   * away, and between them until all that stay are there again.
   */
  async advanceUntil<T>(happened: Promise<T>, staying: readonly Browser[]): Promise<T> {
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

/** Tests of the Channels protocol by the features they show. */
export type Features = Record<
  string,
  (t: Test, start: (options?: StartOptions) => Promise<FeatureEnvironment>) => Promise<void>
>;
