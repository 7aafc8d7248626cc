import type { StandpipeError } from '../errors';
import type { NameIn, Upward } from '../util/app-events';

/**
 * Names of events with the type of their data. A claim, not a check, unless the option `schemas` has a schema for the
 * event: browsers send what they like, so look at data before you trust it.
 */
export type DefaultEvents = Record<string, unknown>;

/** Names of the events that browsers send. */
export type HeardName<Events extends object> = NameIn<Upward<Events>>;
/** Data of an event that browsers send; of any of them without a name. */
export type HeardData<
  Events extends object,
  N extends HeardName<Events> = HeardName<Events>,
> = Upward<Events>[N];
/**
 * Arguments of a handler of `event`: a list for each name, so that a look at the name tells the type of the data.
 * `Subject` are those between name and data, `Rest` those behind it.
 */
export type HeardArgs<
  Events extends object,
  Subject extends unknown[],
  Rest extends unknown[] = [meta: Meta],
> = {
  [N in HeardName<Events>]: [eventName: N, ...Subject, data: HeardData<Events, N>, ...Rest];
}[HeardName<Events>];

/** Position of an event in its stream: offsets of a partition grow by 1 inside an epoch. */
export interface EventPosition {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: number;
}

/** Last argument of every handler. */
export interface Meta {
  /** The channel the event belongs to. */
  readonly channel: string | undefined;
  /** Id of the signed-in user or presence member behind the socket. */
  readonly userId: string | undefined;
  readonly position: EventPosition;
  /** True when another process, or this one before a crash, may already have seen it. */
  readonly redelivered: boolean;
  /**
   * True when the client made this event from a snapshot, after events were lost or a partition came from another
   * member. `position` is that of the snapshot.
   */
  readonly resync: boolean;
  /** Time at which the gateway accepted it, milliseconds since 1970. */
  readonly time: number;
  /**
   * Number of earlier events that this one took the place of, with a subscription that says `conflate`; else 0.
   */
  readonly conflated: number;
  /** Id of the event: the same however often it is delivered, and no other event has it. */
  readonly id: string;
}

/** Last argument of handlers of `close`. */
export interface CloseMeta extends Meta {
  /** WebSocket close code. */
  readonly code: number | undefined;
  readonly reason: string | undefined;
}

/** A socket whose bytes have not left for a second, or fill half of what may wait for it. */
export interface SlowSocketInfo {
  /** Bytes that wait for it at the gateway. */
  readonly unsentBytes: number;
}

/** Events of `client.sockets`: events without a channel, of any socket. */
export type SocketsEvents<Events extends object> = {
  open: [socketId: string, meta: Meta];
  close: [socketId: string, meta: CloseMeta];
  /**
   * An open socket belongs to another member of the group from now on. No `close` follows here; when it comes back,
   * `open` is told again, with `meta.resync`.
   */
  moved: [socketId: string];
  slow: [socketId: string, info: SlowSocketInfo, meta: Meta];
  drained: [socketId: string, meta: Meta];
  event: [eventName: HeardName<Events>, socketId: string, data: HeardData<Events>, meta: Meta];
} & {
  [N in HeardName<Events> as `event:${N}`]: [
    socketId: string,
    data: HeardData<Events, N>,
    meta: Meta,
  ];
};

/** Events of `client.socket(id)`. */
export type SocketEvents<Events extends object> = {
  close: [meta: CloseMeta];
  /** The socket belongs to another member of the group from now on, and nothing more is heard of it here. */
  moved: [];
  /** The browser does not read what it is sent. Send it less, or it is closed with 4100 when its limit is reached. */
  slow: [info: SlowSocketInfo, meta: Meta];
  /** The socket was slow, and has read everything. */
  drained: [meta: Meta];
  event: [eventName: HeardName<Events>, data: HeardData<Events>, meta: Meta];
} & { [N in HeardName<Events> as `event:${N}`]: [data: HeardData<Events, N>, meta: Meta] };

/** Events of `client.channels`: events of any channel. */
export type ChannelsEvents<Events extends object> = {
  occupied: [channelName: string, meta: Meta];
  vacated: [channelName: string, meta: Meta];
  /**
   * An occupied channel belongs to another member of the group from now on. No `vacated` follows here; when it comes
   * back, `occupied` is told again, with `meta.resync`.
   */
  moved: [channelName: string];
  member_added: [channelName: string, userId: string, meta: Meta];
  member_removed: [channelName: string, userId: string, meta: Meta];
  cache_miss: [channelName: string, meta: Meta];
  event: [
    eventName: HeardName<Events>,
    channelName: string,
    socketId: string,
    data: HeardData<Events>,
    meta: Meta,
  ];
} & {
  [N in HeardName<Events> as `event:${N}`]: [
    channelName: string,
    socketId: string,
    data: HeardData<Events, N>,
    meta: Meta,
  ];
};

/** Events of `client.channel(name)`. */
export type ChannelEvents<Events extends object> = {
  occupied: [meta: Meta];
  vacated: [meta: Meta];
  /** The channel belongs to another member of the group from now on. */
  moved: [];
  member_added: [userId: string, meta: Meta];
  member_removed: [userId: string, meta: Meta];
  cache_miss: [meta: Meta];
  event: [eventName: HeardName<Events>, socketId: string, data: HeardData<Events>, meta: Meta];
} & {
  [N in HeardName<Events> as `event:${N}`]: [
    socketId: string,
    data: HeardData<Events, N>,
    meta: Meta,
  ];
};

/** Events of `client.users`: a user's first connection signed in, the last one is gone. */
export type UsersEvents = {
  online: [userId: string, meta: Meta];
  offline: [userId: string, meta: Meta];
};

/** An event from the async iterators of `client.socket(id)` and `client.channel(name)`. */
export type ReceivedEvent<Events extends object> = {
  [N in HeardName<Events>]: { event: N; socketId: string; data: HeardData<Events, N>; meta: Meta };
}[HeardName<Events>];

/**
 * State of a client. `dialing` and `greeting` are the two halves of connecting; `waiting` is the time until the next
 * attempt; `closing` waits for the other side's close; `failed` is final until `connect()` is called again.
 */
export type PipeState =
  | 'idle'
  | 'dialing'
  | 'greeting'
  | 'open'
  | 'waiting'
  | 'closing'
  | 'closed'
  | 'failed';

/** A connection of the client that was established. */
export interface ConnectedInfo {
  /**
   * `new`: the first connection; `resumed`: nothing was missed; `reset`: events in between are lost.
   */
  readonly session: 'new' | 'resumed' | 'reset';
  /** Name of the gateway process. */
  readonly node: string;
}

/** A connection of the client that has ended. */
export interface DisconnectedInfo {
  /** WebSocket close code; 1006 when the connection was lost without one. */
  readonly code: number;
  readonly reason: string;
  readonly willReconnect: boolean;
  /** Set unless `disconnect()` was called. */
  readonly error: StandpipeError | undefined;
}

/** Events of one partition that could not be kept. */
export interface GapInfo {
  readonly partition: number;
  readonly cause: 'unspecified' | 'overflow' | 'expired' | 'store_lost' | 'node_lost';
  /** Number of lost events; undefined when it is not known. An event counts once, however many it was `conflated` of. */
  readonly count: number | undefined;
}

/** Loss of events or of the session. */
export interface ResetInfo {
  /**
   * `unhandled`: an earlier client without `name` and `group` is gone and left events unhandled. Any other reason is the gateway's:
   * the session was lost with all it held, and commands in flight have an unknown outcome.
   */
  readonly reason: string;
  /** Events that nobody has handled, counted as in `gap`; undefined when nobody knows. */
  readonly count?: number | undefined;
  /** Advice in a plain sentence. */
  readonly message?: string | undefined;
}

/** A handler that runs for long. */
export interface HandlerSlowInfo {
  /** `open`, `close`, `moved`, `occupied`, `vacated`, or `event:NAME`. */
  readonly event: string;
  /** The socket id, or the channel, whose events wait for it. */
  readonly key: string;
  readonly runningMs: number;
}

/** An event of a browser whose data did not fit the schema of its name. No handler of the event is called. */
export interface InvalidInfo {
  /** Code `invalid_data`. Its message has the first issues of the schema, its cause what the schema threw, if it did. */
  readonly error: StandpipeError;
  /** Name of the event. */
  readonly event: string;
  /** Socket that sent it. */
  readonly socketId: string;
  /** The event's position, channel, user and time. */
  readonly meta: Meta;
}

/** Events of the client itself. */
export type ClientEvents = {
  /** A connection is established. Each one is followed by one `disconnected`. */
  connected: [info: ConnectedInfo];
  disconnected: [info: DisconnectedInfo];
  /** A failure without a callback or promise of its own. Without a handler it goes to the log only. */
  error: [error: StandpipeError];
  state: [state: PipeState, previous: PipeState];
  /** There is room in the outbox again, after `trigger` returned false. */
  drain: [];
  /** Events were lost, how many and why. */
  gap: [info: GapInfo];
  /** Events may be missing that nobody can bring back. */
  reset: [info: ResetInfo];
  /** A handler has run for `slowHandlerMs` and still does. Told once; meanwhile the events of its key wait. */
  handler_slow: [info: HandlerSlowInfo];
  /** A browser sent data that its schema (option `schemas`) refuses. Without a handler it goes to the log only. */
  invalid: [info: InvalidInfo];
};

/**
 * Kinds of events. `socket_existence`: open and close. `socket_message`: events that browsers send. `channel_existence`:
 * occupied and vacated. `channel_presence`: members that join and leave presence channels. `channel_cache`: subscribers
 * that found a cache channel empty. `user_existence`: signed-in users that come and go. `socket_backpressure`: sockets
 * that do not read what they are sent.
 */
export type SubscriptionKind =
  | 'socket_existence'
  | 'socket_message'
  | 'channel_existence'
  | 'channel_presence'
  | 'channel_cache'
  | 'user_existence'
  | 'socket_backpressure';

/**
 * Filter of a subscription: names, or prefixes that end in `*`. A field that is left out filters nothing.
 */
export interface SubscriptionFilter {
  /**
   * Channels, for `socket_message` and the `channel_…` kinds. With it, messages without a channel are not told.
   */
  channels?: readonly string[] | undefined;
  /** Event names, for `socket_message`. */
  events?: readonly string[] | undefined;
  /**
   * For `socket_message`: while the backend is behind, only the latest waiting event of each socket, channel and name is
   * kept. It replaces the event before, and `meta.conflated` counts the replaced events; it does not overtake another
   * event of its socket (or channel, with `order: 'channel'`). When another subscription brings an event without
   * `conflate`, all events are delivered. Default false.
   */
  conflate?: boolean | undefined;
}

/** Relation of a command to an event. */
export interface CauseOptions {
  /**
   * The `meta` of the event that this answers. In a group it keeps an answer from being given twice: when the event has
   * gone to another member meanwhile, the gateway refuses the command with status 4216, and the other member answers.
   */
  cause?: Meta | undefined;
}

/** An event of which the newest is enough. Only browsers that are behind with what they are sent miss one. */
export interface DropOptions {
  /**
   * Key of the event on its channel (or for its socket, or user), 1 to 200 characters; true: the event's name. A browser
   * that is behind gets the latest event of the key once it has caught up, in place of the earlier ones, and before all
   * that is newer. Of the events of a key that the gateway gets in one turn all browsers get the last one. An event with
   * `except` takes the place of no other.
   */
  latest?: string | true | undefined;
  /**
   * True: a browser that is behind does not get the event, nor does anybody while this client has no connection. A cache
   * channel does not keep it. Default false.
   */
  volatile?: boolean | undefined;
}

/** Options of `trigger` to channels and users. */
export interface TriggerOptions extends CauseOptions, DropOptions {
  /** Ids of sockets that do not get the event. */
  except?: string | readonly string[] | undefined;
  /**
   * True: a channel without subscribers gets nothing, which is no error. A cache channel then keeps nothing either.
   * Default false.
   */
  ifOccupied?: boolean | undefined;
  /**
   * Key under which the command is applied once, however often it is given within the two minutes for which the gateway
   * keeps keys. For commands that another process, or this one after a restart, sends again; a reconnect needs no key.
   */
  idempotencyKey?: string | undefined;
}

/** Options of `publish` to channels and users. */
export interface PublishOptions extends TriggerOptions {
  /** `accepted` (default): resolves when the gateway has applied it. `delivered`: also tells to how many sockets. */
  ack?: 'accepted' | 'delivered' | undefined;
}

/** Options of `trigger` to a socket. */
export interface SocketTriggerOptions extends CauseOptions, DropOptions {}

/** Options of `publish` to a socket. */
export interface SocketPublishOptions extends SocketTriggerOptions {
  ack?: 'accepted' | 'delivered' | undefined;
}

/** The gateway applied the command, exactly once. */
export type PublishReceipt =
  | { readonly status: 'accepted' }
  | {
      readonly status: 'delivered';
      /** Sockets it was written to. Browsers confirm nothing, so this is not "seen by". */
      readonly sockets: number;
    };

/** Callback of a trigger's outcome, called once: null and the gateway's receipt when it was applied. */
export type TriggerCallback = (error: StandpipeError | null, result?: PublishReceipt) => void;

/** Callback of a subscription, called once: null and the kinds when the gateway has taken it. */
export type SubscribeCallback = (
  error: StandpipeError | null,
  result?: { readonly events: readonly SubscriptionKind[] },
) => void;
