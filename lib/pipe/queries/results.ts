/** Options of a query. */
export interface QueryOptions {
  /**
   * Time until the result, from the call on, a connection that is still to come included. At most 600 000. Default 5
   * 000.
   */
  timeoutMs?: number | undefined;
}

/** Options of a query for a list. */
export interface ListOptions extends QueryOptions {
  /** Most entries. Default: all. */
  limit?: number | undefined;
}

/** Options of `client.channels.list()`. */
export interface ListChannelsOptions extends ListOptions {
  /** Prefix of the names. Default: all. */
  prefix?: string | undefined;
  /** Counts to tell beside the name. Default: none. */
  info?: ReadonlyArray<'subscriptionCount' | 'userCount'> | undefined;
}

/** An occupied channel in a list. */
export interface ChannelEntry {
  readonly name: string;
  /** Told when it is in `info`. */
  readonly subscriptionCount?: number;
  /** Told of presence channels when it is in `info`. */
  readonly userCount?: number;
}

/** A channel, occupied or not. */
export interface ChannelInfo {
  readonly name: string;
  readonly occupied: boolean;
  readonly subscriptionCount: number;
  /** Told of presence channels. */
  readonly userCount?: number;
  /**
   * The last event of a cache channel, with the time that it will be kept, or null. `data` is as browsers get it.
   */
  readonly cached?: {
    readonly event: string;
    readonly data: string;
    readonly ttlMs: number;
  } | null;
}

/** Member of a presence channel, or signed-in user. `userInfo` is as the app signed it. */
export interface MemberInfo {
  readonly userId: string;
  readonly userInfo?: object;
}

/** A connected socket in a list. */
export interface SocketEntry {
  readonly id: string;
  /** Told when the socket is signed in. */
  readonly userId?: string;
}

/** A connected socket with its user and channels. */
export interface SocketInfo extends SocketEntry {
  readonly userInfo?: object;
  readonly channels: readonly string[];
}

/** A user with the connected sockets; without any, `socketCount` is 0. */
export interface UserInfo {
  readonly id: string;
  readonly userInfo?: object;
  /** Sockets signed in as this user. */
  readonly socketCount: number;
  /** Ids of the first 1 000. */
  readonly sockets: readonly string[];
}

/** Counts of the app, over all gateways that work as one. `node` is the process at the other end. */
export interface Stats {
  readonly node: string;
  readonly sockets: number;
  readonly channels: number;
  readonly users: number;
  readonly pipes: number;
}
