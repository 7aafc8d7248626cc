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
  ReceivedEvent,
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
export type { UserHandle } from './pipe/handles/users';
export type { AppEvents } from './util/app-events';
export type { Logger } from './util/logger';
