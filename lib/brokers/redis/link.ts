import { randomBytes, randomInt } from 'node:crypto';
import { StandpipeError } from '../../errors';
import { backoff } from '../../util/backoff';
import type { Logger } from '../../util/logger';
import type { Clock, Timer } from '../../util/timers';
import { type NodeMessage, writeNodeMessages } from '../../wire/cluster';
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
import { engineName, type RedisAddress, sentinelsOf } from './address';
import { askSentinel, Connection, loadClient, reasonOf } from './connection';
import { decodeResults, encodeTurn, type EncodeLimits } from './encode-turn';
import { NodeKeys } from './keys';
import { packed } from './packed';
import { loadScripts, scripts } from './scripts/all';
import { PrimaryWatch } from './sentinels';
import { RedisApp } from './tellings';
import { Topics } from './topics';

export interface RedisLinkOptions {
  address: RedisAddress;
  prefix: string;
  clock: Clock;
  log: Logger;
  limits: EncodeLimits;
}

/** Time after which a start tells that it waits. */
const PATIENCE_MS = 1000;
const RETRY = { baseMs: 100, maxMs: 2000 };
/** Time after which an engine forgets the turns of a node that has left. */
const LEFT_MS = `${60 * 60 * 1000}`;
/** Numbers that a new node offers to take. */
const CANDIDATES = 32;
const MAX_NODE = 65_535;

/** The way of a node to Redis or Valkey: connections one after the other, and the calls of the contract as commands. */
export class RedisLink implements EngineLink {
  run = '';
  readonly #options: RedisLinkOptions;
  readonly #nodeKeys: NodeKeys;
  readonly #topics = new Topics();
  /** Undefined for an engine that no sentinels look after. */
  readonly #watch: PrimaryWatch | undefined;
  readonly #apps = new Map<string, RedisApp>();
  /** Apps that the engine has in its list, as this connection has told it. */
  readonly #listed = new Map<string, Promise<boolean>>();
  #connection: Connection | undefined;
  #listener: LinkListener | undefined;
  #timer: Timer | undefined;
  #attempt = 0;
  #closed = false;
  #token = '';
  #nodeTopic: string | undefined;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#nodeKeys = new NodeKeys(options.prefix);
    const sentinels = sentinelsOf(options.address);
    if (sentinels !== undefined) {
      this.#watch = new PrimaryWatch(options.clock, sentinels, askSentinel);
    }
  }

  get isUp(): boolean {
    return this.#connection !== undefined;
  }

  async connect(listener: LinkListener, timeoutMs: number): Promise<void> {
    this.#listener = listener;
    this.#closed = false;
    const { clock, log, address } = this.#options;
    // On a busy machine it takes longer than the patience, and there would be no reason to tell.
    await loadClient();
    const deadline = clock.now() + timeoutMs;
    const where = `${engineName(address)} (setting broker)`;
    let why = 'no answer';
    const patience = clock.setTimeout(() => {
      log.warn({}, `${where} can not be reached yet: ${why}; trying on`);
    }, PATIENCE_MS);
    try {
      for (;;) {
        try {
          return await this.#open(false);
        } catch (error) {
          if (error instanceof StandpipeError && error.code === 'broker_unsuitable') throw error;
          why = reasonOf(error);
          if (clock.now() >= deadline || this.#closed) {
            const message = `${where} could not be reached: ${why}`;
            throw new StandpipeError('broker_unavailable', message, { cause: error });
          }
          await new Promise<void>((resolve) => clock.setTimeout(resolve, RETRY.baseMs));
        }
      }
    } finally {
      clock.clearTimeout(patience);
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    this.#watch?.end();
    this.#connection?.end();
  }

  reset(): void {
    this.#options.log.warn({}, 'a connection with the engine is given up: it does not answer');
    this.#connection?.end();
  }

  async register(leaseMs: number): Promise<Lease> {
    const token = randomBytes(12).toString('base64url');
    const { nodes, tokens, used } = this.#nodeKeys;
    const candidates = Array.from({ length: CANDIDATES }, () => `${randomInt(1, MAX_NODE + 1)}`);
    const args = [token, `${leaseMs}`, ...candidates];
    const node = Number(await this.#send(scripts.register.call([nodes, tokens, used], args)));
    if (node === 0) throw new Error('all numbers of nodes are in use');
    this.#token = token;
    this.#listed.clear();
    return { node, token };
  }

  async renew({ node, token }: Lease, leaseMs: number): Promise<Renewal> {
    const { nodes, tokens, used, era: key } = this.#nodeKeys;
    const next = randomBytes(12).toString('base64url');
    const args = [`${node}`, token, `${leaseMs}`, next];
    const reply = await this.#send(scripts.renew.call([nodes, tokens, used, key], args));
    // Two renewals later: the answers to a ping and to one renewal may have waited for the same engine.
    this.#connection?.probeTopics(this.#options.clock.now(), leaseMs / 2);
    const [atMs, era = '', ...others] = reply as [number, ...string[]];
    return { held: atMs > 0, nodes: others.map(Number), atMs, era };
  }

  async release({ node, token }: Lease): Promise<void> {
    const { nodes, tokens, used, dead } = this.#nodeKeys;
    await this.#send(scripts.release.call([nodes, tokens, used, dead], [`${node}`, token]));
    // Nobody may be left to sweep them.
    for (const { keys } of this.#apps.values()) {
      await this.#send(['PEXPIRE', keys.turns(node), LEFT_MS]);
    }
  }

  async bury(notAfterMs: number): Promise<readonly number[]> {
    const { nodes, tokens, used, dead } = this.#nodeKeys;
    const found = (await this.#send(
      scripts.bury.call([nodes, tokens, used, dead], [`${Math.floor(notAfterMs)}`]),
    )) as string[];
    return found.map(Number);
  }

  async buried(node: number, count: number): Promise<boolean> {
    const { dead, apps } = this.#nodeKeys;
    return (await this.#send(scripts.buried.call([dead, apps], [`${node}`, `${count}`]))) === 1;
  }

  async apps(): Promise<readonly string[]> {
    return (await this.#send(['SMEMBERS', this.#nodeKeys.apps])) as string[];
  }

  async fence(app: string, node: number): Promise<void> {
    await this.#send(scripts.fence.call([this.#app(app).keys.turns(node)], []));
  }

  facts(app: string, node: number): AsyncIterable<readonly Fact[]> {
    return this.#app(app).reads.facts(node);
  }

  async turn(
    app: string,
    node: number,
    number: number,
    operations: readonly Operation[],
  ): Promise<TurnReply> {
    const { keys } = this.#app(app);
    // A sweeper looks for facts in listed apps only, so the app is listed before its first fact.
    if (!(await this.#isListed(app, node))) return { kind: 'fenced' };
    const encoded = encodeTurn(keys, this.#options.limits, node, this.run, operations);
    const args = [this.#token, `${number}`, packed(encoded.args)];
    const reply = (await this.#send(scripts.turn.call(encoded.keys, args))) as [string, unknown];
    const [kind, about] = reply;
    if (kind === 'fenced') return { kind };
    if (kind === 'out_of_turn') return { kind, last: Number(about) };
    const values = JSON.parse(String(about)) as Array<number | string>;
    const isRepeated = kind === 'repeated';
    const results = decodeResults(operations, values, isRepeated);
    return { kind: isRepeated ? 'repeated' : 'applied', results };
  }

  async rejoin(app: string, node: number, last: number, seq: number): Promise<void> {
    const { keys } = this.#app(app);
    // An engine that has lost turns may have lost its list of apps, too.
    this.#listed.delete(app);
    const args = [this.#token, `${last}`, `${seq}`];
    await this.#send(scripts.rejoin.call([keys.head, keys.turns(node)], args));
  }

  members(app: string, channel: string): Promise<MemberList> {
    return this.#app(app).reads.members(channel);
  }

  online(app: string, userIds: readonly string[]): Promise<OnlineUsers> {
    return this.#app(app).reads.online(userIds);
  }

  cached(app: string, channel: string): Promise<CachedEvent | undefined> {
    return this.#app(app).reads.cached(channel);
  }

  counts(app: string, channels: readonly string[]): Promise<readonly ChannelCount[]> {
    return this.#app(app).reads.counts(channels);
  }

  channels(app: string, prefix: string): Promise<ReadonlyMap<string, number>> {
    return this.#app(app).reads.channels(prefix);
  }

  async *sockets(app: string): AsyncGenerator<readonly string[]> {
    yield* this.#app(app).reads.sockets(await this.#nodes());
  }

  tellings(app: string): EngineTellings {
    return this.#app(app).tellings;
  }

  async totals(app: string): Promise<Totals> {
    return this.#app(app).reads.totals(await this.#nodes());
  }

  socketsOf(app: string, node: number): Promise<readonly string[]> {
    return this.#app(app).reads.socketsOf(node);
  }

  records(app: string, name: string): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#app(app).reads.records(name);
  }

  async watch(app: string, channel: string): Promise<number> {
    const { keys, reads } = this.#app(app);
    const { run } = this;
    void this.#topics.add(keys.numbersTopic, { kind: 'numbers', app });
    const heard = this.#topics.add(keys.channelTopic(channel), { kind: 'channel', app, channel });
    const [last] = await Promise.all([reads.lastEvent(), heard]);
    // Another run counts anew.
    return run === this.run ? last : 0;
  }

  unwatch(app: string, channel: string): void {
    this.#topics.remove(this.#app(app).keys.channelTopic(channel));
  }

  watchUser(app: string, userId: string): Promise<void> {
    const topic = this.#app(app).keys.userTopic(userId);
    return this.#topics.add(topic, { kind: 'user', app, userId });
  }

  unwatchUser(app: string, userId: string): void {
    this.#topics.remove(this.#app(app).keys.userTopic(userId));
  }

  hearNode(node: number): Promise<void> {
    if (this.#nodeTopic !== undefined) this.#topics.remove(this.#nodeTopic);
    this.#nodeTopic = this.#nodeKeys.topic(node);
    return this.#topics.add(this.#nodeTopic, { kind: 'node' });
  }

  replay(app: string, after: number): Promise<Replay> {
    return this.#app(app).reads.replay(this.run, after);
  }

  async post(node: number, messages: readonly NodeMessage[]): Promise<void> {
    try {
      await this.#send(['PUBLISH', this.#nodeKeys.topic(node), writeNodeMessages(messages)]);
    } catch {
      // Messages are lost when the engine is away, and when they are too long for one batch.
    }
  }

  async #nodes(): Promise<number[]> {
    return ((await this.#send(['ZRANGE', this.#nodeKeys.nodes, '0', '-1'])) as string[]).map(
      Number,
    );
  }

  #app(id: string): RedisApp {
    let app = this.#apps.get(id);
    if (app === undefined) {
      app = new RedisApp(this.#options.prefix, id, {
        send: (...command) => this.#send(...command),
        nodes: () => this.#nodes(),
      });
      this.#apps.set(id, app);
    }
    return app;
  }

  /** Turns wait for it in their order. */
  #isListed(app: string, node: number): Promise<boolean> {
    const known = this.#listed.get(app);
    if (known !== undefined) return known;
    const { tokens, apps } = this.#nodeKeys;
    const listed = this.#send(
      scripts.list.call([tokens, apps], [`${node}`, this.#token, app]),
    ).then((reply) => reply === 1);
    this.#listed.set(app, listed);
    listed.catch(() => {
      if (this.#listed.get(app) === listed) this.#listed.delete(app);
    });
    return listed;
  }

  async #send(args: ReadonlyArray<string | Buffer>, as?: 'bytes'): Promise<unknown> {
    const connection = this.#connection;
    if (connection === undefined) throw new Error('the engine is away');
    try {
      return await connection.send(args, as);
    } catch (error) {
      if (connection === this.#connection) this.#refused(connection, error);
      throw error;
    }
  }

  /** The engine has refused a command; calls are said again by their callers. */
  #refused(connection: Connection, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    // A replica takes no writes: the address leads to the primary after a failover.
    if (message.startsWith('READONLY')) connection.end();
    else if (message.startsWith('NOSCRIPT')) load(connection).catch(() => connection.end());
    else this.#options.log.warn({ err: error }, 'the engine has refused a command');
  }

  async #open(missed: boolean): Promise<void> {
    const connection = await Connection.open(this.#options.address, {
      clock: this.#options.clock,
      heard: (topic, message) => {
        const listener = this.#listener;
        if (listener && !this.#topics.pass(topic, message, listener)) listener.unreadable();
      },
      prepare: async (fresh, answered) => {
        await Promise.all([load(fresh), fresh.tryRights(this.#options.prefix)]);
        answered();
        await this.#topics.connected(fresh, answered);
      },
    });
    if (this.#closed) {
      connection.end();
      throw new Error('closed');
    }
    const { log } = this.#options;
    const { info, server } = connection;
    const { run, version, keeps } = info;
    if (run !== this.run)
      log.info(
        { version, keeps, ...(server && { server }) },
        'connected with the engine of several gateways',
      );
    this.run = run;
    this.#attempt = 0;
    this.#listed.clear();
    this.#connection = connection;
    connection.onEnd(() => this.#ended());
    if (connection.server !== undefined) {
      this.#watch?.begin(connection.server, () => connection.end());
    }
    if (missed) this.#listener?.up(true);
  }

  #ended(): void {
    this.#connection = undefined;
    this.#watch?.end();
    this.#topics.away();
    if (this.#closed) return;
    this.#listener?.away();
    this.#again();
  }

  #again(): void {
    const { clock } = this.#options;
    const random = (): number => clock.random();
    const delay = backoff(this.#attempt++, { ...RETRY, random });
    this.#timer = clock.setTimeout(() => {
      this.#open(true).catch((error: unknown) => {
        if (this.#closed) return;
        this.#options.log.warn({ err: error }, 'the engine of several gateways can not be reached');
        this.#again();
      });
    }, delay);
  }
}

function load(connection: Connection): Promise<void> {
  return loadScripts((command) => connection.send(command));
}
