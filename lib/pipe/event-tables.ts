import type { NameIn, Upward } from '../util/app-events';
import type { CloseMeta, Meta, SlowSocketInfo } from './types';

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

/** Events by their names: `Before`, then data and meta. */
type ByName<Events extends object, Before extends unknown[]> = {
  /** An event of one name. */
  [N in HeardName<Events> as `event:${N}`]: [...Before, data: HeardData<Events, N>, meta: Meta];
};

/** Events of `client.sockets`: events without a channel, of any socket. */
export type SocketsEvents<Events extends object> = {
  /** A socket was opened. */
  open: [socketId: string, meta: Meta];
  /** A socket was closed. */
  close: [socketId: string, meta: CloseMeta];
  /**
   * An open socket belongs to another member of the group from now on. No `close` follows here; when it comes back,
   * `open` is told again, with `meta.resync`.
   */
  moved: [socketId: string];
  /** A browser does not read what it is sent. */
  slow: [socketId: string, info: SlowSocketInfo, meta: Meta];
  /** A slow socket has read everything. */
  drained: [socketId: string, meta: Meta];
  /** An event of any name. */
  event: [eventName: HeardName<Events>, socketId: string, data: HeardData<Events>, meta: Meta];
} & ByName<Events, [socketId: string]>;

/** Events of `client.socket(id)`. */
export type SocketEvents<Events extends object> = {
  /** The socket was closed. Its handlers are removed. */
  close: [meta: CloseMeta];
  /** The socket belongs to another member of the group from now on, and nothing more is heard of it here. */
  moved: [];
  /** The browser does not read what it is sent. Send it less, or it is closed with 4100 when its limit is reached. */
  slow: [info: SlowSocketInfo, meta: Meta];
  /** The socket was slow, and has read everything. */
  drained: [meta: Meta];
  /** An event of any name. */
  event: [eventName: HeardName<Events>, data: HeardData<Events>, meta: Meta];
} & ByName<Events, []>;

/** Events of `client.channels`: events of any channel. */
export type ChannelsEvents<Events extends object> = {
  /** A channel has its first subscriber. */
  occupied: [channelName: string, meta: Meta];
  /** The last subscriber of a channel has gone. */
  vacated: [channelName: string, meta: Meta];
  /**
   * An occupied channel belongs to another member of the group from now on. No `vacated` follows here; when it comes
   * back, `occupied` is told again, with `meta.resync`.
   */
  moved: [channelName: string];
  /** A user joined the presence channel. */
  member_added: [channelName: string, userId: string, meta: Meta];
  /** A user left the presence channel. */
  member_removed: [channelName: string, userId: string, meta: Meta];
  /** A subscriber found no event in the cache channel. */
  cache_miss: [channelName: string, meta: Meta];
  /** An event of any name. */
  event: [
    eventName: HeardName<Events>,
    channelName: string,
    socketId: string,
    data: HeardData<Events>,
    meta: Meta,
  ];
} & ByName<Events, [channelName: string, socketId: string]>;

/** Events of `client.channel(name)`. */
export type ChannelEvents<Events extends object> = {
  /** The channel has its first subscriber. */
  occupied: [meta: Meta];
  /** The last subscriber of the channel has gone. */
  vacated: [meta: Meta];
  /** The channel belongs to another member of the group from now on. */
  moved: [];
  /** A user joined the presence channel. */
  member_added: [userId: string, meta: Meta];
  /** A user left the presence channel. */
  member_removed: [userId: string, meta: Meta];
  /** A subscriber found no event in the cache channel. */
  cache_miss: [meta: Meta];
  /** An event of any name. */
  event: [eventName: HeardName<Events>, socketId: string, data: HeardData<Events>, meta: Meta];
} & ByName<Events, [socketId: string]>;

/** Events of `client.users`: a user's first connection signed in, the last one is gone. */
export type UsersEvents = {
  /** A user's first connection signed in. */
  online: [userId: string, meta: Meta];
  /** A user's last connection has gone. */
  offline: [userId: string, meta: Meta];
};

/** An event from the async iterators of `client.socket(id)` and `client.channel(name)`. */
export type ReceivedEvent<Events extends object> = {
  [N in HeardName<Events>]: {
    /** Name of the event. */
    event: N;
    /** Socket that sent it. */
    socketId: string;
    /** Data of the event. */
    data: HeardData<Events, N>;
    /** Position, channel, user and time of the event. */
    meta: Meta;
  };
}[HeardName<Events>];
