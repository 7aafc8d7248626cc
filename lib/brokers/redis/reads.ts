import type { CachedEvent, ChannelCount, MemberList, OnlineUsers, Totals } from '../broker';
import type { Replay } from '../joined/engine-link';
import type { Fact } from '../operation';
import { readBatch } from '../../wire/cluster';
import { type AppKeys, readMemberField } from './keys';

/** Sends a command; rejects when its outcome is not known. */
export type Send = (args: readonly string[], as?: 'bytes') => Promise<unknown>;

/** Entries of a page: the engine stands still for this many at most. */
const PAGE = 1000;
/** Facts in a piece: each becomes an operation of a turn. */
const FACTS = 200;
const RECORDS = 50;
/** Turns in a page of events: most are short. */
const TURNS = 100;

/** Questions to the engine about an app. None changes anything, so each may be asked again. */
export class RedisReads {
  readonly #send: Send;
  readonly #keys: AppKeys;
  #lastEvent: Promise<number> | undefined;

  constructor(send: Send, keys: AppKeys) {
    this.#send = send;
    this.#keys = keys;
  }

  /** The number is read first: changes above it may be in the list, and are told as well. */
  async members(channel: string): Promise<MemberList> {
    const seq = await this.seq();
    const members = new Map<string, string | undefined>();
    for await (const page of this.scan('HSCAN', this.#keys.members(channel), PAGE)) {
      const userIds = page.filter((_, i) => i % 2 === 0);
      if (userIds.length === 0) continue;
      const infos = await this.#send(['HMGET', this.#keys.infos(channel), ...userIds]);
      userIds.forEach((userId, i) => members.set(userId, (infos as string[])[i] ?? undefined));
    }
    return { seq, members: Array.from(members, ([userId, userInfo]) => ({ userId, userInfo })) };
  }

  async online(userIds: readonly string[]): Promise<OnlineUsers> {
    const seq = await this.seq();
    if (userIds.length === 0) return { seq, online: new Set() };
    const counts = (await this.#send(['HMGET', this.#keys.users, ...userIds])) as unknown[];
    return { seq, online: new Set(userIds.filter((_, i) => Number(counts[i] ?? 0) > 0)) };
  }

  async cached(channel: string): Promise<CachedEvent | undefined> {
    const key = this.#keys.cachedEvent(channel);
    const [kept, ttl] = await Promise.all([this.#send(['GET', key]), this.#send(['PTTL', key])]);
    if (typeof kept !== 'string' || Number(ttl) <= 0) return undefined;
    const space = kept.indexOf(' ');
    return { seq: Number(kept.slice(0, space)), text: kept.slice(space + 1), ttlMs: Number(ttl) };
  }

  async counts(channels: readonly string[]): Promise<ChannelCount[]> {
    const counts: ChannelCount[] = [];
    for (let at = 0; at < channels.length; at += PAGE) {
      const some = channels.slice(at, at + PAGE);
      const [subscriptions, users] = await Promise.all([
        this.#send(['HMGET', this.#keys.subscriptions, ...some]),
        Promise.all(some.map((channel) => this.#send(['HLEN', this.#keys.members(channel)]))),
      ]);
      some.forEach((_, i) => {
        const total = Number((subscriptions as unknown[])[i] ?? 0);
        counts.push({ subscriptions: total, users: Number(users[i]) });
      });
    }
    return counts;
  }

  async channels(prefix: string): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    const pattern = `${prefix.replaceAll(/[\\*?[\]]/g, '\\$&')}*`;
    const { subscriptions } = this.#keys;
    for await (const page of this.scan('HSCAN', subscriptions, PAGE, pattern)) {
      for (let i = 0; i + 1 < page.length; i += 2) found.set(page[i]!, Number(page[i + 1]));
    }
    return found;
  }

  async *sockets(nodes: readonly number[]): AsyncGenerator<readonly string[]> {
    for (const node of nodes) {
      const told = new Set<string>();
      for await (const page of this.scan('SSCAN', this.#keys.nodeSockets(node), PAGE)) {
        const fresh = page.filter((id) => !told.has(id));
        for (const id of fresh) told.add(id);
        for (let at = 0; at < fresh.length; at += PAGE) yield fresh.slice(at, at + PAGE);
      }
    }
  }

  async totals(nodes: readonly number[]): Promise<Totals> {
    const [users, ...sockets] = await Promise.all([
      this.#send(['HLEN', this.#keys.users]),
      ...nodes.map((node) => this.#send(['SCARD', this.#keys.nodeSockets(node)])),
    ]);
    return {
      users: Number(users),
      sockets: sockets.reduce<number>((sum, n) => sum + Number(n), 0),
    };
  }

  /** The open ones first: they become swept ones, not the other way round. */
  async socketsOf(node: number): Promise<readonly string[]> {
    const ids = new Set<string>();
    for (const key of [this.#keys.nodeSockets(node), this.#keys.sweptSockets(node)]) {
      for await (const page of this.scan('SSCAN', key, PAGE)) for (const id of page) ids.add(id);
    }
    return [...ids];
  }

  /** Pages are small, since values are large. */
  async records(name: string): Promise<ReadonlyMap<string, Uint8Array>> {
    const records = new Map<string, Uint8Array>();
    let cursor = '0';
    do {
      const args = ['HSCAN', this.#keys.records(name), cursor, 'COUNT', `${RECORDS}`];
      const [next, page] = (await this.#send(args, 'bytes')) as [Buffer, Buffer[]];
      for (let i = 0; i + 1 < page.length; i += 2) records.set(page[i]!.toString(), page[i + 1]!);
      cursor = next.toString();
    } while (cursor !== '0');
    return records;
  }

  /** Number of the last event, asked once for all who ask in the same step; 0 when it is not known. */
  lastEvent(): Promise<number> {
    if (this.#lastEvent !== undefined) return this.#lastEvent;
    queueMicrotask(() => (this.#lastEvent = undefined));
    return (this.#lastEvent = this.#send(['HGET', this.#keys.head, 'event']).then(
      (number) => Number(number ?? 0),
      () => 0,
    ));
  }

  /**
   * The number of the last event is read first, and that up to which events were dropped last: so none is dropped unseen, nor
   * where none are kept.
   */
  async replay(run: string, after: number): Promise<Replay> {
    const range = ['XRANGE', this.#keys.replay(run), `(${after}`, '+', 'COUNT', `${TURNS}`];
    const [last, turns, dropped] = await Promise.all([
      this.#send(['HGET', this.#keys.head, 'event']),
      this.#send(range, 'bytes') as Promise<Array<[id: Buffer, fields: Buffer[]]>>,
      this.#send(['HGET', this.#keys.replayParts(run), 'low']),
    ]);
    const batches = turns.flatMap(([, fields]) => {
      const found: Array<Replay['batches'][number]> = [];
      for (let i = 0; i + 1 < fields.length; i += 2) {
        const channel = this.#keys.channelOfTopic(String(fields[i]));
        if (channel !== undefined) found.push({ channel, items: readBatch(fields[i + 1]!) });
      }
      return found;
    });
    const upTo = Number.parseInt(String(turns.at(-1)?.[0] ?? '0'), 10);
    const isLast = turns.length < TURNS;
    const isWhole = !isLast || Number(last ?? 0) <= Math.max(after, upTo);
    return { batches, upTo, low: isWhole ? Number(dropped ?? 0) : Number(last), isLast };
  }

  /** Facts of a node, members first, as a socket that closes leaves them. */
  async *facts(node: number): AsyncGenerator<readonly Fact[]> {
    const hash = async function* (
      scan: AsyncGenerator<readonly string[]>,
      make: (field: string, count: number) => Fact,
    ): AsyncGenerator<readonly Fact[]> {
      for await (const page of scan) {
        const facts: Fact[] = [];
        for (let i = 0; i + 1 < page.length; i += 2) {
          facts.push(make(page[i]!, Number(page[i + 1])));
        }
        yield facts;
      }
    };
    const keys = this.#keys;
    yield* hash(this.scan('HSCAN', keys.nodeMembers(node), FACTS), (field, count) => {
      const { channel, userId } = readMemberField(field);
      const who = { userId, userInfo: undefined };
      return { kind: 'member', channel, who, count, max: Infinity };
    });
    yield* hash(this.scan('HSCAN', keys.nodeSubscriptions(node), FACTS), (channel, count) => ({
      ...{ kind: 'subscriptions', channel, count, tell: true },
    }));
    yield* hash(this.scan('HSCAN', keys.nodeUsers(node), FACTS), (userId, count) => ({
      ...{ kind: 'user', userId, count },
    }));
    for await (const page of this.scan('HSCAN', keys.homes, FACTS)) {
      const names = page.filter((_, i) => i % 2 === 0 && page[i + 1] === `${node}`);
      yield names.map((name) => ({ kind: 'home', name, count: 1 }));
    }
    for await (const ids of this.scan('SSCAN', keys.nodeSockets(node), FACTS)) {
      yield ids.map((id) => ({ kind: 'socket', id, count: 1 }));
    }
  }

  /** Number of the last change. */
  async seq(): Promise<number> {
    return Number((await this.#send(['HGET', this.#keys.head, 'seq'])) ?? 0);
  }

  /** Pages of a hash or set, up to the end of the cursor; one may be empty, and entries may come twice. */
  async *scan(
    command: string,
    key: string,
    count = PAGE,
    pattern?: string,
  ): AsyncGenerator<readonly string[]> {
    let cursor = '0';
    do {
      const match = pattern === undefined ? [] : ['MATCH', pattern];
      const reply = await this.#send([command, key, cursor, ...match, 'COUNT', `${count}`]);
      const [next, page] = reply as [string, string[]];
      yield page;
      cursor = next;
    } while (cursor !== '0');
  }
}
