import type {
  AppListener,
  BrokerLimits,
  CachedEvent,
  ChannelCount,
  Member,
  MemberList,
  Membership,
  Occupancy,
  OnlineUsers,
  PublishOptions,
  Records,
  Telling,
  Totals,
  Transition,
  UserPresence,
  WriteOptions,
  Written,
} from '../broker';
import type { MemoryWatch } from '../../stream/memory-watch';
import type { Fact, IdempotentResult } from '../operation';
import { EventCache } from './event-cache';
import { KeptAnswers } from './kept-answers';
import { KeptRecords } from './kept-records';
import { SweptSockets } from './swept-sockets';
import { ToldStates } from './told-states';

/** A node that hears of an app: its watched channels and users, and its listener. */
export interface Hearer {
  hears(channel: string): boolean;
  hearsUser(userId: string): boolean;
  readonly listener: Pick<AppListener, 'published' | 'member' | 'counted' | 'user'>;
}

/** Facts of one node. */
class NodeFacts {
  readonly subscriptions = new Map<string, number>();
  readonly users = new Map<string, number>();
  readonly members = new Map<string, Map<string, number>>();
  readonly sockets = new Set<string>();
}

interface ListedMember extends Member {
  connections: number;
}

const UNCHANGED: Membership = Object.freeze({ seq: 0, change: undefined });

/**
 * The truth about one app, as an engine holds it. Each method is one moment: it changes the state, tells the nodes that
 * hear of it, and answers. Time comes from the caller, in milliseconds.
 */
export class AppState {
  readonly hearers = new Map<number, Hearer>();
  /** The only node, if there will never be another one. */
  readonly #isAlone: boolean;
  #only: Hearer | undefined;
  readonly #facts = new Map<number, NodeFacts>();
  readonly #members = new Map<string, Map<string, ListedMember>>();
  readonly #cache: EventCache;
  readonly #answers: KeptAnswers;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();
  readonly #homes = new Map<string, number>();
  readonly told = new ToldStates();
  readonly #records = new KeptRecords();
  readonly #swept = new SweptSockets();
  /** Number of the last change. */
  seq = 0;

  constructor(limits: BrokerLimits, isAlone: boolean, memory?: MemoryWatch) {
    this.#isAlone = isAlone;
    this.#cache = new EventCache(limits, memory);
    this.#answers = new KeptAnswers(limits, memory);
  }

  join(node: number, hearer: Hearer): void {
    this.hearers.set(node, hearer);
    if (this.#isAlone) this.#only = hearer;
  }

  /** Returns the sockets that it was written to inside the call. */
  publish(
    channel: string,
    text: string,
    options: PublishOptions | undefined,
    nowMs: number,
  ): number {
    const seq = ++this.seq;
    const ttlMs = options?.cacheMs;
    if (ttlMs !== undefined) this.#cache.put(channel, { text, ttlMs, seq }, nowMs);
    // The only node hears all channels: a look into its list would cost more than a call for nothing.
    if (this.#only !== undefined) return this.#only.listener.published(channel, text, options, seq);
    let sockets = 0;
    for (const hearer of this.hearers.values()) {
      if (hearer.hears(channel)) {
        sockets += hearer.listener.published(channel, text, options, seq);
      }
    }
    return sockets;
  }

  /** Nodes that hear a channel. */
  hearersOf(channel: string): number {
    let nodes = 0;
    for (const hearer of this.hearers.values()) if (hearer.hears(channel)) nodes++;
    return nodes;
  }

  subscriptions(node: number, channel: string, count: number, tell: boolean): Occupancy {
    const own = this.#of(node).subscriptions;
    const before = own.get(channel) ?? 0;
    if (count !== before) setCount(own, channel, count);
    const total = this.#subscriptionsOf(channel);
    if (count === before) return { total, seq: 0, change: undefined };
    const seq = ++this.seq;
    if (tell) {
      for (const hearer of this.hearers.values()) {
        if (hearer.hears(channel)) hearer.listener.counted(channel, total);
      }
    }
    const totalBefore = total - count + before;
    if ((total === 0) === (totalBefore === 0)) return { total, seq, change: undefined };
    return { total, seq, change: total > 0 ? 'occupied' : 'vacated' };
  }

  member(
    node: number,
    channel: string,
    who: Member,
    count: number,
    max: number,
  ): Membership | 'full' {
    const { userId } = who;
    const { members } = this.#of(node);
    const own = members.get(channel);
    const before = own?.get(userId) ?? 0;
    if (count === before) return UNCHANGED;
    const list = this.#members.get(channel);
    const listed = list?.get(userId);
    if (listed === undefined && (list?.size ?? 0) >= max) return 'full';
    if (own !== undefined) setCount(own, userId, count);
    else members.set(channel, new Map([[userId, count]]));
    if (own?.size === 0) members.delete(channel);

    if (listed === undefined) return this.#added(channel, who, count, list);
    listed.connections += count - before;
    return listed.connections > 0
      ? UNCHANGED
      : this.#removed(channel, userId, list as Map<string, ListedMember>);
  }

  #added(
    channel: string,
    who: Member,
    connections: number,
    list: Map<string, ListedMember> | undefined,
  ): Membership {
    const { userId, userInfo } = who;
    const member = { userId, userInfo, connections };
    if (list !== undefined) list.set(userId, member);
    else this.#members.set(channel, new Map([[userId, member]]));
    return this.#memberChanged(channel, who, true);
  }

  #removed(channel: string, userId: string, list: Map<string, ListedMember>): Membership {
    list.delete(userId);
    if (list.size === 0) this.#members.delete(channel);
    return this.#memberChanged(channel, { userId, userInfo: undefined }, false);
  }

  #memberChanged(channel: string, { userId, userInfo }: Member, added: boolean): Membership {
    const seq = ++this.seq;
    for (const hearer of this.hearers.values()) {
      if (hearer.hears(channel)) hearer.listener.member(channel, { userId, userInfo, seq, added });
    }
    return { seq, change: added ? 'added' : 'removed' };
  }

  user(node: number, userId: string, count: number): UserPresence {
    const own = this.#of(node).users;
    const before = own.get(userId) ?? 0;
    if (count !== before) setCount(own, userId, count);
    const total = this.#connectionsOf(userId);
    if (count === before) return { total, seq: 0, change: undefined };
    const seq = ++this.seq;
    const totalBefore = total - count + before;
    if ((total === 0) === (totalBefore === 0)) return { total, seq, change: undefined };
    for (const hearer of this.hearers.values()) {
      if (hearer.hearsUser(userId)) hearer.listener.user(userId, total > 0, seq);
    }
    return { total, seq, change: total > 0 ? 'online' : 'offline' };
  }

  /** True when that is new. The only node knows its sockets itself. */
  socket(node: number, id: string, open: boolean): boolean {
    if (this.#isAlone) return false;
    const { sockets } = this.#of(node);
    if (!open) return sockets.delete(id);
    const before = sockets.size;
    return sockets.add(id).size > before;
  }

  /** The node that is the home of a name; 0 for none. */
  home(node: number, name: string, held: boolean): number {
    const home = this.#homes.get(name);
    if (held && home === undefined) this.#homes.set(name, node);
    if (!held && home === node) this.#homes.delete(name);
    return this.#homes.get(name) ?? 0;
  }

  /** Records of a name, when the node is its home. */
  write(
    node: number,
    name: string,
    records: Records,
    options: WriteOptions,
    nowMs: number,
  ): Written {
    const home = this.#homes.get(name);
    if (home !== node) return home === undefined ? 'lost' : 'refused';
    return this.#records.write(name, records, options, nowMs);
  }

  records(name: string, nowMs: number): ReadonlyMap<string, Uint8Array> {
    return this.#records.read(name, nowMs);
  }

  members(channel: string): MemberList {
    const list = this.#members.get(channel);
    const members = [...(list?.values() ?? [])];
    return {
      seq: this.seq,
      members: members.map(({ userId, userInfo }) => ({ userId, userInfo })),
    };
  }

  online(userIds: readonly string[]): OnlineUsers {
    const online = new Set(userIds.filter((userId) => this.#connectionsOf(userId) > 0));
    return { seq: this.seq, online };
  }

  cached(channel: string, nowMs: number): CachedEvent | undefined {
    return this.#cache.get(channel, nowMs);
  }

  cacheMissed(channel: string, nowMs: number): boolean {
    return this.#cache.miss(channel, nowMs);
  }

  counts(channels: readonly string[]): ChannelCount[] {
    return channels.map((channel) => ({
      subscriptions: this.#subscriptionsOf(channel),
      users: this.#members.get(channel)?.size ?? 0,
    }));
  }

  channels(prefix: string): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const { subscriptions } of this.#facts.values()) {
      for (const [channel, count] of subscriptions) {
        if (channel.startsWith(prefix)) found.set(channel, (found.get(channel) ?? 0) + count);
      }
    }
    return found;
  }

  sockets(): string[] {
    return Array.from(this.#facts.values(), ({ sockets }) => [...sockets]).flat();
  }

  untold(): Telling[] {
    return this.told.differences(this.channels('').keys(), this.#members, this.seq);
  }

  totals(): Totals {
    const facts = [...this.#facts.values()];
    const users = new Set(facts.flatMap((of) => [...of.users.keys()]));
    return { sockets: facts.reduce((sum, of) => sum + of.sockets.size, 0), users: users.size };
  }

  socketsOf(node: number, nowMs: number): string[] {
    const open = this.#facts.get(node)?.sockets ?? [];
    return [...open, ...this.#swept.of(node, nowMs)];
  }

  /** A socket of a dead node is said to be gone. True when that is new. */
  sweepSocket(node: number, id: string, nowMs: number): boolean {
    if (!this.socket(node, id, false)) return false;
    this.#swept.add(node, id, nowMs);
    return true;
  }

  idempotent(key: string, fingerprint: string, ttlMs: number, nowMs: number): IdempotentResult {
    return this.#answers.use(key, fingerprint, ttlMs, nowMs);
  }

  release(key: string): void {
    this.#answers.release(key);
  }

  answer(key: string, answer: string, nowMs: number): void {
    this.#answers.answer(key, answer, nowMs);
  }

  take(name: string, perSecond: number, burst: number, want: number, nowMs: number): number {
    const bucket = this.#buckets.get(name) ?? { tokens: burst, atMs: nowMs };
    const earned = ((nowMs - bucket.atMs) * perSecond) / 1000;
    const tokens = Math.min(burst, bucket.tokens + earned);
    const taken = Math.min(want, Math.floor(tokens));
    this.#buckets.set(name, { tokens: tokens - taken, atMs: nowMs });
    return taken;
  }

  /** The number of changes is at least this. */
  raise(seq: number): void {
    this.seq = Math.max(this.seq, seq);
  }

  /** Facts of a node, as it said them. */
  factsOf(node: number): Fact[] {
    const facts: Fact[] = [...this.#homes].flatMap(([name, home]) =>
      home === node ? { kind: 'home' as const, name, count: 1 } : [],
    );
    const own = this.#facts.get(node);
    if (own === undefined) return facts;
    for (const [channel, members] of own.members) {
      for (const [userId, count] of members) {
        const who = { userId, userInfo: undefined };
        facts.push({ kind: 'member', channel, who, count, max: Infinity });
      }
    }
    for (const [channel, count] of own.subscriptions) {
      facts.push({ kind: 'subscriptions', channel, count, tell: true });
    }
    for (const [userId, count] of own.users) facts.push({ kind: 'user', userId, count });
    for (const id of own.sockets) facts.push({ kind: 'socket', id, count: 1 });
    return facts;
  }

  /** A node without facts is forgotten. */
  forget(node: number): void {
    this.#facts.delete(node);
  }

  /** Says all facts of a dead node as gone. Returns the transitions, in the order of a socket that closes. */
  sweep(node: number, nowMs: number): Transition[] {
    for (const [name, home] of this.#homes) if (home === node) this.#homes.delete(name);
    const facts = this.#facts.get(node);
    if (facts === undefined) return [];
    const transitions: Transition[] = [];
    for (const [channel, own] of facts.members) {
      for (const userId of own.keys()) {
        const gone = this.member(node, channel, { userId, userInfo: undefined }, 0, Infinity);
        if (gone !== 'full' && gone.change !== undefined) {
          transitions.push({ kind: gone.change, seq: gone.seq, channel, userId });
        }
      }
    }
    for (const channel of facts.subscriptions.keys()) {
      const { change, seq } = this.subscriptions(node, channel, 0, true);
      if (change !== undefined) transitions.push({ kind: change, seq, channel });
    }
    for (const userId of facts.users.keys()) {
      const { change, seq } = this.user(node, userId, 0);
      if (change !== undefined) transitions.push({ kind: change, seq, userId });
    }
    for (const socketId of facts.sockets) {
      this.#swept.add(node, socketId, nowMs);
      transitions.push({ kind: 'closed', seq: 0, socketId });
    }
    this.#facts.delete(node);
    return transitions;
  }

  #of(node: number): NodeFacts {
    let facts = this.#facts.get(node);
    if (facts === undefined) {
      facts = new NodeFacts();
      this.#facts.set(node, facts);
    }
    return facts;
  }

  #subscriptionsOf(channel: string): number {
    let total = 0;
    for (const { subscriptions } of this.#facts.values()) total += subscriptions.get(channel) ?? 0;
    return total;
  }

  #connectionsOf(userId: string): number {
    let total = 0;
    for (const { users } of this.#facts.values()) total += users.get(userId) ?? 0;
    return total;
  }
}

function setCount(counts: Map<string, number>, name: string, count: number): void {
  if (count > 0) counts.set(name, count);
  else counts.delete(name);
}
