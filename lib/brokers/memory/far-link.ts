import type { Clock } from '../../util/timers';
import type { Item, NodeMessage } from '../../wire/cluster';
import type { CachedEvent, ChannelCount, MemberList, OnlineUsers, Totals } from '../broker';
import type {
  EngineLink,
  EngineTellings,
  Lease,
  LinkListener,
  Renewal,
  Replay,
} from '../joined/engine-link';
import type { Fact, Operation, TurnReply } from '../operation';
import type { Hearer } from './app-state';
import type { FarApp } from './far-app';
import type { ToldStates } from './told-states';

/** Facts or ids in a piece. */
const PIECE = 200;

/** A far engine as its ways see it. */
export interface FarSide {
  readonly clock: Clock;
  readonly delayMs: (() => number) | 'none';
  readonly run: string;
  readonly apps: ReadonlyMap<string, FarApp>;
  readonly links: readonly FarLink[];
  /** Node that asks for receipts of the event that is being published, and its number for them; 0 for none. */
  readonly from: number;
  readonly receipt: number;
  app(id: string): FarApp;
  register(leaseMs: number): Lease;
  renew(lease: Lease, leaseMs: number): Renewal;
  release(lease: Lease): void;
  bury(notAfterMs: number): number[];
  buried(node: number, apps: number): boolean;
  turn(app: string, node: number, turn: number, operations: readonly Operation[]): TurnReply;
  rejoin(app: string, node: number, turn: number, seq: number): void;
}

/** Messages one after the other, each after a delay if there is one. A cut loses all that are on their way. */
class Pipe {
  readonly #clock: Clock;
  readonly #delayMs: (() => number) | 'none';
  /** Messages on their way. A timer takes the first one, since timers may overtake each other. */
  #waiting: Array<() => void> = [];
  #lastAt = 0;

  constructor(clock: Clock, delayMs: (() => number) | 'none') {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  cut(): void {
    this.#waiting = [];
  }

  pass(arrive: () => void): void {
    if (this.#delayMs === 'none') return arrive();
    const waiting = this.#waiting;
    waiting.push(arrive);
    const now = this.#clock.now();
    this.#lastAt = Math.max(this.#lastAt, now + this.#delayMs());
    this.#clock.setTimeout(() => {
      if (waiting === this.#waiting) waiting.shift()?.();
    }, this.#lastAt - now);
  }
}

/** Names of an app that a node hears of. */
class Watched {
  readonly channels = new Set<string>();
  readonly users = new Set<string>();
}

let links = 0;

/** The way of a node to a far engine: calls there and answers back, and beside them the topics that it hears. */
export class FarLink implements EngineLink {
  isUp = false;
  /** Number among the hearers of an app. */
  readonly number = ++links;
  readonly #engine: FarSide;
  readonly #calls: Pipe;
  readonly #answers: Pipe;
  readonly #topics: Pipe;
  readonly #pending = new Set<(error: Error) => void>();
  readonly #watched = new Map<string, Watched>();
  #listener: LinkListener | undefined;
  #topicsAreUp = false;
  #node = 0;
  #closed = false;

  constructor(engine: FarSide) {
    this.#engine = engine;
    const { clock, delayMs } = engine;
    this.#calls = new Pipe(clock, delayMs);
    this.#answers = new Pipe(clock, delayMs);
    this.#topics = new Pipe(clock, delayMs);
  }

  get run(): string {
    return this.#engine.run;
  }

  connect(listener: LinkListener): Promise<void> {
    this.#listener = listener;
    this.#closed = false;
    this.isUp = true;
    this.#topicsAreUp = true;
    for (const [id, app] of this.#engine.apps) this.hearIn(id, app);
    return Promise.resolve();
  }

  close(): void {
    this.#closed = true;
    this.cut('both', Infinity);
  }

  reset(): void {
    this.cut('both', 1);
  }

  /** Cuts a way for a while. Calls on it have an unknown outcome, and topics are not heard. */
  cut(way: 'calls' | 'topics' | 'both', awayMs: number): void {
    this.#topics.cut();
    this.#topicsAreUp = false;
    if (way !== 'topics') {
      this.isUp = false;
      this.#calls.cut();
      this.#answers.cut();
      for (const reject of [...this.#pending]) reject(new Error('the way to the engine was cut'));
      this.#listener?.away();
    }
    if (awayMs !== Infinity) this.#engine.clock.setTimeout(() => this.#back(), awayMs);
  }

  #back(): void {
    if (this.#closed) return;
    this.isUp = true;
    this.#topicsAreUp = true;
    // An engine that has begun anew knows none of its hearers.
    for (const [id, app] of this.#engine.apps) this.hearIn(id, app);
    this.#listener?.up(true);
  }

  /** Takes part in an app of the engine. */
  hearIn(id: string, { state }: FarApp): void {
    const pass = (channel: string, item: Item): void => {
      this.#topics.pass(() => this.#listener?.heard(id, channel, [item]));
    };
    const { channels, users } = this.#watchedOf(id);
    const hearer: Hearer = {
      hears: (channel) => this.#topicsAreUp && channels.has(channel),
      hearsUser: (userId) => this.#topicsAreUp && users.has(userId),
      listener: {
        published: (channel, text, options, seq) => {
          // Field by field: a spread would cost more than all else.
          pass(channel, {
            kind: 'event',
            text,
            except: options?.except,
            cacheMs: options?.cacheMs,
            latest: options?.latest,
            volatile: options?.volatile,
            from: this.#engine.from,
            receipt: this.#engine.receipt,
            seq,
          });
          return 0;
        },
        member: (channel, change) => pass(channel, { kind: 'member', ...change }),
        counted: (channel, total) => pass(channel, { kind: 'count', total, seq: 0 }),
        user: (userId, online, seq) => {
          this.#topics.pass(() => this.#listener?.heardUser(id, userId, online, seq));
        },
      },
    };
    state.hearers.set(this.number, hearer);
  }

  register(leaseMs: number): Promise<Lease> {
    return this.#call(() => this.#engine.register(leaseMs));
  }

  renew(lease: Lease, leaseMs: number): Promise<Renewal> {
    return this.#call(() => this.#engine.renew(lease, leaseMs));
  }

  release(lease: Lease): Promise<void> {
    return this.#call(() => this.#engine.release(lease));
  }

  bury(notAfterMs: number): Promise<readonly number[]> {
    return this.#call(() => this.#engine.bury(notAfterMs));
  }

  buried(node: number, apps: number): Promise<boolean> {
    return this.#call(() => this.#engine.buried(node, apps));
  }

  apps(): Promise<readonly string[]> {
    return this.#call(() => [...this.#engine.apps.keys()]);
  }

  fence(app: string, node: number): Promise<void> {
    return this.#call(() => void this.#engine.app(app).fences.add(node));
  }

  async *facts(app: string, node: number): AsyncGenerator<readonly Fact[]> {
    const facts = await this.#call(() => this.#engine.app(app).state.factsOf(node));
    for (let at = 0; at < facts.length; at += PIECE) yield facts.slice(at, at + PIECE);
  }

  turn(app: string, node: number, turn: number, said: readonly Operation[]): Promise<TurnReply> {
    return this.#call(() => this.#engine.turn(app, node, turn, said));
  }

  rejoin(app: string, node: number, turn: number, seq: number): Promise<void> {
    return this.#call(() => this.#engine.rejoin(app, node, turn, seq));
  }

  members(app: string, channel: string): Promise<MemberList> {
    return this.#call(() => this.#engine.app(app).state.members(channel));
  }

  online(app: string, userIds: readonly string[]): Promise<OnlineUsers> {
    return this.#call(() => this.#engine.app(app).state.online(userIds));
  }

  cached(app: string, channel: string): Promise<CachedEvent | undefined> {
    return this.#call(() => this.#engine.app(app).state.cached(channel, this.#engine.clock.now()));
  }

  counts(app: string, channels: readonly string[]): Promise<readonly ChannelCount[]> {
    return this.#call(() => this.#engine.app(app).state.counts(channels));
  }

  channels(app: string, prefix: string): Promise<ReadonlyMap<string, number>> {
    return this.#call(() => this.#engine.app(app).state.channels(prefix));
  }

  async *sockets(app: string): AsyncGenerator<readonly string[]> {
    const ids = await this.#call(() => this.#engine.app(app).state.sockets());
    for (let at = 0; at < ids.length; at += PIECE) yield ids.slice(at, at + PIECE);
  }

  tellings(app: string): EngineTellings {
    const engine = this.#engine;
    const told = (): ToldStates => engine.app(app).state.told;
    const call = <T>(run: () => T): Promise<T> => this.#call(run);
    return {
      tell: (node, tellings) => call(() => told().tell(node, tellings, engine.clock.now())),
      told: (node, settled) => call(() => told().told(node, settled)),
      owed: () => call(() => told().owed()),
      take: (node, owed) => call(() => told().take(node, owed)),
      async *untold() {
        const tellings = await call(() => engine.app(app).state.untold());
        for (let at = 0; at < tellings.length; at += PIECE) yield tellings.slice(at, at + PIECE);
      },
    };
  }

  totals(app: string): Promise<Totals> {
    return this.#call(() => this.#engine.app(app).state.totals());
  }

  socketsOf(app: string, node: number): Promise<readonly string[]> {
    return this.#call(() => this.#engine.app(app).state.socketsOf(node, this.#engine.clock.now()));
  }

  records(app: string, name: string): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#call(() => this.#engine.app(app).state.records(name, this.#engine.clock.now()));
  }

  watch(app: string, channel: string): Promise<number> {
    const seq = (): number => this.#engine.app(app).state.seq;
    return this.#watch(this.#watchedOf(app).channels, channel, seq);
  }

  unwatch(app: string, channel: string): void {
    this.#unwatch(this.#watchedOf(app).channels, channel);
  }

  async watchUser(app: string, userId: string): Promise<void> {
    await this.#watch(this.#watchedOf(app).users, userId, () => 0);
  }

  unwatchUser(app: string, userId: string): void {
    this.#unwatch(this.#watchedOf(app).users, userId);
  }

  replay(app: string, after: number): Promise<Replay> {
    return this.#call(() => this.#engine.app(app).replay(after));
  }

  hearNode(node: number): Promise<void> {
    this.#node = node;
    return this.#call(() => undefined);
  }

  async post(node: number, messages: readonly NodeMessage[]): Promise<void> {
    const arrive = (): void => {
      const to = this.#engine.links.find((link) => link.#node === node && link.#topicsAreUp);
      if (to === undefined) return;
      to.#topics.pass(() => {
        for (const message of messages) to.#listener?.posted(message);
      });
    };
    await this.#call(arrive).catch(() => undefined);
  }

  #watchedOf(app: string): Watched {
    let watched = this.#watched.get(app);
    if (watched === undefined) this.#watched.set(app, (watched = new Watched()));
    return watched;
  }

  async #watch(names: Set<string>, name: string, seq: () => number): Promise<number> {
    try {
      return await this.#call(() => {
        names.add(name);
        return seq();
      });
    } catch {
      // Topics are heard again as soon as the way is back.
      names.add(name);
      return 0;
    }
  }

  #unwatch(names: Set<string>, name: string): void {
    this.#call(() => void names.delete(name)).catch(() => names.delete(name));
  }

  /** Runs at the engine after a delay, and answers after another one. */
  #call<T>(run: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!this.isUp) {
        reject(new Error('the engine is away'));
        return;
      }
      const fail = (error: Error): void => {
        this.#pending.delete(fail);
        reject(error);
      };
      this.#pending.add(fail);
      this.#calls.pass(() => {
        const value = run();
        this.#answers.pass(() => {
          this.#pending.delete(fail);
          resolve(value);
        });
      });
    });
  }
}
