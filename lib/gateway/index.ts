/**
 * A gateway in a program of your own, as `standpipe serve` runs one. Begin with `createGateway`. More: lib/SERVER.md.
 * @example
 * ```ts
 * import { createGateway } from 'standpipe/gateway';
 *
 * async function run(): Promise<void> {
 *   const gateway = createGateway({
 *     port: 6001,
 *     apps: [{ id: '1', key: 'key', secret: 'secret', clientEvents: true }],
 *   });
 *   await gateway.start();
 *   console.log(gateway.url);
 *   process.once('SIGTERM', () => void gateway.drain());
 * }
 * ```
 * @module standpipe/gateway
 */
export { type Following, type FollowSettings, followOptions } from './follow-options';
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
