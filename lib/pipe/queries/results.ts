/** How long a question may take. */
export interface QueryOptions {
  /** From the call on, a connection that is still to come included. At most 600 000. Default 5 000. */
  timeoutMs?: number | undefined;
}

export interface ListOptions extends QueryOptions {
  /** How many to tell at most. Default: all. */
  limit?: number | undefined;
}

export interface ListChannelsOptions extends ListOptions {
  /** What the names begin with. Default: all. */
  prefix?: string | undefined;
  /** What to tell beside the name. Default: nothing. */
  info?: ReadonlyArray<'subscriptionCount' | 'userCount'> | undefined;
}

/** An occupied channel in a list. */
export interface ChannelEntry {
  readonly name: string;
  /** When asked for. */
  readonly subscriptionCount?: number;
  /** When asked for, of presence channels. */
  readonly userCount?: number;
}

export interface ChannelInfo {
  readonly name: string;
  readonly occupied: boolean;
  readonly subscriptionCount: number;
  /** Of presence channels. */
  readonly userCount?: number;
  /** Of cache channels: the last event, with how long it will be kept, or null. `data` is as browsers get it. */
  readonly cached?: {
    readonly event: string;
    readonly data: string;
    readonly ttlMs: number;
  } | null;
}

/** Who is on a presence channel, or signed in. `userInfo` is what the app has signed. */
export interface MemberInfo {
  readonly userId: string;
  readonly userInfo?: object;
}

export interface SocketEntry {
  readonly id: string;
  /** When it is signed in. */
  readonly userId?: string;
}

export interface SocketInfo extends SocketEntry {
  readonly userInfo?: object;
  readonly channels: readonly string[];
}

export interface UserInfo {
  readonly id: string;
  readonly userInfo?: object;
  /** 0 when nobody is signed in as this user. */
  readonly socketCount: number;
  /** Ids of the first 1 000. */
  readonly sockets: readonly string[];
}

/** What is live in the app, on the gateway process at the other end. */
export interface Stats {
  readonly node: string;
  readonly sockets: number;
  readonly channels: number;
  readonly users: number;
  readonly pipes: number;
}
