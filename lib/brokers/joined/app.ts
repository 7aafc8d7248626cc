import type { Item } from '../../wire/cluster';
import type {
  AppBroker,
  AppListener,
  Eventual,
  Member,
  Membership,
  Occupancy,
  PublishOptions,
  Records,
  Unavailable,
  UserPresence,
  WriteOptions,
  Written,
} from '../broker';
import type { Fact, IdempotentResult, Operation, Result } from '../operation';
import { tellHeard } from './heard-items';
import { factApplied } from './fact-results';
import { FactTable, isFact } from './facts';
import { Hearing } from './hearing';
import type { AppParts } from './parts';
import { AppReads } from './reads';
import { bytesOfRecords, type Said, TurnQueue } from './turn-queue';
import { Watches } from './watches';

/** An app of a node that is joined to an engine elsewhere. */
export class JoinedApp extends AppReads implements AppBroker {
  readonly isAlone = false;
  listener: AppListener | undefined;
  readonly #id: string;
  readonly #parts: AppParts;
  readonly #facts = new FactTable();
  readonly #queue: TurnQueue;
  readonly #channels: Watches;
  readonly #users: Watches;
  readonly #hearing: Hearing;
  /** Highest number of a change that this node knows of. */
  #seq = 0;
  /** The engine may have lost turns or facts: before anything else this node says all that is true. */
  #mustRejoin = false;
  #rejoins = false;
  /** Operations of the block of an idempotency key that is being called. */
  #block: Said[] | undefined;

  constructor(id: string, parts: AppParts) {
    const { clock, link, limits, metrics } = parts;
    super(id, parts);
    this.#id = id;
    this.#parts = parts;
    this.#channels = new Watches(
      clock,
      (channel) => link.watch(id, channel),
      (channel) => link.unwatch(id, channel),
    );
    this.#users = new Watches(
      clock,
      (userId) => link.watchUser(id, userId).then(() => 0),
      (userId) => link.unwatchUser(id, userId),
    );
    this.#hearing = new Hearing({
      run: () => link.run,
      replay: (after) => link.replay(id, after),
      hears: () => this.#channels.size > 0,
      dueFrom: (channel) => this.#channels.dueFrom(channel),
      renumbered: () => this.#channels.renumbered(),
      tell: (channel, items) => this.#tell(channel, items),
      replayed: (events) => void (metrics.replayed += events),
      missed: () => parts.missed(id, this.#channels.size),
    });
    this.#queue = new TurnQueue({
      ...{ clock, limits, metrics },
      send: (turn, operations) => link.turn(id, parts.node(), turn, operations),
      applied: (said, result) => this.#applied(said, result),
      fenced: () => parts.fenced(),
      lost: () => {
        this.lost();
        parts.lost();
      },
    });
  }

  get isInDoubt(): boolean {
    return this.#parts.isInDoubt();
  }

  get topics(): number {
    return this.#channels.size + this.#users.size;
  }

  get waitsSince(): number | undefined {
    return this.#queue.waitsSince;
  }

  watch(channel: string): Eventual<void> {
    return this.#channels.add(channel, (number, isFirst) => {
      const dueFrom = Math.max(number, this.#seq);
      if (isFirst) this.#hearing.begin(dueFrom);
      return dueFrom;
    });
  }

  unwatch(channel: string): void {
    this.#channels.remove(channel);
  }

  watchUser(userId: string): Eventual<void> {
    return this.#users.add(userId, () => this.#seq);
  }

  unwatchUser(userId: string): void {
    this.#users.remove(userId);
  }

  publish(channel: string, text: string, options?: PublishOptions): Eventual<number | Unavailable> {
    const { metrics, limits, receipts } = this.#parts;
    if (this.#isDown || metrics.spoolBytes + text.length > limits.maxSpoolBytes) {
      metrics.dropped++;
      return 'unavailable';
    }
    if (options?.receipt !== true) {
      this.#say({ kind: 'publish', channel, text, options, receipt: 0 });
      return 0;
    }
    const { receipt, sockets } = receipts.ask();
    return new Promise((resolve) => {
      const said = this.#say({ kind: 'publish', channel, text, options, receipt });
      said.answer = (result) => {
        if (result !== 'unavailable') return;
        receipts.passed(receipt, 0);
        resolve(result);
      };
      void sockets.then(resolve);
    });
  }

  send(node: number, text: string): Eventual<string | undefined> {
    if (!this.#parts.nodes().has(node)) return undefined;
    return this.#parts.letters.send(node, this.#id, text);
  }

  socket(id: string, open: boolean): void {
    const fact: Fact = { kind: 'socket', id, count: open ? 1 : 0 };
    this.#facts.said(fact);
    if (!this.#isDown) this.#say(fact);
  }

  subscriptions(channel: string, count: number, tell: boolean): Eventual<Occupancy | Unavailable> {
    return this.#fact({ kind: 'subscriptions', channel, count, tell });
  }

  member(
    channel: string,
    who: Member,
    count: number,
    max: number,
  ): Eventual<Membership | 'full' | Unavailable> {
    return this.#fact({ kind: 'member', channel, who, count, max });
  }

  user(userId: string, count: number): Eventual<UserPresence | Unavailable> {
    return this.#fact({ kind: 'user', userId, count });
  }

  home(name: string, held: boolean): Eventual<number | Unavailable> {
    return this.#fact({ kind: 'home', name, count: held ? 1 : 0 });
  }

  write(
    name: string,
    records: Records,
    { anew = false, ttlMs }: WriteOptions,
  ): Eventual<Written | Unavailable> {
    const { metrics, limits } = this.#parts;
    const bytes = bytesOfRecords(records);
    if (this.#isDown || metrics.spoolBytes + bytes > limits.maxSpoolBytes) return 'unavailable';
    return this.#ask<Written>({ kind: 'write', name, records, anew, ttlMs, bytes });
  }

  cacheMissed(channel: string): Eventual<boolean> {
    if (this.#isDown) return false;
    return this.#ask<boolean>({ kind: 'cacheMissed', channel }).then((isFirst) => isFirst === true);
  }

  idempotent(
    key: string,
    fingerprint: string,
    ttlMs: number,
    run: () => void,
  ): Eventual<IdempotentResult | Unavailable> {
    if (this.#isDown) return 'unavailable';
    const operation = { kind: 'idempotent' as const, key, fingerprint, ttlMs, block: 0 };
    const result = this.#ask<IdempotentResult>(operation);
    const block: Said[] = [];
    this.#block = block;
    try {
      run();
    } finally {
      this.#block = undefined;
      operation.block = block.length;
    }
    return result;
  }

  release(key: string): void {
    if (!this.#isDown) this.#say({ kind: 'release', key });
  }

  answer(key: string, answer: string): void {
    if (!this.#isDown) this.#say({ kind: 'answer', key, answer });
  }

  take(name: string, ratePerSecond: number, burst: number, want: number): Eventual<number> {
    if (this.#isDown) return want;
    return this.#ask<number>({ kind: 'take', name, ratePerSecond, burst, want }).then((taken) =>
      taken === 'unavailable' ? want : taken,
    );
  }

  settled(): Eventual<'settled' | Unavailable> {
    if (this.#isDown) return 'unavailable';
    if (this.#queue.isEmpty) return 'settled';
    return this.#ask<undefined>({ kind: 'settled' }).then((result) => result ?? 'settled');
  }

  // ---- for the node

  /** The engine can be spoken to. */
  up(missed: boolean): void {
    if (this.#mustRejoin) void this.#rejoin(missed);
    else this.#resume(missed);
  }

  away(): void {
    this.#queue.away();
    this.#hearing.hold();
  }

  /** Topics were not heard for a while: from here on they are held back until `up`. */
  missed(): void {
    if (!this.#hearing.isHeld) this.#hearing.hold();
  }

  /** The engine was away for too long: everything that waits is answered so. */
  giveUp(): void {
    this.#queue.giveUp();
    this.reads.giveUp();
  }

  /** The engine may have lost what it had acknowledged. */
  lost(): void {
    this.#mustRejoin = true;
    this.#queue.away();
    this.#queue.doubt();
    this.#hearing.lost();
    this.listener?.recordsLost();
  }

  /** The node was declared dead: nothing that it said counts. */
  restart(): void {
    this.#queue.restart();
    this.reads.giveUp();
    this.#facts.clear();
    this.#hearing.restart();
    this.#mustRejoin = false;
  }

  tick(): void {
    this.#channels.tick();
    this.#users.tick();
    this.reads.tick();
    if (this.#isDown) return;
    if (this.#mustRejoin) void this.#rejoin(true);
    this.reads.retry();
    this.#queue.retry();
  }

  /** Says facts of a dead node as gone. Resolves when that is applied; false when it is not known. */
  sweep(facts: readonly Fact[], node: number): Promise<boolean> {
    for (const fact of facts) this.#say({ ...fact, count: 0, of: node });
    if (this.#isDown) return Promise.resolve(false);
    return this.#ask<undefined>({ kind: 'settled' }).then((result) => result === undefined);
  }

  heard(channel: string, items: readonly Item[]): void {
    this.#hearing.heard(channel, items);
  }

  heardUpTo(seq: number): void {
    if (seq > this.#seq) this.#seq = seq;
    this.#hearing.heardUpTo(seq);
  }

  heardUser(userId: string, online: boolean, seq: number): void {
    if (seq > this.#seq) this.#seq = seq;
    this.listener?.user(userId, online, seq);
  }

  // ---- own

  get #isDown(): boolean {
    return this.#parts.state() === 'down';
  }

  #say(operation: Operation, again = false): Said {
    const said: Said = { operation, answer: undefined, again };
    this.#block?.push(said);
    this.#queue.say(said);
    return said;
  }

  #ask<T extends Result>(operation: Operation): Promise<T | Unavailable> {
    return new Promise((resolve) => {
      this.#say(operation).answer = (result) => resolve(result as T | Unavailable);
    });
  }

  #fact<T extends Result>(fact: Fact): Eventual<T | Unavailable> {
    this.#facts.said(fact);
    return this.#isDown ? 'unavailable' : this.#ask<T>(fact);
  }

  #tell(channel: string, items: readonly Item[]): number {
    const highest = tellHeard(this.#parts, this.listener, channel, items);
    if (highest > this.#seq) this.#seq = highest;
    return highest;
  }

  #resume(missed: boolean): void {
    this.#queue.up();
    for (const fact of this.#facts.unapplied()) this.#say(fact, true);
    this.reads.retry();
    this.#catchUp(missed);
  }

  /** Says everything that is true to an engine that may have lost it, and what is not true as gone. */
  async #rejoin(missed: boolean): Promise<void> {
    if (this.#rejoins) return;
    this.#rejoins = true;
    const { link } = this.#parts;
    const own = this.#parts.node();
    try {
      await link.rejoin(this.#id, own, this.#queue.acknowledged, this.#seq);
      if (own !== this.#parts.node()) return;
      this.#mustRejoin = false;
      this.#queue.up();
      for (const fact of this.#facts.all()) this.#say(fact, true);
      this.reads.retry();
      this.#catchUp(missed);
      for await (const page of link.facts(this.#id, own)) {
        if (own !== this.#parts.node()) return;
        for (const fact of page) {
          if (!this.#facts.has(fact)) this.#say({ ...fact, count: 0 }, true);
        }
      }
    } catch {
      // The way to the engine was cut: it begins again when the engine is back.
      this.#mustRejoin = true;
    } finally {
      this.#rejoins = false;
    }
  }

  /** Lists are fetched again where changes may have been missed, and events are read. */
  #catchUp(missed: boolean): void {
    if (!missed && !this.#hearing.isHeld) return;
    this.listener?.missed(this.#channels.names(), this.#users.names());
    void this.#hearing.catchUp();
  }

  #applied(said: Said, result: Result | undefined): void {
    const { operation, answer } = said;
    if (operation.kind === 'publish' && operation.receipt > 0) {
      const nodes = (result as { nodes: number } | undefined)?.nodes ?? 0;
      this.#parts.receipts.passed(operation.receipt, nodes);
    }
    if (!isFact(operation)) {
      answer?.(result ?? (operation.kind === 'settled' ? undefined : 'unavailable'));
      return;
    }
    if (operation.of !== undefined) this.#parts.metrics.swept++;
    const applied = factApplied(this.#facts, operation, result, said.again);
    if (applied.seq > this.#seq) this.#seq = applied.seq;
    if (operation.kind === 'home' && operation.count > 0) this.#judgeHome(said, applied.result);
    if (answer !== undefined) answer(applied.result ?? 'unavailable');
    else if (applied.transition !== undefined) this.listener?.changed(applied.transition);
  }

  /** Another node is the home of a name: this one does not say so again. */
  #judgeHome({ operation, answer }: Said, result: Result | undefined): void {
    if (operation.kind !== 'home') return;
    if (typeof result !== 'number' || result === this.#parts.node()) return;
    this.#facts.forget(operation);
    if (answer === undefined) this.listener?.homeLost(operation.name);
  }
}
