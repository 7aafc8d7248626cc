import type { Logger } from '../util/logger';
import type { ChannelAuthorizationHandler, UserAuthenticationHandler } from './auth/handlers';
import type { Channel } from './channels/channel';
import type { TransportName } from './transports/transport';

/** Options of requests to an auth endpoint. */
export interface AuthRequestOptions {
  /** URL; in browsers also a path. Default `/pusher/auth`, for users `/pusher/user-auth`. */
  endpoint?: string;
  /** Default 'ajax'. 'jsonp' loads a script, in pages only. */
  transport?: 'ajax' | 'jsonp';
  /** Sent along with every request. */
  params?: object;
  headers?: object;
  /** Asked at every request; its entries are added. */
  paramsProvider?: () => object;
  headersProvider?: () => object;
}

/** Authorization of private and presence channels: an endpoint, or a function in its place. */
export interface ChannelAuthorizationOptions extends AuthRequestOptions {
  /** Decides in place of an endpoint. */
  customHandler?: ChannelAuthorizationHandler | null;
  /**
   * Asks for the channels that are subscribed together in one request, as `channel_name[0]`, `channel_name[1]` and so
   * on. The answer is an object by channel name of `{ status, data }`, `data` being what one channel's answer would
   * be. Default false. A gateway's own `/pusher/auth` understands it, and so do endpoints made for the plugin
   * pusher-js-auth.
   */
  batch?: boolean;
}

/** Authentication of users: an endpoint, or a function in its place. */
export interface UserAuthenticationOptions extends AuthRequestOptions {
  /** Decides in place of an endpoint. */
  customHandler?: UserAuthenticationHandler | null;
}

/** Second argument of `authorizer`, the predecessor of `channelAuthorization` in pusher-js. */
export interface AuthorizerOptions {
  authTransport: 'ajax' | 'jsonp';
  authEndpoint: string;
  auth: { params: unknown; headers: unknown };
}

/** The option `authorizer` of older pusher-js. */
export type AuthorizerGenerator = (channel: Channel, options: AuthorizerOptions) => Authorizer;

/** Authorizer of one channel, as older pusher-js makes them. */
export interface Authorizer {
  authorize(socketId: string, callback: Parameters<ChannelAuthorizationHandler>[1]): void;
}

/** Options of pusher-js 8 and of pusher-client; times are in milliseconds. */
export interface Options {
  /** A cluster of the hosted service: `ws-<cluster>.pusher.com`. */
  cluster?: string;
  /** Host of the gateway. */
  wsHost?: string;
  /** `wsHost` under the name of pusher-client; connects without TLS unless `encrypted` or `forceTLS` is set. */
  host?: string;
  /** Default 80. */
  wsPort?: number;
  /** Port for TLS. Default 443. */
  wssPort?: number;
  /** A path before `/app/`. Default none. */
  wsPath?: string;
  /** Host for HTTP. Default that of the gateway, and of a cluster `sockjs-<cluster>.pusher.com`. */
  httpHost?: string;
  /** Default `wsPort`. */
  httpPort?: number;
  /** Default `wssPort`. */
  httpsPort?: number;
  /** Default `/pusher`. */
  httpPath?: string;
  /** Default true; in a page that came over TLS always. */
  forceTLS?: boolean;
  /** `forceTLS` under its older name. */
  encrypted?: boolean;
  /** Ways to connect: 'ws', 'wss', 'xhr_streaming', 'xhr_polling'. Default all. */
  enabledTransports?: ReadonlyArray<TransportName | 'sockjs'>;
  disabledTransports?: ReadonlyArray<TransportName | 'sockjs'>;
  /** Silence after which the gateway is asked for a sign of life; it may ask for less. Default 120 000. */
  activityTimeout?: number;
  /** Time that the gateway has for it. Default 30 000. */
  pongTimeout?: number;
  /** Time without a connection after which the state is 'unavailable'. Default 10 000. */
  unavailableTimeout?: number;

  channelAuthorization?: ChannelAuthorizationOptions;
  userAuthentication?: UserAuthenticationOptions;
  /** `channelAuthorization.endpoint` under its older name. */
  authEndpoint?: string;
  /** `channelAuthorization.transport` under its older name. */
  authTransport?: 'ajax' | 'jsonp';
  /** Params and headers under their older names; username and password become HTTP Basic authentication. */
  auth?: {
    params?: object;
    headers?: object;
    username?: string;
    password?: string;
  };
  authorizer?: AuthorizerGenerator;

  /**
   * Secret of the app: subscriptions and sign-ins are signed here. For servers only: every reader of a page would have
   * it.
   */
  secret?: string;
  /** User of presence channels and of sign-ins, for clients with a `secret`. */
  channel_data?: { user_id: string | number; user_info?: object };
  /** Makes the keys of encrypted channels, where `secret` is given: 32 bytes in base64. */
  encryptionMasterKeyBase64?: string;

  /** Is told what happens. */
  logger?: Logger;

  /** Accepted and without effect: encryption needs no library of the app's. */
  nacl?: unknown;
  /** Accepted and without effect: no statistics are sent. */
  enableStats?: boolean;
  disableStats?: boolean;
  statsHost?: string;
  timelineParams?: unknown;
  /** Accepted and without effect: there is no SockJS library. */
  ignoreNullOrigin?: boolean;
}

/** The options with their defaults, as `pusher.config`. */
export interface Settings {
  useTLS: boolean;
  cluster: string | undefined;
  wsHost: string;
  wsPort: number;
  wssPort: number;
  wsPath: string;
  httpHost: string;
  httpPort: number;
  httpsPort: number;
  httpPath: string;
  enabledTransports: readonly string[] | undefined;
  disabledTransports: readonly string[] | undefined;
  activityTimeout: number;
  pongTimeout: number;
  unavailableTimeout: number;
}

/** Host of the hosted service for apps without a cluster. */
const DEFAULT_HOST = 'ws.pusherapp.com';
const DEFAULT_HTTP_HOST = 'sockjs.pusher.com';

/** Gives every option its default. `onTlsPage` is true where the platform forbids connections without TLS. */
export function settingsOf(options: Options, onTlsPage: boolean): Settings {
  const { cluster } = options;
  const ownHost = options.wsHost ?? options.host;
  const wsPort = options.wsPort ?? 80;
  const wssPort = options.wssPort ?? 443;
  // HTTP goes where the WebSocket goes, so that no key leaves for a service that the app does not use.
  const httpHost = ownHost ?? (cluster ? `sockjs-${cluster}.pusher.com` : DEFAULT_HTTP_HOST);
  const asked = options.forceTLS ?? options.encrypted ?? !(options.host && !options.wsHost);
  return {
    useTLS: onTlsPage || asked,
    cluster,
    wsHost: ownHost ?? (cluster ? `ws-${cluster}.pusher.com` : DEFAULT_HOST),
    wsPort,
    wssPort,
    wsPath: options.wsPath ?? '',
    httpHost: options.httpHost ?? httpHost,
    httpPort: options.httpPort ?? (options.httpHost ? 80 : wsPort),
    httpsPort: options.httpsPort ?? (options.httpHost ? 443 : wssPort),
    httpPath: options.httpPath || '/pusher',
    enabledTransports: options.enabledTransports,
    disabledTransports: options.disabledTransports,
    activityTimeout: options.activityTimeout || 120_000,
    pongTimeout: options.pongTimeout || 30_000,
    unavailableTimeout: options.unavailableTimeout || 10_000,
  };
}
