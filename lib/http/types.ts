import type { ApiResponse } from './response';
import type { ApiRequest, Fetch } from './transports/transport';

/**
 * Names of events with the type of their data. A claim, not a check. The declaration is the one that `createClient` of
 * the Pipe takes.
 */
export type DefaultEvents = Record<string, unknown>;

/** Names of the events of a declaration. */
export type EventName<Events> = keyof Events & string;

/** Options of every way to make a client; each may be left out where it has a default. */
export interface BaseOptions {
  appId?: string | number;
  key?: string;
  secret?: string;
  /** Default false. */
  useTLS?: boolean;
  /** @deprecated Use `useTLS`. */
  encrypted?: boolean;
  /** `http` or `https`; wins over `useTLS`. */
  scheme?: string;
  /** Default: that of the scheme. */
  port?: number | string;
  /** A prefix of every path, such as `/realtime`, under which the server offers the API. It is signed. */
  path?: string;
  /** 32 bytes in base64, from which the keys of `private-encrypted-` channels are derived. */
  encryptionMasterKeyBase64?: string;
  /** @deprecated Use `encryptionMasterKeyBase64`. 32 characters. */
  encryptionMasterKey?: string;
  /** Milliseconds for one attempt, from the start to the whole answer. Default 30,000; 0 waits for ever. */
  timeout?: number;
  /** Reuse of connections. Default true. Only in Node; elsewhere the platform decides. */
  keepAlive?: boolean;
  /** URL of an HTTP proxy. Only in Node. */
  proxy?: string;
  /** An agent of `node:http` or `node:https` to use in place of the built-in pool. Only in Node. */
  agent?: object;
  /** Connections at a time. Default 64. Only in Node; an `agent` brings its own limit. */
  maxConnections?: number;
  /**
   * Joining of events that are triggered in the same turn of the event loop for one channel each: up to 10 share a
   * request. Each trigger has its own answer either way. Default true.
   */
  coalesce?: boolean;
  /** Requests, and triggered events, that may be under way or wait; the next one is refused. Default 10,000. */
  maxInFlight?: number;
  /**
   * Number of repetitions of a request that failed on its way, timed out, or was answered with 429 or 5xx. Each
   * publish has one Idempotency-Key, so that a Standpipe gateway publishes it once. Default 0.
   */
  retries?: number;
  /** Used in place of the platform's own way to send requests. */
  fetch?: Fetch;
}

/** Options with a cluster of the hosted service. */
export interface ClusterOptions extends BaseOptions {
  /** The host is `api-<cluster>.pusher.com`. */
  cluster: string;
}

/** Options with the host of a server. */
export interface HostOptions extends BaseOptions {
  /** Host name of the server. Wins over `cluster`. */
  host: string;
}

/** Options of a client: of a cluster, of a host, or of the host by default. */
export type Options = BaseOptions & { cluster?: string; host?: string };

/** Options of a trigger. */
export interface TriggerParams {
  /** The socket that shall not receive the event. */
  socket_id?: string;
  /** Attributes of the channels to answer with: `user_count`, `subscription_count`, separated by commas. */
  info?: string;
  /**
   * Sockets that shall not receive the event, at most 1,000. A Standpipe gateway knows this; others refuse or ignore
   * it.
   */
  except?: readonly string[];
  /**
   * Key of the event on its channel, 1 to 200 characters; true: the event's name. A browser that is behind with what it is
   * sent gets the latest event of the key in place of the earlier ones. Known to a Standpipe gateway, like `except`.
   */
  latest?: string | true;
  /** A browser that is behind does not get the event, and a cache channel does not keep it. Known to a Standpipe gateway. */
  volatile?: boolean;
}

/** An event of a batch, for one channel. */
export type BatchEvent<Events = DefaultEvents> = {
  [Name in EventName<Events>]: TriggerParams & {
    channel: string;
    name: Name;
    data: Events[Name];
  };
}[EventName<Events>];

type ReservedParam = 'auth_key' | 'auth_timestamp' | 'auth_version' | 'auth_signature' | 'body_md5';

/** Query parameters; the parameters of the signature are not for callers. */
export type Params = Record<string, unknown> & { [Name in ReservedParam]?: never };

/** A request to the API. */
export interface RequestOptions<Path extends string = string> {
  /** Below `/apps/<id>`, such as `/channels`. */
  path: Path;
  params?: Params;
}

/** A GET request to the API. */
export type GetOptions<Path extends string = string> = RequestOptions<Path>;

/** A POST request to the API. */
export interface PostOptions extends RequestOptions {
  /** Sent as JSON. */
  body?: unknown;
}

/** A request to sign. */
export interface SignedQueryStringOptions {
  method: string;
  /** The whole path, such as `/apps/3/events`. */
  path: string;
  body?: string;
  params?: Params;
}

/** Answer of an authorization endpoint to pusher-js, as JSON: the signature of a channel. */
export interface ChannelAuthResponse {
  auth: string;
  channel_data?: string;
  shared_secret?: string;
}

/** @deprecated Use `ChannelAuthResponse`. */
export type AuthResponse = ChannelAuthResponse;

/** Answer of an authentication endpoint to pusher-js, as JSON: the signature of a user. */
export interface UserAuthResponse {
  auth: string;
  user_data: string;
}

/** Member of a presence channel, as it is signed. */
export interface PresenceChannelData {
  user_id: string | number;
  user_info?: object;
}

/** User to sign in: an id, at least, and what else browsers may know of the user. */
export interface UserChannelData {
  id: string;
  [key: string]: unknown;
}

/** Counts of a channel, as far as they were asked for and there are any. */
export interface ChannelAttributes {
  user_count?: number;
  subscription_count?: number;
}

/** Answer to a trigger: empty, unless `info` asked for something. */
export interface TriggerAnswer {
  channels?: Record<string, ChannelAttributes>;
}

/** Answer to a batch: empty, unless some event has `info`; then attributes by the place of the event. */
export interface BatchAnswer {
  batch?: ChannelAttributes[];
}

/** Answer to `GET /channels`. */
export interface ChannelsAnswer {
  channels: Record<string, ChannelAttributes>;
}

/** Answer to `GET /channels/<name>`. */
export interface ChannelAnswer extends ChannelAttributes {
  occupied: boolean;
  cache?: { data: string; ttl: number } | null;
}

/** Answer to `GET /channels/<name>/users`. */
export interface UsersAnswer {
  users: Array<{ id: string }>;
}

/** Answers of paths without a type of their own, as with upstream. */
export type Any = ReturnType<typeof JSON.parse>;

/** Answer to a GET, by its path where that is written out. */
export type AnswerOf<Path extends string> = Path extends '/channels'
  ? ChannelsAnswer
  : Path extends `/channels/${string}/users`
    ? UsersAnswer
    : Path extends `/channels/${string}`
      ? ChannelAnswer
      : Any;

/**
 * The last argument of `trigger`, `get` and `post`, for those who take no promise. `error` is null when all went well,
 * `response` undefined when none came.
 */
export type Callback<Answer = Any> = (
  error: Error | null,
  request: ApiRequest | undefined,
  response: ApiResponse<Answer> | undefined,
) => void;
