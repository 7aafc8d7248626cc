import { randomBytes } from 'node:crypto';
import { StandpipeError } from '../errors';
import {
  createGateway,
  type Gateway,
  type GatewayOptions,
  type PushyCommands,
  type Reloaded,
} from '../gateway';
import { type CheckedPushyConfig, pushyConfig, type PushyConfig } from './config';

type Credentials = Pick<GatewayOptions['apps'][number], 'id' | 'key' | 'secret'>;

/** The one app of each server. Nobody knows key and secret: the other protocols stay closed. */
const credentialsOf = new WeakMap<Gateway, Credentials>();

/**
 * Runs a pushy server: the drop-in for `pushy.init(config, commands)`. Resolves when it listens. The gateway that it
 * resolves with is stopped by `drain()` or `stop()`.
 * @throws StandpipeError `bad_option`, `listen_failed`
 */
export async function init(config: PushyConfig, commands: PushyCommands = {}): Promise<Gateway> {
  const checked = pushyConfig(config);
  const random = (bytes: number): string => randomBytes(bytes).toString('hex');
  const credentials = { id: random(8), key: random(16), secret: random(32) };
  const { log } = checked;
  const options = {
    ...optionsOf(checked, credentials),
    pushy: { commands },
    ...(log !== undefined && { log }),
  };
  const gateway = createGateway(options);
  credentialsOf.set(gateway, credentials);
  return gateway.start();
}

/**
 * Takes over another configuration while everybody stays connected. Options that need a restart (host, port, ssl and the
 * prefix of SockJS) are kept, logged and named in the result; commands and the log stay as they are.
 * @param gateway one that `init` resolved with
 * @throws StandpipeError `bad_option`: then nothing has changed; `refused` when the gateway stops
 */
export function reload(gateway: Gateway, config: PushyConfig): Reloaded {
  const credentials = credentialsOf.get(gateway);
  if (credentials === undefined) {
    throw new StandpipeError('bad_argument', 'gateway: must be one that init() has made');
  }
  return gateway.reload(optionsOf(pushyConfig(config), credentials));
}

function optionsOf(
  { secretKey, sockjs, host, port, tls }: CheckedPushyConfig,
  credentials: Credentials,
): GatewayOptions {
  const app = { ...credentials, pushy: { secretKey, ...(sockjs && { sockjs }) } };
  return {
    ...{ host, port, apps: [app] },
    ...(tls && { tls: { ...tls, port, only: true } }),
  };
}
