export { StandpipeError, type ErrorCode } from './errors';
export type { TlsOptions } from './net/socket';
export type { GroupOptions, PipeOptions } from './pipe/options';
export { createClient, type Pipe } from './pipe/pipe';
export type { ChannelHandle, Channels, SocketHandle, Sockets } from './pipe/scope';
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
export type { Logger } from './util/log';
