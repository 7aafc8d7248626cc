export type { PushyConfig } from './config';
export { init, reload } from './init';
export type {
  Gateway,
  PushyChannel,
  PushyChannels,
  PushyCommand,
  PushyCommands,
  PushyConnection,
  PushyServer,
  Reloaded,
} from '../gateway';
export { StandpipeError } from '../errors';
