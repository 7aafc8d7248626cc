import type { Clock } from '../../util/timers';
import type {
  AppBroker,
  AppListener,
  Broker,
  BrokerListener,
  BrokerMetrics,
  BrokerState,
  CachedEvent,
  ChannelCount,
  Eventual,
  Member,
  MemberList,
  Membership,
  Occupancy,
  OnlineUsers,
  PublishOptions,
  Records,
  Answer,
  Settled,
  Telling,
  Totals,
  Transition,
  UserPresence,
  WriteOptions,
  Written,
} from '../broker';
import { noMetrics } from '../metrics';
import type { IdempotentResult } from '../operation';
import type { AppState, Hearer } from './app-state';

/** Sockets in a piece of a list. */
const PIECE = 1000;

/** An engine as its nodes see it. */
export interface Nodes {
  readonly clock: Clock;
  readonly isAlone: boolean;
  readonly nodes: ReadonlyMap<number, MemoryBroker>;
  app(id: string): AppState;
  joined(broker: MemoryBroker): void;
  left(broker: MemoryBroker): void;
}

/** A node of a memory engine. Every call is answered inside the call. */
export class MemoryBroker implements Broker {
  readonly node: number;
  readonly state: BrokerState = 'up';
  readonly metrics: BrokerMetrics = noMetrics();
  readonly #engine: Nodes;
  readonly #apps = new Map<string, MemoryApp>();
  #nodes: ReadonlySet<number>;
  #listener: BrokerListener | undefined;

  constructor(engine: Nodes, node: number) {
    this.#engine = engine;
    this.node = node;
    this.#nodes = new Set([node]);
  }

  get nodes(): ReadonlySet<number> {
    return this.#nodes;
  }

  start(listener: BrokerListener): Promise<void> {
    this.#listener = listener;
    for (const app of this.#apps.values()) app.join();
    this.#engine.joined(this);
    return Promise.resolve();
  }

  app(id: string, listener: AppListener): AppBroker {
    const found = this.#apps.get(id);
    if (found !== undefined) {
      found.listener = listener;
      return found;
    }
    const app = new MemoryApp(id, this.#engine, this.node, listener);
    this.#apps.set(id, app);
    return app;
  }

  leave(): Promise<void> {
    this.stop();
    return Promise.resolve();
  }

  stop(): void {
    this.#engine.left(this);
  }

  /** The engine: nodes have come or gone. */
  nodesChanged(): void {
    this.#nodes = new Set(this.#engine.nodes.keys());
    this.metrics.nodes = this.#nodes.size;
    this.#listener?.nodes();
  }

  /** The engine: this node tells a transition on. */
  changed(app: string, transition: Transition): void {
    this.#apps.get(app)?.listener.changed(transition);
  }

  /** A message of another node; undefined when this one knows nothing of the app. */
  message(app: string, from: number, text: string): Eventual<string | undefined> {
    return this.#apps.get(app)?.listener.message(from, text);
  }
}

class MemoryApp implements AppBroker, Hearer {
  readonly isAlone: boolean;
  readonly isInDoubt = false;
  listener: AppListener;
  readonly #id: string;
  readonly #engine: Nodes;
  readonly #node: number;
  readonly #clock: Clock;
  readonly #state: AppState;
  readonly #watched = new Map<string, number>();
  readonly #watchedUsers = new Map<string, number>();

  constructor(id: string, engine: Nodes, node: number, listener: AppListener) {
    this.#id = id;
    this.#engine = engine;
    this.isAlone = engine.isAlone;
    this.#node = node;
    this.#clock = engine.clock;
    this.listener = listener;
    this.#state = engine.app(id);
    this.join();
  }

  /** Hears what is published from now on, until the node leaves. */
  join(): void {
    this.#state.join(this.#node, this);
  }

  hears(channel: string): boolean {
    return this.isAlone || this.#watched.has(channel);
  }

  hearsUser(userId: string): boolean {
    return this.#watchedUsers.has(userId);
  }

  watch(channel: string): void {
    if (this.isAlone) return;
    this.#watched.set(channel, (this.#watched.get(channel) ?? 0) + 1);
  }

  unwatch(channel: string): void {
    if (this.isAlone) return;
    countDown(this.#watched, channel);
  }

  watchUser(userId: string): void {
    this.#watchedUsers.set(userId, (this.#watchedUsers.get(userId) ?? 0) + 1);
  }

  unwatchUser(userId: string): void {
    countDown(this.#watchedUsers, userId);
  }

  publish(channel: string, text: string, options?: PublishOptions): number {
    const now = options?.cacheMs === undefined ? 0 : this.#clock.now();
    return this.#state.publish(channel, text, options, now);
  }

  send(node: number, text: string): Eventual<string | undefined> {
    return this.#engine.nodes.get(node)?.message(this.#id, this.#node, text);
  }

  socket(id: string, open: boolean): void {
    this.#state.socket(this.#node, id, open);
  }

  subscriptions(channel: string, count: number, tell: boolean): Occupancy {
    return this.#state.subscriptions(this.#node, channel, count, tell);
  }

  member(channel: string, who: Member, count: number, max: number): Membership | 'full' {
    return this.#state.member(this.#node, channel, who, count, max);
  }

  user(userId: string, count: number): UserPresence {
    return this.#state.user(this.#node, userId, count);
  }

  home(name: string, held: boolean): number {
    return this.#state.home(this.#node, name, held);
  }

  write(name: string, records: Records, options: WriteOptions): Written {
    return this.#state.write(this.#node, name, records, options, this.#clock.now());
  }

  records(name: string): ReadonlyMap<string, Uint8Array> {
    return this.#state.records(name, this.#clock.now());
  }

  members(channel: string): MemberList {
    return this.#state.members(channel);
  }

  online(userIds: readonly string[]): OnlineUsers {
    return this.#state.online(userIds);
  }

  cached(channel: string): CachedEvent | undefined {
    return this.#state.cached(channel, this.#clock.now());
  }

  cacheMissed(channel: string): boolean {
    return this.#state.cacheMissed(channel, this.#clock.now());
  }

  counts(channels: readonly string[]): readonly ChannelCount[] {
    return this.#state.counts(channels);
  }

  channels(prefix: string): ReadonlyMap<string, number> {
    return this.#state.channels(prefix);
  }

  // oxlint-disable-next-line typescript/require-await -- the contract's iterable waits for other engines.
  async *sockets(): AsyncGenerator<readonly string[]> {
    const all = this.#state.sockets();
    for (let at = 0; at < all.length; at += PIECE) yield all.slice(at, at + PIECE);
  }

  tell(tellings: readonly Telling[]): readonly Answer[] {
    return this.#state.told.tell(this.#node, tellings, this.#clock.now());
  }

  told(settled: readonly Settled[]): readonly Telling[] {
    return this.#state.told.told(this.#node, settled);
  }

  owed(isMeant: (channel: string) => boolean): readonly Telling[] {
    const { told } = this.#state;
    const { nodes } = this.#engine;
    const meant = told
      .owed()
      .filter(({ node, telling }) => !nodes.has(node) && isMeant(telling.channel));
    told.take(this.#node, meant);
    return meant.map(({ telling }) => telling);
  }

  // oxlint-disable-next-line typescript/require-await -- the contract's iterable waits for other engines.
  async *untold(): AsyncGenerator<readonly Telling[]> {
    yield this.#state.untold();
  }

  totals(): Totals {
    return this.#state.totals();
  }

  socketsOf(node: number): readonly string[] {
    return this.#state.socketsOf(node, this.#clock.now());
  }

  idempotent(key: string, fingerprint: string, ttlMs: number, run: () => void): IdempotentResult {
    const result = this.#state.idempotent(key, fingerprint, ttlMs, this.#clock.now());
    if (result === 'new') run();
    return result;
  }

  release(key: string): void {
    this.#state.release(key);
  }

  answer(key: string, answer: string): void {
    this.#state.answer(key, answer, this.#clock.now());
  }

  take(name: string, ratePerSecond: number, burst: number, want: number): number {
    return this.#state.take(name, ratePerSecond, burst, want, this.#clock.now());
  }

  settled(): 'settled' {
    return 'settled';
  }
}

function countDown(counts: Map<string, number>, name: string): void {
  const count = counts.get(name) ?? 0;
  if (count > 1) counts.set(name, count - 1);
  else counts.delete(name);
}
