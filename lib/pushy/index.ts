export type { PushyConfig } from './config';
export { init } from './init';
export type {
  Gateway,
  PushyChannel,
  PushyChannels,
  PushyCommand,
  PushyCommands,
  PushyConnection,
  PushyServer,
} from '../gateway';
export { StandpipeError } from '../errors';
