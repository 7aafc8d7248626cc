import { Gateway, type GatewayOptions } from '../../gateway';
import { FakeBrowser, type BrowserMessage } from '../../testing';
import type { Entry } from './format';

type App = GatewayOptions['apps'][number];

/** Limits that no recording is to meet: its browsers sent what they sent. */
const LIMITS = {
  ...{ maxBackChannelEventsPerSecond: 1e9, maxClientEventsPerSecond: 1e9 },
  ...{ maxSubscriptionsPerSecond: 1e9, maxChannelsPerSocket: 1e6, maxMembersPerChannel: 1e6 },
};
/** Entries between which the backend is looked at, and the events that may wait for it then. */
const LOOK_ENTRIES = 500;
const MAX_LAG = 5_000;
const LOOK_MS = 20;
/** Kinds of entries by which a browser leaves a channel or the gateway. Events sent to it later do not reach it. */
const LEAVES: ReadonlySet<Entry['k']> = new Set(['vacated', 'removed', 'close']);

/** Message that a browser got, without those of the protocol. */
export interface Answer {
  /** Pseudonym of the socket in the recording. */
  s: string;
  e: string;
  c?: string;
  d: unknown;
}

interface PlayedSocket {
  readonly browser: FakeBrowser;
  readonly channels: Set<string>;
  userId: string | undefined;
}

/**
 * Gives a backend the events of a recording: a gateway with browsers that open, subscribe, send and close as those of the recording did,
 * and otherwise only listen. The recording does not tell which socket subscribed to a channel: the latest that was
 * opened does, and one that sends on the channel later.
 */
export class Player {
  readonly gateway: Gateway;
  readonly answers: Answer[] = [];
  /** Events that could not be played, by the reason. */
  readonly skipped = new Map<string, number>();
  readonly #app: App;
  readonly #sockets = new Map<string, PlayedSocket>();
  /** Pseudonyms of sockets by their ids here, which data may hold. */
  readonly #names = new Map<string, string>();

  constructor(app: App, { host, port }: { host: string; port: number }) {
    this.#app = { ...app, clientEvents: true };
    this.gateway = new Gateway({ host, port, apps: [this.#app], limits: LIMITS });
  }

  /**
   * Resolves when a backend reads its stream. While it only connects, events are not for it or wait for it, and count for
   * no lag: browsers would leave before their answers.
   */
  async backend(): Promise<void> {
    while ((await this.#number('standpipe_pipe_streams')) === 0) await pause(LOOK_MS);
  }

  /** Plays all entries, `speed` times as fast as they came; Infinity without a wait. */
  async play(entries: AsyncIterable<Entry>, speed: number): Promise<number> {
    const sinceMs = performance.now();
    let count = 0;
    for await (const entry of entries) {
      if (count++ % LOOK_ENTRIES === 0) await this.caughtUp(MAX_LAG);
      const dueMs = speed === Infinity ? 0 : entry.t / speed - (performance.now() - sinceMs);
      if (dueMs > 0) await pause(dueMs);
      // In less time than it had a backend is to have answered those who leave all the same.
      if (LEAVES.has(entry.k) && speed > 1) await this.caughtUp();
      await this.#play(entry).catch((error: Error) => this.#skip(error.message));
    }
    return count;
  }

  /** Resolves when the backend has yet to handle no more than so many events. */
  async caughtUp(most = 0): Promise<void> {
    while ((await this.#number('standpipe_pipe_lag_events')) > most) await pause(LOOK_MS);
  }

  async #play({ k, s = '', c = '', e = '', d = null, u, x = 1001 }: Entry): Promise<void> {
    const socket = this.#sockets.get(s);
    switch (k) {
      case 'open':
        return this.#open(s);
      case 'close':
        return socket && this.#close(s, socket, x);
      case 'event':
        if (socket === undefined) return this.#skip('its socket was opened before the recording');
        if (c !== '') await this.#subscribe(socket, c, u);
        return void socket.browser.send(e, d, c === '' ? undefined : c);
      case 'occupied':
        // Members of presence channels follow.
        return c.startsWith('presence-') ? undefined : this.#subscribe(this.#latest(), c, u);
      case 'added':
        return this.#subscribe(this.#of(u) ?? this.#latest(), c, u);
      case 'vacated':
        return this.#unsubscribe(c, () => true);
      case 'removed':
        return this.#unsubscribe(c, ({ userId }) => userId === u);
      case 'online': {
        const latest = this.#latest((each) => each.userId === undefined);
        if (latest === undefined || u === undefined) return this.#skip('nobody could sign in');
        latest.userId = u;
        await latest.browser.signIn(u);
        return;
      }
      default:
        // Kinds that follow from the others, or are no events of a browser.
        return undefined;
    }
  }

  async #open(s: string): Promise<void> {
    const { key, secret } = this.#app;
    const query = new URLSearchParams({ protocol: '7', client: 'standpipe-replay' });
    const browser = new FakeBrowser({ key, secret }, (carrier) =>
      this.gateway.openSocket(key, query, carrier),
    );
    browser.onMessage((message) => this.#heard(s, message));
    await browser.next('pusher:connection_established');
    this.#names.set(browser.id, s);
    this.#sockets.set(s, { browser, channels: new Set(), userId: undefined });
  }

  /** Channels that it leaves were told as vacated before: others that it has go on with another socket. */
  async #close(s: string, socket: PlayedSocket, code: number): Promise<void> {
    this.#sockets.delete(s);
    for (const c of socket.channels) {
      const { userId } = socket;
      const other = c.startsWith('presence-') ? this.#of(userId) : this.#latest();
      if (other !== undefined) await this.#subscribe(other, c, userId);
    }
    socket.browser.close(code);
  }

  #heard(s: string, { event: e, channel, data }: BrowserMessage): void {
    if (/^pusher(_internal)?:/.test(e)) return;
    const d = JSON.parse(this.#named(JSON.stringify(data ?? null))) as unknown;
    this.answers.push({ s, e, ...(channel !== undefined && { c: this.#named(channel) }), d });
  }

  /** Ids of sockets are others in each replay, so that their pseudonyms stand for them. */
  #named(text: string): string {
    return text.replace(/\b\d+\.\d+\b/g, (id) => this.#names.get(id) ?? id);
  }

  async #subscribe(
    socket: PlayedSocket | undefined,
    c: string,
    u: string | undefined,
  ): Promise<void> {
    if (socket === undefined) return this.#skip('no socket is open that could subscribe');
    if (socket.channels.has(c)) return;
    socket.channels.add(c);
    if (!c.startsWith('presence-')) return void (await socket.browser.subscribe(c));
    if (u === undefined) return this.#skip('a member of a presence channel has no user');
    socket.userId ??= u;
    await socket.browser.subscribe(c, { userId: u });
  }

  #unsubscribe(c: string, isMeant: (socket: PlayedSocket) => boolean): void {
    for (const socket of this.#sockets.values()) {
      if (!isMeant(socket) || !socket.channels.delete(c)) continue;
      socket.browser.unsubscribe(c);
    }
  }

  /** A socket of a user. */
  #of(u: string | undefined): PlayedSocket | undefined {
    return u === undefined ? undefined : this.#latest(({ userId }) => userId === u);
  }

  /** The open socket that came last. */
  #latest(isMeant: (socket: PlayedSocket) => boolean = () => true): PlayedSocket | undefined {
    return [...this.#sockets.values()].reverse().find(isMeant);
  }

  #skip(why: string): void {
    this.skipped.set(why, (this.skipped.get(why) ?? 0) + 1);
  }

  async #number(metric: string): Promise<number> {
    const text = await this.gateway.metrics.registry.getSingleMetricAsString(metric);
    return Number(/ (\S+)$/.exec(text)?.[1] ?? 0);
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
