import type { Eventual } from './eventual';

export type { Eventual } from './eventual';

/**
 * Answer when the engine was away for longer than `brokerHoldMs`. Facts that were answered so stay said: the broker says
 * them again when the engine is back, and tells their transitions by `changed`. Events that were answered so are lost.
 */
export type Unavailable = 'unavailable';

/**
 * The connection of one gateway process (a node) with the engine that joins several of them. An engine in this process
 * answers inside the call; others answer later. No method throws and no promise rejects for a reason of the network,
 * `start` excepted: a call whose outcome is unknown is said again by the broker and counts once.
 */
export interface Broker {
  /**
   * Takes a number and a lease, and keeps the lease until `leave` or `stop`; may be called again after these. Rejects with the codes `broker_unavailable`
   * (no answer within 10 s) and `broker_unsuitable` (version, role or eviction policy of the engine).
   */
  start(listener: BrokerListener): Promise<void>;
  /** Number of this node, 1 to 65 535; no other node had it within a day. It is 0 while no engine joins nodes. */
  readonly node: number;
  /** Nodes with a lease as far as known, this one included. */
  readonly nodes: ReadonlySet<number>;
  readonly state: BrokerState;
  readonly metrics: BrokerMetrics;
  /** The part for one app; each call with the same id gives the same one, and the last listener counts. */
  app(id: string, listener: AppListener): AppBroker;
  /** Gives the lease back: the others sweep at once what is left here. Resolves after 5 s at the latest. */
  leave(): Promise<void>;
  /** Ends all connections and timers. The others sweep what the node still had, when its lease is over. */
  stop(): void;
}

/** `holding`: no answer of the engine for less than `brokerHoldMs`; `down`: for longer, or no lease. */
export type BrokerState = 'up' | 'holding' | 'down';

export interface BrokerListener {
  state(state: BrokerState): void;
  /** Nodes came or went: `nodes` has changed. */
  nodes(): void;
  /**
   * The others have declared this node dead and told that its sockets are closed. Its facts are void; it has a new number
   * already, and is up when the answer has come: until then the sockets leave everything they are in, since facts that are
   * said meanwhile are void as well. Then the gateway closes its browsers, which come back.
   */
  fenced(): Eventual<void>;
}

/** Calls for one app on one node, in the order in which the engine applied them for each channel and each user. */
export interface AppListener {
  /**
   * An event for the subscribers of a channel on this node. At most once to each node, in one order for all nodes; the
   * publisher's node hears it this way too. `options` are those of the publisher. `seq` grows with every event and
   * member change of the app. Returns the sockets it is written to. Channels that are not watched may be told of.
   */
  published(
    channel: string,
    text: string,
    options: PublishOptions | undefined,
    seq: number,
  ): number;
  /** A member of a watched presence channel came or went, in the order of `published`. */
  member(channel: string, change: MemberChange): void;
  /** A watched channel has another number of subscriptions; told for facts with `tell`. */
  counted(channel: string, total: number): void;
  /** A watched user came online or went offline, in the cluster. */
  user(userId: string, online: boolean, seq: number): void;
  /** A message of another node. The answer goes back to it. */
  message(from: number, text: string): Eventual<string>;
  /**
   * Changes of members of watched channels may have been missed: lists are fetched again. Events that were missed come
   * by `published`, where the engine still has them. `users` are watched users who may have come or gone.
   */
  missed(channels: readonly string[], users: readonly string[]): void;
  /** A name that this node was the home of, and that the engine had lost, has another home by now. */
  homeLost(name: string): void;
  /** The engine may have lost records that it had acknowledged: they are written anew. */
  recordsLost(): void;
  /**
   * A transition of the cluster that no answer has told and that this node tells on: it was caused by a fact of a dead
   * node that this one swept, or by a fact that was answered `unavailable`.
   */
  changed(transition: Transition): void;
}

/** A change of a sum over all nodes. `seq` orders the transitions of a channel or user that several nodes tell on. */
export type Transition = { seq: number } & (
  | { kind: 'occupied' | 'vacated'; channel: string }
  | { kind: 'added' | 'removed'; channel: string; userId: string }
  | { kind: 'online' | 'offline'; userId: string }
  /** A socket of a node that died; `seq` is 0. */
  | { kind: 'closed'; socketId: string }
);

export interface MemberChange extends Member {
  seq: number;
  added: boolean;
}

/** A user of a presence channel. `userInfo` is raw JSON text; it is undefined when a member leaves. */
export interface Member {
  userId: string;
  userInfo: string | undefined;
}

export interface PublishOptions {
  /** Ids of sockets that must not get it. */
  except?: readonly string[] | undefined;
  /** Keeps it as the channel's last event for this long, in the same order. */
  cacheMs?: number | undefined;
  /** Key of a latest event: a socket that is behind may miss it when a later one of the channel has the same key. */
  latest?: string | undefined;
  /** A socket that is behind misses it. */
  volatile?: boolean | undefined;
  /** Asks all nodes how many sockets it was written to. */
  receipt?: boolean | undefined;
}

/** Last event of a cache channel: the text that was published, and the time until it is forgotten. */
export interface CachedEvent {
  text: string;
  ttlMs: number;
  seq: number;
}

/** `total` is that of the cluster; `change` is the transition that this fact, and no other, caused. */
export interface Occupancy {
  total: number;
  /** Number of the change in the app; 0 when the total has not changed. */
  seq: number;
  change: 'occupied' | 'vacated' | undefined;
}

export interface Membership {
  /**
   * Number of the change among the member events of the channel: the list of a node has the member when it has come so
   * far. It is 0 when nothing has changed: then the user is in the list, or a change on its way brings it.
   */
  seq: number;
  change: 'added' | 'removed' | undefined;
}

export interface UserPresence {
  total: number;
  seq: number;
  change: 'online' | 'offline' | undefined;
}

export interface MemberList {
  /** Changes with this `seq` or a lower one are in the list already. */
  seq: number;
  members: readonly Member[];
}

export interface OnlineUsers {
  /** Changes with this `seq` or a lower one are in the set already. */
  seq: number;
  online: ReadonlySet<string>;
}

export interface ChannelCount {
  subscriptions: number;
  users: number;
}

/** A state of which observers outside the cluster are told: a channel is occupied or not, a user is a member of it or not. */
export interface Telling {
  readonly channel: string;
  /** The member; undefined for the channel itself. */
  readonly userId: string | undefined;
  readonly present: boolean;
  /** Number of the change that brought the state about. */
  readonly seq: number;
  /** Found by a review, with the number of the newest change then: that one may be just this. */
  readonly isFound?: boolean | undefined;
}

/** Answer to whether a node tells a state. `apart`: yes, and another one may have told again what it told before. */
export type Answer = 'no' | 'yes' | 'apart';

/** A state that observers have taken, or that is given up. */
export interface Settled extends Telling {
  /** This node has told nothing of the same thing behind it. */
  readonly isLast: boolean;
}

/** Open sockets and signed-in users of an app in the cluster. */
export interface Totals {
  sockets: number;
  users: number;
}

/** Records of a name, by field, of which the last value counts; undefined takes one out. */
export type Records = ReadonlyArray<readonly [field: string, value: Uint8Array | undefined]>;

export interface WriteOptions {
  /** Takes out everything that was written before. */
  anew?: boolean | undefined;
  /** Time for which the records are kept behind the last write of the name. */
  ttlMs: number;
}

/**
 * `refused`: another node is the home of the name. `lost`: none is, or the engine has nothing of the name and the write was
 * none that begins anew. Neither writes anything.
 */
export type Written = 'written' | 'refused' | 'lost';

/**
 * An app's share of the engine, as one node speaks with it. Calls of one node are applied in their order. A fact is
 * absolute: the node's own number, never a difference. The engine alone adds them up, so a transition (a channel
 * becomes occupied or vacant, a member or user comes or goes) is told to exactly one node of the cluster: by the answer
 * of the fact that caused it, or by `changed`.
 */
export interface AppBroker {
  /** True when this node is the only one for ever. Then an event for a channel that it does not watch concerns nobody. */
  readonly isAlone: boolean;
  /** The others may have declared this node dead, and tell now what was its to tell. */
  readonly isInDoubt: boolean;

  /**
   * Hears the events, members and counts of a channel. When it is answered, every event that is applied from then on is
   * heard: so a list that is fetched afterwards misses nothing. Calls are counted; as many `unwatch` end it.
   */
  watch(channel: string): Eventual<void>;
  unwatch(channel: string): void;
  /** Hears of a user who comes online or goes offline. Counted like `watch`. */
  watchUser(userId: string): Eventual<void>;
  unwatchUser(userId: string): void;

  /**
   * An event for a channel. Answers with the sockets it was written to on all nodes, when `receipt` is asked for (a node
   * that does not answer within 5 s counts as 0); without it, with those that were written to inside the call.
   * `unavailable`: it was not published, as far as known, because the engine is away or the spool is full.
   */
  publish(channel: string, text: string, options?: PublishOptions): Eventual<number | Unavailable>;
  /**
   * A message to another node, once and in order while both live. Answers with its answer; undefined when the node has
   * no lease, or lost it, or has not answered within 10 s.
   */
  send(node: number, text: string): Eventual<string | undefined>;

  /** Fact: a socket is open on this node. */
  socket(id: string, open: boolean): void;
  /** Fact: the channel has `count` subscribers on this node. With `tell`, all who watch it hear of a new total. */
  subscriptions(channel: string, count: number, tell: boolean): Eventual<Occupancy | Unavailable>;
  /**
   * Fact: a user has `count` connections on a presence channel on this node. Its first connection's information stays
   * until its last one has left the cluster. 'full': the channel has `max` other members; nothing was changed.
   */
  member(
    channel: string,
    who: Member,
    count: number,
    max: number,
  ): Eventual<Membership | 'full' | Unavailable>;
  /** Fact: a user has `count` signed-in connections on this node. */
  user(userId: string, count: number): Eventual<UserPresence | Unavailable>;

  /**
   * Fact: with `held`, this node is the home of a name unless another one is. Answers with the node that is, 0 for none. A
   * node that dies is no home any more when it has been swept; an engine that has lost the name takes the first that says
   * so. (In a key-value store: a key that is created if it is not there, and deleted by its revision.)
   */
  home(name: string, held: boolean): Eventual<number | Unavailable>;
  /**
   * Writes records of a name that this node is the home of: all of them or none, in the order of the calls. They outlive
   * this node, and its being the home: the next home reads them. An answer `unavailable` leaves open what was written; the
   * caller writes anew. At most 1 000 records, and 1 MiB about. (In a key-value store: a key for each record, written
   * under the revision of the name's key; on NATS a bucket with a limit of age.)
   */
  write(name: string, records: Records, options: WriteOptions): Eventual<Written | Unavailable>;
  /** Records of a name, whoever has written them, as of some moment while nobody writes. */
  records(name: string): Eventual<ReadonlyMap<string, Uint8Array> | Unavailable>;

  /** Members of a presence channel, in the cluster. */
  members(channel: string): Eventual<MemberList | Unavailable>;
  /** Users among these who are online, in the cluster. */
  online(userIds: readonly string[]): Eventual<OnlineUsers | Unavailable>;
  /** Last event of a cache channel; undefined when none is kept. */
  cached(channel: string): Eventual<CachedEvent | undefined | Unavailable>;
  /**
   * A subscriber found no last event. True once in the cluster, until something is cached on the channel or
   * `cacheTtlMs` has passed.
   */
  cacheMissed(channel: string): Eventual<boolean>;
  counts(channels: readonly string[]): Eventual<readonly ChannelCount[] | Unavailable>;
  /** Occupied channels whose names begin so, with their subscriptions. Channels occupied all the while are in it. */
  channels(prefix: string): Eventual<ReadonlyMap<string, number> | Unavailable>;
  /**
   * Ids of all open sockets in the cluster, in pieces of at most 1 000. Sockets open all the while come once. Throws while
   * the engine is away. A node that is alone for ever knows its sockets itself: here it has none, and in `totals`.
   */
  sockets(): AsyncIterable<readonly string[]>;
  /** Counted by the engine. (In a key-value store: keys of two prefixes.) */
  totals(): Eventual<Totals | Unavailable>;

  /**
   * Asks, for each state, whether this node tells observers outside of it. Yes once in the cluster, and no when the same state
   * was told last, or that of a later change. `apart` where observers may have what this node has yet to tell. The same question
   * of the same node has the same answer for 10 minutes. (In a key-value store: a key for each thing, changed by its revision.)
   */
  tell(tellings: readonly Telling[]): Eventual<readonly Answer[] | Unavailable>;
  /**
   * Observers have taken states that this node was to tell. Until then it owes them. Returns, for those that are the last that
   * this node has told of a thing, the state that the cluster has told last where it is another one: observers may have taken
   * it first, so this node tells it again, and owes it. (In a key-value store: the key of the thing is read behind.)
   */
  told(settled: readonly Settled[]): Eventual<readonly Telling[] | Unavailable>;
  /**
   * States that this node tells from now on, in the order of their changes: nodes that are gone owed them. Each of the
   * channels that are meant is given to one node, which owes it then. (In a key-value store: keys by node and change.)
   */
  owed(isMeant: (channel: string) => boolean): Eventual<readonly Telling[] | Unavailable>;
  /**
   * States that are others than was told last, in pieces; a change that is just being told may be among them. An engine that
   * knows nothing of what was told takes everything that is present for told. Throws while the engine is away.
   */
  untold(): AsyncIterable<readonly Telling[]>;
  /** Sockets that are open on a node; of one that was declared dead, those that were open then, for 10 minutes. */
  socketsOf(node: number): Eventual<readonly string[] | Unavailable>;

  /**
   * Idempotency. `run` is called inside this call; the calls that it makes to this object count if, and only if, nobody
   * in the cluster has used the key within its time. 'other': it was used with another fingerprint. An object: it was
   * used with this one; `answer` is undefined as long as nobody has given one.
   */
  idempotent(
    key: string,
    fingerprint: string,
    ttlMs: number,
    run: () => void,
  ): Eventual<'new' | 'other' | { answer: string | undefined } | Unavailable>;
  /** Frees a key whose `run` did nothing after all. It counts as the other calls of `run`, when it is called there. */
  release(key: string): void;
  /** Keeps the answer of a key for the rest of its time. */
  answer(key: string, answer: string): void;
  /** Takes up to `want` tokens of a rate of the app, by name. Answers how many there were; all of them while it is down. */
  take(name: string, ratePerSecond: number, burst: number, want: number): Eventual<number>;
  /** Answers when everything said so far is applied. */
  settled(): Eventual<'settled' | Unavailable>;
}

/** Limits of an engine, with their defaults. */
export interface BrokerLimits {
  /** Cached events of an app beyond which the oldest are forgotten: their number and their bytes. */
  maxCachedChannels: number;
  maxCachedBytes: number;
  cacheTtlMs: number;
  /** Idempotency keys of an app beyond which the oldest are forgotten: their number and the bytes of their answers. */
  maxIdempotencyKeys: number;
  maxIdempotencyBytes: number;
}

/** Counters since the start; they never fall, except `nodes`, `topics` and `spoolBytes`. */
export interface BrokerMetrics {
  nodes: number;
  /** Turns by outcome: applied, said again, refused because the view was old. */
  turnsApplied: number;
  turnsRepeated: number;
  turnsStale: number;
  /** Sum of the time from sending a turn to its answer, in seconds. */
  turnSeconds: number;
  /** Bytes that wait for the engine. */
  spoolBytes: number;
  /** Events dropped because the spool was full or the engine was down. */
  dropped: number;
  topics: number;
  received: number;
  /** Events that were read from the engine behind a cut. */
  replayed: number;
  /** Channels of which events may have been missed for good. */
  missed: number;
  /** Facts of dead nodes that this node swept. */
  swept: number;
  /** Eras that this node has seen begin. */
  eras: number;
  fenced: number;
  /** Messages that could not be read. */
  unreadable: number;
}
