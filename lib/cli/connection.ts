import { readFileSync } from 'node:fs';
import { createClient } from '..';
import { StandpipeError } from '../errors';
import type { PipeClient, PipeOptions } from '..';
import { readConfig, type Environment } from './config';
import { DEVELOPMENT_APP } from './defaults';
import type { ConnectionFlags } from './flags';

const LOOPBACK = /^(localhost|127\.|\[?::1)/;
/** Time for one attempt to connect: somebody sits before the command. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Addresses that a gateway listens on, and that nobody can connect to. */
const EVERY_ADDRESS = /^(0\.0\.0\.0|\[?::\]?)$/;

/**
 * Address and app of a command that connects: from flags and their variables, or the gateway's own configuration file with
 * its address, or `STANDPIPE_APP_…` variables; else the development app on this machine.
 */
export function connectionFrom(flags: ConnectionFlags, env: Environment): PipeOptions {
  const { options } = readConfig({ config: flags.config, appsFile: flags.appsFile }, env);
  const app =
    flags.app === undefined
      ? options.apps[0]
      : options.apps.find(({ id, key }) => id === flags.app || key === flags.app);
  if (app === undefined) {
    const known = options.apps.map(({ id }) => id).join(', ');
    throw new StandpipeError('bad_option', `--app: no app '${flags.app}'; there are ${known}`);
  }
  const { id: appId, key, secret } = app ?? DEVELOPMENT_APP;
  const given = flags.host ?? options.host ?? '127.0.0.1';
  const host = EVERY_ADDRESS.test(given) ? '127.0.0.1' : given;
  const isAsked = flags.tls ?? (flags.ca !== undefined || flags.insecure === true);
  const { tls } = options;
  const useTLS = isAsked || tls?.only === true || (tls !== undefined && !LOOPBACK.test(host));
  const port = useTLS ? (tls?.port ?? 6443) : (options.port ?? 6001);
  return {
    ...{ appId, key, secret, host, connectTimeoutMs: CONNECT_TIMEOUT_MS },
    port: flags.port ?? port,
    ...((flags.path ?? options.path) && { path: flags.path ?? options.path }),
    // A host of another machine that only a flag names is reached as the client sees fit: by TLS.
    ...((useTLS || flags.host === undefined) && { useTLS }),
    tls: {
      ...(flags.ca !== undefined && { ca: certificate(flags.ca) }),
      ...(flags.insecure === true && { rejectUnauthorized: false }),
    },
  };
}

/**
 * A connected client that tells its errors on stderr. Rejects when its first attempt fails: a command is no service that
 * waits for its gateway. Once connected, it connects again after a loss.
 *
 * @param prepare subscribes before the client connects, so that nothing is missed
 */
export async function connected(
  options: PipeOptions,
  prepare?: (client: PipeClient) => void,
): Promise<PipeClient> {
  const client = createClient(options);
  prepare?.(client);
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('error', reject);
      client.connect().then(resolve, reject);
    });
  } catch (error) {
    client.on('error', () => undefined);
    void client.disconnect();
    throw error;
  }
  client.on('error', (error) => console.error(`standpipe: ${error.message}`));
  return client;
}

function certificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const message = `--ca: cannot read ${file}: ${(cause as Error).message}`;
    throw new StandpipeError('bad_option', message, { cause });
  }
}
