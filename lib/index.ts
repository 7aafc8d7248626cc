export { StandpipeError, type ErrorCode } from './errors';
export type { TlsOptions } from './net/socket';
export type {
  AskOptions,
  ChannelEntry,
  ChannelInfo,
  ListChannelsOptions,
  ListOptions,
  MemberInfo,
  SocketEntry,
  SocketInfo,
  Stats,
  UserInfo,
} from './pipe/answers';
export type {
  AuthenticateHandler,
  AuthorizeHandler,
  AuthorizeRequest,
  SignInRequest,
} from './pipe/authority';
export type { ChannelHandle, Channels, SeveralChannels } from './pipe/channels';
export type { Authorization, Identification } from './pipe/decisions';
export type { GroupOptions, PipeOptions } from './pipe/options';
export { createClient, type Pipe } from './pipe/pipe';
export type { SocketHandle, Sockets } from './pipe/sockets';
export type {
  CauseOptions,
  ClientEvents,
  CloseMeta,
  ConnectedInfo,
  DefaultEvents,
  DisconnectedInfo,
  EventPosition,
  GapInfo,
  Meta,
  PipeState,
  PublishOptions,
  PublishReceipt,
  ReceivedEvent,
  SlowInfo,
  SocketPublishOptions,
  SubscriptionFilter,
  SubscriptionKind,
  TriggerCallback,
  TriggerOptions,
} from './pipe/types';
export type { UserHandle } from './pipe/users';
export type { Logger } from './util/log';
