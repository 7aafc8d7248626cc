export { createGateway, Gateway } from './gateway';
export { type EngineOptions, hostEngine } from './host-engine';
export type { Reloaded } from './options/difference';
export { limitsTable } from './options/limits';
export { configSchema } from './options/options';
export type { AppOptions, GatewayOptions, Limits } from './options/options';
export { StandpipeError } from '../errors';
export type {
  PushyChannel,
  PushyChannels,
  PushyCommand,
  PushyCommands,
  PushyConnection,
  PushyServer,
} from './options/pushy';
