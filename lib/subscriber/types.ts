export type { BackChannel, BackChannelHandler, RequestHandler } from '../back-channel';
export type { AppEvents, BrowserEvents, RequestEvents, ServerEvents } from '../util/app-events';
export type { Logger } from '../util/logger';
export type {
  AuthCallback,
  ChannelAuthorizationCallback,
  ChannelAuthorizationData,
  ChannelAuthorizationHandler,
  UserAuthenticationCallback,
  UserAuthenticationData,
  UserAuthenticationHandler,
} from './auth/handlers';
export type { Channel } from './channels/channel';
export type { EncryptedChannel } from './channels/encrypted-channel';
export type { Member, Members } from './channels/members';
export type { PresenceChannel } from './channels/presence-channel';
export type { PrivateChannel } from './channels/private-channel';
export type { ChannelEvents } from './client';
export type { Connection, ConnectionEvents, ConnectionState } from './connection/connection';
export type { ConnectionError, PusherErrorData, PusherEvent } from './connection/messages';
export type { EventHandler, GlobalHandler, Metadata } from './dispatcher';
export type { AuthErrorData } from './errors';
export type {
  AuthorizerGenerator,
  AuthRequestOptions,
  ChannelAuthorizationOptions,
  Options,
  UserAuthenticationOptions,
} from './options';
export type { TransportName } from './transports/transport';
export type { User, UserData } from './user';
export type { Watchlist, WatchlistEvent } from './watchlist';
