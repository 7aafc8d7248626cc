/**
 * A gateway with the API of pushy, for programs that were written for it. Begin with `init`.
 * @example
 * ```ts
 * import { init } from 'standpipe/pushy';
 *
 * init({ secretKey: 'a secret of 20 characters or more', port: 8123, host: '127.0.0.1' }, {});
 * ```
 * @module standpipe/pushy
 */
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
