import { randomBytes } from 'node:crypto';
import { createGateway, type Gateway, type GatewayOptions, type PushyCommands } from '../gateway';
import { pushyConfig, type PushyConfig } from './config';

/**
 * Runs a pushy server: the drop-in for `pushy.init(config, commands)`. Resolves when it listens. The gateway that it
 * resolves with is stopped by `drain()` or `stop()`.
 * @throws StandpipeError `bad_option`, `listen_failed`
 */
export async function init(config: PushyConfig, commands: PushyCommands = {}): Promise<Gateway> {
  const { secretKey, sockjs, host, port, tls, log } = pushyConfig(config);
  // Nobody knows key and secret: the other protocols stay closed.
  const [id, key, secret] = [8, 16, 32].map((bytes) => randomBytes(bytes).toString('hex'));
  const app = { id, key, secret, pushy: { secretKey, ...(sockjs && { sockjs }) } };
  const options: GatewayOptions = {
    host,
    port,
    apps: [app as GatewayOptions['apps'][number]],
    pushy: { commands },
    ...(tls && { tls: { ...tls, port, only: true } }),
    ...(log && { log }),
  };
  return createGateway(options).start();
}
