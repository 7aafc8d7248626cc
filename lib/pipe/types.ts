import type { StandpipeError } from '../errors';

/**
 * Names of events with the type of their data. A claim, not a check: what browsers send is their own business, so look
 * at data before you trust it.
 */
export type DefaultEvents = Record<string, unknown>;

export type EventName<Events> = keyof Events & string;
export type AnyData<Events> = Events[EventName<Events>];

/** Where an event stands in the stream: offsets of a partition grow by 1 inside an epoch. */
export interface EventPosition {
  readonly partition: number;
  readonly epoch: number;
  readonly offset: number;
}

/** What every handler gets as its last argument. */
export interface Meta {
  /** The channel the event belongs to. */
  readonly channel: string | undefined;
  /** Id of the signed-in user or presence member behind the socket. */
  readonly userId: string | undefined;
  readonly position: EventPosition;
  /** True when another process, or this one before a crash, may already have seen it. */
  readonly redelivered: boolean;
  /**
   * True when no event of the gateway says so: the client made it from what is true, after events were lost or a partition
   * came from another member. `position` is where that was seen.
   */
  readonly resync: boolean;
  /** When the gateway accepted it, milliseconds since 1970. */
  readonly time: number;
  /** Earlier events that this one took the place of, with a subscription that says `conflate`; else 0. */
  readonly conflated: number;
  /** The same for the same event however often it is delivered, and for no other event. */
  readonly id: string;
}

export interface CloseMeta extends Meta {
  /** WebSocket close code. */
  readonly code: number | undefined;
  readonly reason: string | undefined;
}

/** A socket whose bytes have not left for a second, or fill half of what may wait for it. */
export interface SlowSocketInfo {
  /** What waits for it at the gateway. */
  readonly unsentBytes: number;
}

/** Events of `client.sockets`: what happens without a channel, on any socket. */
export type SocketsEvents<Events> = {
  open: [socketId: string, meta: Meta];
  close: [socketId: string, meta: CloseMeta];
  slow: [socketId: string, info: SlowSocketInfo, meta: Meta];
  drained: [socketId: string, meta: Meta];
  event: [eventName: EventName<Events>, socketId: string, data: AnyData<Events>, meta: Meta];
} & { [N in EventName<Events> as `event:${N}`]: [socketId: string, data: Events[N], meta: Meta] };

/** Events of `client.socket(id)`. */
export type SocketEvents<Events> = {
  close: [meta: CloseMeta];
  /** It does not read what it is sent. Send it less, or it is closed with 4100 when its limit is reached. */
  slow: [info: SlowSocketInfo, meta: Meta];
  /** It was slow, and has read everything. */
  drained: [meta: Meta];
  event: [eventName: EventName<Events>, data: AnyData<Events>, meta: Meta];
} & { [N in EventName<Events> as `event:${N}`]: [data: Events[N], meta: Meta] };

/** Events of `client.channels`: what happens on any channel. */
export type ChannelsEvents<Events> = {
  occupied: [channelName: string, meta: Meta];
  vacated: [channelName: string, meta: Meta];
  member_added: [channelName: string, userId: string, meta: Meta];
  member_removed: [channelName: string, userId: string, meta: Meta];
  cache_miss: [channelName: string, meta: Meta];
  event: [
    eventName: EventName<Events>,
    channelName: string,
    socketId: string,
    data: AnyData<Events>,
    meta: Meta,
  ];
} & {
  [N in EventName<Events> as `event:${N}`]: [
    channelName: string,
    socketId: string,
    data: Events[N],
    meta: Meta,
  ];
};

/** Events of `client.channel(name)`. */
export type ChannelEvents<Events> = {
  occupied: [meta: Meta];
  vacated: [meta: Meta];
  member_added: [userId: string, meta: Meta];
  member_removed: [userId: string, meta: Meta];
  cache_miss: [meta: Meta];
  event: [eventName: EventName<Events>, socketId: string, data: AnyData<Events>, meta: Meta];
} & { [N in EventName<Events> as `event:${N}`]: [socketId: string, data: Events[N], meta: Meta] };

/** Events of `client.users`: a user's first connection signed in, the last one is gone. */
export type UsersEvents = {
  online: [userId: string, meta: Meta];
  offline: [userId: string, meta: Meta];
};

/** One event as the async iterators of `client.socket(id)` and `client.channel(name)` give it. */
export type ReceivedEvent<Events> = {
  [N in EventName<Events>]: { event: N; socketId: string; data: Events[N]; meta: Meta };
}[EventName<Events>];

/**
 * Where a client stands. `dialing` and `greeting` are the two halves of connecting; `waiting` is the time until the next
 * attempt; `closing` waits for the other side's close; `failed` is final until `connect()` is called again.
 */
export type PipeState =
  'idle' | 'dialing' | 'greeting' | 'open' | 'waiting' | 'closing' | 'closed' | 'failed';

export interface ConnectedInfo {
  /** `new`: the first connection; `resumed`: nothing was missed; `reset`: what happened meanwhile is lost. */
  readonly session: 'new' | 'resumed' | 'reset';
  /** Name of the gateway process. */
  readonly node: string;
}

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
  /** How many were lost; undefined when nobody knows. */
  readonly count: number | undefined;
}

/** A handler that runs for long. */
export interface HandlerSlowInfo {
  /** `open`, `close`, `occupied`, `vacated`, or `event:NAME`. */
  readonly event: string;
  /** The socket id, or the channel, whose events wait for it. */
  readonly key: string;
  readonly runningMs: number;
}

/** Events of the client itself. */
export type ClientEvents = {
  /** A connection is established. Each one is followed by one `disconnected`. */
  connected: [info: ConnectedInfo];
  disconnected: [info: DisconnectedInfo];
  /** Something failed that nobody else was told of. Without a handler it goes to the log, and nothing else happens. */
  error: [error: StandpipeError];
  state: [state: PipeState, previous: PipeState];
  /** After `trigger` returned false: there is room again. */
  drain: [];
  /** Events were lost, how many and why. */
  gap: [info: GapInfo];
  /** The session was lost with all it held: events may be missing, commands in flight have an unknown outcome. */
  reset: [info: { readonly reason: string }];
  /** A handler has run for `slowHandlerMs` and still does. Told once; meanwhile the events of its key wait. */
  handler_slow: [info: HandlerSlowInfo];
};

/**
 * What to hear of. `socket_existence`: open and close. `channel_existence`: occupied and vacated. `channel_presence`:
 * members that join and leave presence channels. `channel_cache`: subscribers who found a cache channel empty.
 * `user_existence`: signed-in users that come and go. `socket_backpressure`: sockets that do not read what they are sent.
 */
export type SubscriptionKind =
  | 'socket_existence'
  | 'socket_message'
  | 'channel_existence'
  | 'channel_presence'
  | 'channel_cache'
  | 'user_existence'
  | 'socket_backpressure';

/** Names, or prefixes that end in `*`. Whatever is left out is not filtered. */
export interface SubscriptionFilter {
  /** For `socket_message` and the `channel_…` kinds. With it, messages without a channel are not told. */
  channels?: readonly string[] | undefined;
  /** For `socket_message`. */
  events?: readonly string[] | undefined;
  /**
   * For `socket_message`: of the events that wait because the backend is behind, the latest of each socket, channel and
   * name is enough. It takes the place of the one before, and `meta.conflated` counts what it replaced; it does not
   * overtake another event of its socket (or channel, with `order: 'channel'`). Where another subscription brings an event
   * without `conflate`, all of them are told. Default false.
   */
  conflate?: boolean | undefined;
}

/** What a command has to do with an event. */
export interface CauseOptions {
  /**
   * The `meta` of the event that this answers. In a group it keeps an answer from being given twice: when the event has
   * gone to another member meanwhile, the gateway refuses the command with status 4216, and the other member answers.
   */
  cause?: Meta | undefined;
}

export interface TriggerOptions extends CauseOptions {
  /** Sockets that must not get it. */
  except?: string | readonly string[] | undefined;
  /** Does nothing, and is no error, where nobody is subscribed. A cache channel then keeps nothing either. */
  ifOccupied?: boolean | undefined;
  /**
   * Applies the command once, however often it is given under this key, within the two minutes for which the gateway
   * keeps keys. For what is sent again by another process or after a restart; a reconnect needs no key.
   */
  idempotencyKey?: string | undefined;
}

export interface PublishOptions extends TriggerOptions {
  /** `accepted` (default): resolves when the gateway has applied it. `delivered`: also tells to how many sockets. */
  ack?: 'accepted' | 'delivered' | undefined;
}

export interface SocketPublishOptions extends CauseOptions {
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

/** Told once what became of a trigger: null when the gateway applied it. */
export type TriggerCallback = (error: StandpipeError | null) => void;
