/**
 * The backend's end of the Pipe: hears every browser and answers each one over a single connection to a gateway. Begin with
 * `createClient`. All calls: lib/CLIENT.md; options: lib/OPTIONS.md.
 * @example
 * ```ts
 * import { createClient } from 'standpipe';
 *
 * interface Chat {
 *   browser: { greet: { name: string } };
 *   server: { greeting: string };
 * }
 * const client = createClient<Chat>({ appId: '1', key: 'key', secret: 'secret', name: 'chat' });
 * client.subscribe(['socket_message']);
 * client.sockets.on('event:greet', (id, { name }) => client.socket(id).trigger('greeting', `Hi ${name}`));
 * client.on('error', (error) => console.error(error.code, error.message));
 * void client.connect();
 * ```
 * @module standpipe
 */
export { StandpipeError, type ErrorCode } from './errors';
export type { TlsOptions } from './net/dial';
export type {
  QueryOptions,
  ChannelEntry,
  ChannelInfo,
  ListChannelsOptions,
  ListOptions,
  MemberInfo,
  SocketEntry,
  SocketInfo,
  Stats,
  UserInfo,
} from './pipe/queries/results';
export type {
  AuthenticateHandler,
  AuthorizeHandler,
  AuthorizeRequest,
  SignInRequest,
} from './pipe/decisions/decider';
export type { ChannelHandle, Channels, SeveralChannels } from './pipe/handles/channels';
export type { Authorization, Identification } from './pipe/decisions/decisions';
export type { GroupOptions, OptionsOf, PipeOptions } from './pipe/options';
export { createClient, type PipeClient } from './pipe/client';
export type {
  SchemaData,
  SchemaIssue,
  SchemaResult,
  Schemas,
  StandardSchema,
} from './pipe/handlers/schemas';
export type { Tick, Ticker } from './pipe/tick';
export { Client } from './pipe/client-2011';
export type { SocketHandle, Sockets } from './pipe/handles/sockets';
export type {
  ChannelEvents,
  ChannelsEvents,
  ReceivedEvent,
  SocketEvents,
  SocketsEvents,
  UsersEvents,
} from './pipe/event-tables';
export type {
  CauseOptions,
  ClientEvents,
  CloseMeta,
  ConnectedInfo,
  DefaultEvents,
  DisconnectedInfo,
  DropOptions,
  EventPosition,
  GapInfo,
  Meta,
  PipeState,
  PublishOptions,
  PublishReceipt,
  ResetInfo,
  HandlerSlowInfo,
  InvalidInfo,
  SlowSocketInfo,
  SocketPublishOptions,
  SocketTriggerOptions,
  SubscribeCallback,
  SubscriptionFilter,
  SubscriptionKind,
  TriggerCallback,
  TriggerOptions,
} from './pipe/types';
export type { UserHandle, Users } from './pipe/handles/users';
export type { AppEvents } from './util/app-events';
export type { Logger } from './util/logger';
