import { writeBatch, type SentItem } from '../../wire/cluster';
import type { Fact, IdempotentResult, Operation, Result } from '../operation';
import { SWEPT_MS } from '../swept';
import { type AppKeys, memberField } from './keys';

type Publish = Extract<Operation, { kind: 'publish' }>;
type Argument = string | Buffer;

/** A turn as the script takes it. */
export interface EncodedTurn {
  keys: string[];
  args: Argument[];
}

export interface EncodeLimits {
  maxCachedChannels: number;
  cacheTtlMs: number;
  /** Bytes of events that are kept for nodes that were away; 0 for none. */
  maxReplayBytes: number;
  /** Time for which they are kept. */
  replayMs: number;
}

/**
 * Writes the operations of a turn. Events of a channel that follow each other become one message.
 * @param run run of the engine that the turn is sent to
 */
export function encodeTurn(
  keys: AppKeys,
  limits: EncodeLimits,
  node: number,
  run: string,
  operations: readonly Operation[],
): EncodedTurn {
  return new TurnEncoder(keys, limits, node).encode(operations, run);
}

class TurnEncoder {
  readonly #app: AppKeys;
  readonly #limits: EncodeLimits;
  readonly #node: number;
  readonly #keys: string[] = [];
  readonly #indexes = new Map<string, string>();
  readonly #args: Argument[] = [];
  #publishesAny = false;

  constructor(app: AppKeys, limits: EncodeLimits, node: number) {
    this.#app = app;
    this.#limits = limits;
    this.#node = node;
    this.#key(app.head);
    this.#key(app.turns(node));
  }

  encode(operations: readonly Operation[], run: string): EncodedTurn {
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i]!;
      if (operation.kind === 'publish') i += this.#publishes(operations, i, Infinity).taken - 1;
      else if (operation.kind === 'idempotent') i += this.#block(operation, operations, i);
      else this.#one(operation);
    }
    if (this.#publishesAny) this.#keep(run);
    return { keys: this.#keys, args: this.#args };
  }

  /** Number of a key, from 1. */
  #key(key: string): string {
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = `${this.#keys.push(key)}`;
      this.#indexes.set(key, index);
    }
    return index;
  }

  #put(letter: string, ...args: Argument[]): void {
    this.#args.push(letter, `${args.length}`, ...args);
  }

  /** Keeps the events of the turn for nodes that are away. */
  #keep(run: string): void {
    const { maxReplayBytes, replayMs } = this.#limits;
    if (maxReplayBytes === 0) return;
    const keys = [this.#key(this.#app.replay(run)), this.#key(this.#app.replayParts(run))] as const;
    this.#put('G', ...keys, this.#app.numbersTopic, `${maxReplayBytes}`, `${replayMs}`);
  }

  /** Events from a place on, as far as they join one message. Returns how many these are, and in how many operations. */
  #publishes(
    operations: readonly Operation[],
    from: number,
    atMost: number,
  ): { taken: number; put: number } {
    const first = operations[from] as Publish;
    const { channel } = first;
    const items: SentItem[] = [];
    let last = first;
    for (let i = from; i < operations.length && items.length < atMost; i++) {
      const next = operations[i]!;
      if (next.kind !== 'publish' || next.channel !== channel) break;
      if (items.length > 0 && next.receipt > 0) break;
      items.push(this.#item(next));
      last = next;
      // The last event is kept with its own number, which the script knows right behind it.
      if (next.options?.cacheMs !== undefined || next.receipt > 0) break;
    }
    this.#publishesAny = true;
    const topic = this.#app.channelTopic(channel);
    const wants = first.receipt > 0 ? '1' : '0';
    this.#put('P', topic, `${items.length}`, writeBatch(items), wants);
    const cacheMs = last.options?.cacheMs;
    if (cacheMs === undefined) return { taken: items.length, put: 1 };
    const { cachedEvents, cached } = this.#app;
    const event = this.#key(this.#app.cachedEvent(channel));
    const miss = this.#key(this.#app.cacheMiss(channel));
    const most = `${this.#limits.maxCachedChannels}`;
    const ttl = `${Math.max(1, Math.ceil(cacheMs))}`;
    this.#put('K', event, miss, this.#key(cached), cachedEvents, channel, last.text, ttl, most);
    return { taken: items.length, put: 2 };
  }

  #item({ text, options, receipt }: Publish): SentItem {
    const { except, cacheMs, latest, volatile } = options ?? {};
    const from = receipt > 0 ? this.#node : 0;
    return { kind: 'event', text, except, cacheMs, from, receipt, latest, volatile };
  }

  /** An idempotency key with the operations that depend on it. Returns how many these are. */
  #block(
    { key, fingerprint, ttlMs, block }: Extract<Operation, { kind: 'idempotent' }>,
    operations: readonly Operation[],
    at: number,
  ): number {
    const name = this.#key(this.#app.idempotency(key));
    this.#put('I', name, fingerprint, `${Math.max(1, Math.ceil(ttlMs))}`, '0');
    // The script leaves out operations as they are written, and events may join: the number is known afterwards.
    const place = this.#args.length - 1;
    let put = 0;
    for (let i = at + 1; i <= at + block; i++) {
      const operation = operations[i]!;
      if (operation.kind === 'publish') {
        const publishes = this.#publishes(operations, i, at + block - i + 1);
        i += publishes.taken - 1;
        put += publishes.put;
      } else if (operation.kind !== 'idempotent') {
        const before = this.#args.length;
        this.#one(operation);
        if (this.#args.length > before) put++;
      }
    }
    this.#args[place] = `${put}`;
    return block;
  }

  #one(operation: Exclude<Operation, { kind: 'publish' | 'idempotent' }>): void {
    const app = this.#app;
    switch (operation.kind) {
      case 'cacheMissed': {
        const miss = this.#key(app.cacheMiss(operation.channel));
        this.#put('C', miss, `${Math.max(1, Math.ceil(this.#limits.cacheTtlMs))}`);
        return;
      }
      case 'release':
        this.#put('R', this.#key(app.idempotency(operation.key)));
        return;
      case 'answer':
        this.#put('A', this.#key(app.idempotency(operation.key)), operation.answer);
        return;
      case 'take': {
        const { name, ratePerSecond, burst, want } = operation;
        this.#put('T', this.#key(app.rate(name)), `${ratePerSecond}`, `${burst}`, `${want}`);
        return;
      }
      case 'write':
        return this.#write(operation);
      case 'settled':
      case 'void':
        return;
      default:
        // A fact.
        this.#fact(operation);
    }
  }

  #write({ name, records, anew, ttlMs }: Extract<Operation, { kind: 'write' }>): void {
    const sets: Argument[] = [];
    const dels: Argument[] = [];
    // The last value of a field counts.
    for (const [field, value] of new Map(records)) {
      if (value === undefined) dels.push(field);
      else sets.push(field, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    }
    const app = this.#app;
    const key = this.#key(app.records(name));
    const about = [this.#key(app.homes), name, `${this.#node}`, key, anew ? '1' : '0'] as const;
    this.#put('W', ...about, `${Math.ceil(ttlMs)}`, `${sets.length}`, ...sets, ...dels);
  }

  #fact(fact: Fact): void {
    const app = this.#app;
    const node = fact.of ?? this.#node;
    const of = fact.of === undefined ? '0' : this.#key(app.turns(fact.of));
    const count = `${fact.count}`;
    switch (fact.kind) {
      case 'subscriptions': {
        const { channel, tell } = fact;
        const own = this.#key(app.nodeSubscriptions(node));
        const topic = app.channelTopic(channel);
        const all = this.#key(app.subscriptions);
        this.#put('S', of, own, all, channel, count, tell ? '1' : '0', topic);
        return;
      }
      case 'member': {
        const { channel, who, max } = fact;
        const { userId, userInfo } = who;
        const own = this.#key(app.nodeMembers(node));
        const all = this.#key(app.members(channel));
        const infos = this.#key(app.infos(channel));
        const most = max === Infinity ? '1e15' : `${max}`;
        const info = userInfo === undefined ? '' : `+${userInfo}`;
        const added = { kind: 'member' as const, userId, userInfo, added: true };
        const removed = { ...added, userInfo: undefined, added: false };
        const messages = [writeBatch([added]), writeBatch([removed])] as const;
        const field = memberField(channel, userId);
        const topic = app.channelTopic(channel);
        this.#put('M', of, own, all, infos, field, userId, info, count, most, topic, ...messages);
        return;
      }
      case 'user': {
        const { userId } = fact;
        const own = this.#key(app.nodeUsers(node));
        this.#put('U', of, own, this.#key(app.users), userId, count, app.userTopic(userId));
        return;
      }
      case 'socket': {
        const swept = this.#key(of === '0' ? app.head : app.sweptSockets(node));
        this.#put('O', of, this.#key(app.nodeSockets(node)), fact.id, count, swept, `${SWEPT_MS}`);
        return;
      }
      case 'home':
        this.#put('H', of, this.#key(app.homes), fact.name, `${node}`, count);
    }
  }
}

const WRITTEN = ['refused', 'written', 'lost'] as const;

/** Results of a turn's operations, from the list of values that the script has pushed. */
export function decodeResults(
  operations: readonly Operation[],
  values: ReadonlyArray<number | string>,
  isRepeated: boolean,
): Array<Result | undefined> {
  // Results of turns that are long over are not kept.
  if (isRepeated && values.length === 0) return [];
  let at = 0;
  let leftOut = 0;
  return operations.map((each) => {
    const operation = each.kind === 'void' && isRepeated ? each.was : each;
    if (leftOut > 0) {
      leftOut--;
      return undefined;
    }
    const next = (): number => Number(values[at++] ?? 0);
    switch (operation.kind) {
      case 'publish':
        return operation.receipt > 0 ? { sockets: 0, nodes: next() } : undefined;
      case 'subscriptions': {
        const [total, seq, change] = [next(), next(), next()];
        return { total, seq, change: ([undefined, 'occupied', 'vacated'] as const)[change] };
      }
      case 'member': {
        const [seq, change] = [next(), next()];
        if (seq < 0) return 'full';
        return { seq, change: ([undefined, 'added', 'removed'] as const)[change] };
      }
      case 'user': {
        const [total, seq, change] = [next(), next(), next()];
        return { total, seq, change: ([undefined, 'online', 'offline'] as const)[change] };
      }
      case 'socket':
        return operation.of === undefined ? undefined : next() === 1;
      case 'home':
        return next();
      case 'cacheMissed':
        return next() === 1;
      case 'idempotent': {
        const result = idempotentResult(values[at++]);
        if (result !== 'new') leftOut = operation.block;
        return result;
      }
      case 'take':
        return next();
      case 'write':
        return WRITTEN[next()];
      default:
        // Operations without a result.
        return undefined;
    }
  });
}

function idempotentResult(value: number | string | undefined): IdempotentResult {
  if (value === 'new' || value === 'other') return value;
  const answer = typeof value === 'string' && value.startsWith('=') ? value.slice(1) : undefined;
  return { answer };
}
