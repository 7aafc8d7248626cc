import type { AppEvents as AppEventsOf } from '../util/app-events';
import { Subscriber } from './client';
import type { Options } from './options';
import { nodePlatform } from './platform/node';
import type * as api from './types';

/** The subscriber for Node. */
export class Pusher<E extends AppEventsOf = AppEventsOf> extends Subscriber<E> {
  /** For `import { Pusher }` and `import Pusher` of what `require` gives. */
  static readonly Pusher = Pusher;
  static readonly default = Pusher;

  /** Connects with an app key at once, unless `Pusher.autoConnect` is false. */
  constructor(key: string, options?: Options) {
    super(key, options, nodePlatform);
  }
}

/** The types by their names, for programs whose `require` or `import` gives the class. */
// oxlint-disable-next-line typescript/no-namespace -- `export =` has no other place for types
export declare namespace Pusher {
  export type AppEvents = api.AppEvents;
  export type AuthErrorData = api.AuthErrorData;
  export type BackChannel<E extends api.AppEvents = api.AppEvents> = api.BackChannel<E>;
  export type ChannelAuthorizationCallback = api.ChannelAuthorizationCallback;
  export type ChannelAuthorizationData = api.ChannelAuthorizationData;
  export type ChannelAuthorizationHandler = api.ChannelAuthorizationHandler;
  export type ChannelAuthorizationOptions = api.ChannelAuthorizationOptions;
  export type Connection = api.Connection;
  export type ConnectionError = api.ConnectionError;
  export type ConnectionState = api.ConnectionState;
  export type Member = api.Member;
  export type Members = api.Members;
  export type Metadata = api.Metadata;
  export type Options = api.Options;
  export type PusherEvent = api.PusherEvent;
  export type RequestHandler = api.RequestHandler;
  export type User = api.User;
  export type UserAuthenticationCallback = api.UserAuthenticationCallback;
  export type UserAuthenticationData = api.UserAuthenticationData;
  export type UserAuthenticationHandler = api.UserAuthenticationHandler;
  export type UserAuthenticationOptions = api.UserAuthenticationOptions;
  export type UserData = api.UserData;
  export type Watchlist = api.Watchlist;
  export type WatchlistEvent = api.WatchlistEvent;
  export type Channel<
    H extends object = Record<string, unknown>,
    S extends object = Record<string, unknown>,
  > = api.Channel<H, S>;
  export type PrivateChannel<
    H extends object = Record<string, unknown>,
    S extends object = Record<string, unknown>,
  > = api.PrivateChannel<H, S>;
  export type PresenceChannel<
    H extends object = Record<string, unknown>,
    S extends object = Record<string, unknown>,
  > = api.PresenceChannel<H, S>;
  export type EncryptedChannel<H extends object = Record<string, unknown>> =
    api.EncryptedChannel<H>;
}
