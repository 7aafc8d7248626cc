import { StandpipeError } from '../errors';
import type { PipeOptions } from '../pipe/options';
import { readConfig, type Environment } from './config';
import { DEVELOPMENT_APP } from './defaults';
import type { ConnectionFlags } from './flags';

/**
 * Address and app of a command that connects: from the gateway's own configuration file, or from `STANDPIPE_APP_…`
 * variables, or else the development app on this machine.
 */
export function connectionFrom(flags: ConnectionFlags, env: Environment): PipeOptions {
  // The host of the flags is the gateway's, which need not be this machine.
  const { options } = readConfig({ config: flags.config, host: '127.0.0.1' }, env);
  const app =
    flags.app === undefined
      ? options.apps[0]
      : options.apps.find(({ id, key }) => id === flags.app || key === flags.app);
  if (app === undefined) {
    const known = options.apps.map(({ id }) => id).join(', ');
    throw new StandpipeError('bad_option', `--app: no app '${flags.app}'; there are ${known}`);
  }
  const { id: appId, key, secret } = app ?? DEVELOPMENT_APP;
  return {
    appId,
    key,
    secret,
    host: flags.host ?? '127.0.0.1',
    port: flags.port ?? options.port ?? 6001,
    ...(flags.tls === undefined ? {} : { useTLS: flags.tls }),
  };
}
