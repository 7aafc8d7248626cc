import type {
  Answer,
  CachedEvent,
  ChannelCount,
  MemberList,
  OnlineUsers,
  Settled,
  Telling,
  Totals,
} from '../broker';
import type { Item, NodeMessage } from '../../wire/cluster';
import type { Fact, Operation, TurnReply } from '../operation';

export interface Lease {
  node: number;
  /** Proves that the lease is this process's. */
  token: string;
}

export interface Renewal {
  /** False when the node was declared dead. */
  held: boolean;
  /** Nodes that have a lease. */
  nodes: readonly number[];
  /** Time of the engine, in ms. */
  atMs: number;
  /** Name of what the engine knows: another one after it has lost everything, be it without a restart. */
  era: string;
}

export interface LinkListener {
  /** The engine can be spoken to, again or for the first time. `missed`: topics were not heard for a while. */
  up(missed: boolean): void;
  away(): void;
  heard(app: string, channel: string, items: readonly Item[]): void;
  heardUser(app: string, userId: string, online: boolean, seq: number): void;
  /** All events of an app up to a number have been heard by now, as far as their channels are watched. */
  heardUpTo(app: string, seq: number): void;
  posted(message: NodeMessage): void;
  unreadable(): void;
}

/** A page of the events that an engine keeps for nodes that were away, in their order. */
export interface Replay {
  readonly batches: ReadonlyArray<{ readonly channel: string; readonly items: readonly Item[] }>;
  /** Number of the last event of the page; 0 when there is none. */
  readonly upTo: number;
  readonly isLast: boolean;
  /** Events up to this number are kept no more. */
  readonly low: number;
}

/** A state that a node owes to observers. */
export interface OwedTelling {
  readonly node: number;
  readonly telling: Telling;
}

/** States of which observers outside were told. Each call is made again, alike, where its outcome is not known. */
export interface EngineTellings {
  tell(node: number, tellings: readonly Telling[]): Promise<readonly Answer[]>;
  /** Answers with the states that the node owes instead. */
  told(node: number, settled: readonly Settled[]): Promise<readonly Telling[]>;
  untold(): AsyncIterable<readonly Telling[]>;
  /** States that nodes owe, in the order of their changes. */
  owed(): Promise<readonly OwedTelling[]>;
  /** A node owes them from now on; true for each that no other one has taken. */
  take(node: number, owed: readonly OwedTelling[]): Promise<readonly boolean[]>;
}

/**
 * The way of one node to an engine elsewhere. Calls are applied in their order. A call rejects when its outcome is not
 * known: its caller says it again after `up`.
 */
export interface EngineLink {
  /** Rejects `broker_unavailable` or `broker_unsuitable`; afterwards it connects again by itself. */
  connect(listener: LinkListener, timeoutMs: number): Promise<void>;
  close(): void;
  /** Gives up connections that may be dead, and connects again. */
  reset(): void;
  readonly isUp: boolean;
  /** Name of the engine's run: another one after each restart and failover. */
  readonly run: string;

  register(leaseMs: number): Promise<Lease>;
  renew(lease: Lease, leaseMs: number): Promise<Renewal>;
  /** The lease is over at once; the facts of the node are swept by others. */
  release(lease: Lease): Promise<void>;
  /**
   * Declares nodes without a lease dead, unless the engine's time is later than this: an engine that stood still must not
   * do so before all have renewed. Answers with the dead that have not been swept.
   */
  bury(notAfterMs: number): Promise<readonly number[]>;
  /** A dead node has no facts in so many apps any more. False when there are others. */
  buried(node: number, apps: number): Promise<boolean>;
  /** Apps in which any node has facts. */
  apps(): Promise<readonly string[]>;
  /** From now on no turn of the node counts in the app. */
  fence(app: string, node: number): Promise<void>;
  /** Facts of a node that are in the engine, in pieces; facts that change meanwhile may be missing or come twice. */
  facts(app: string, node: number): AsyncIterable<readonly Fact[]>;

  turn(
    app: string,
    node: number,
    turn: number,
    operations: readonly Operation[],
  ): Promise<TurnReply>;
  /** The engine may have lost turns: the next is `turn` + 1 unless it knows a later one; `seq` does not fall. */
  rejoin(app: string, node: number, turn: number, seq: number): Promise<void>;

  members(app: string, channel: string): Promise<MemberList>;
  online(app: string, userIds: readonly string[]): Promise<OnlineUsers>;
  cached(app: string, channel: string): Promise<CachedEvent | undefined>;
  counts(app: string, channels: readonly string[]): Promise<readonly ChannelCount[]>;
  channels(app: string, prefix: string): Promise<ReadonlyMap<string, number>>;
  sockets(app: string): AsyncIterable<readonly string[]>;
  totals(app: string): Promise<Totals>;
  tellings(app: string): EngineTellings;
  socketsOf(app: string, node: number): Promise<readonly string[]>;
  records(app: string, name: string): Promise<ReadonlyMap<string, Uint8Array>>;

  /**
   * Resolves when the topic is heard, with the number of an event before that, or 0; stays so over cuts. Never rejects.
   */
  watch(app: string, channel: string): Promise<number>;
  unwatch(app: string, channel: string): void;
  /** Resolves when the topic is heard; stays so over cuts. Never rejects. */
  watchUser(app: string, userId: string): Promise<void>;
  unwatchUser(app: string, userId: string): void;
  /** Events of an app behind a number, of all channels, as this run of the engine keeps them. */
  replay(app: string, after: number): Promise<Replay>;
  /** Hears the messages to a node. */
  hearNode(node: number): Promise<void>;
  /** Messages to one node, in their order, at most once. Resolves when they are sent or lost; never rejects. */
  post(node: number, messages: readonly NodeMessage[]): Promise<void>;
}
