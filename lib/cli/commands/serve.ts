import { StandpipeError } from '../../errors';
import { createGateway } from '../../gateway';
import { type Environment, readConfig } from '../config';
import { DEVELOPMENT_APP } from '../defaults';
import { drainOnSignals } from '../drain-on-signals';
import type { ServeFlags } from '../flags';
import { withNames } from '../option-names';
import { passedNothing, passedSockets, withSockets } from '../passed-sockets';
import { processLog } from '../process-log';
import { reloadOnHangup } from '../reload-on-hangup';

/**
 * Runs a gateway until SIGTERM or SIGINT: the first drains it, a second one ends the process at once. SIGHUP reads the
 * configuration and the certificates again.
 */
export async function serve(flags: ServeFlags, env: Environment): Promise<void> {
  const { logLevel: level = 'info', logFormat: format } = flags;
  const { log, countIn } = processLog({ level, format });
  const ready = reloadOnHangup(log, () => {
    if (flags.config === undefined) {
      log.info('no --config: certificates are read again, apps stay those of the variables');
    }
    const again = readConfig(flags, env);
    if (again.development && !development) {
      const message = 'apps: none configured, and the development app takes the place of no other';
      throw new StandpipeError('bad_option', message);
    }
    withNames(again.names, () => gateway.reload(withSockets(again.options, passed).options));
  });
  const { options: read, development, names } = readConfig(flags, env);
  const passed = passedSockets(env, process.pid);
  const { options, left } = withSockets(read, passed);
  const gateway = withNames(names, () => createGateway({ ...options, log }));
  countIn(gateway);
  await gateway.start();
  log.info({ url: gateway.url, tlsPort: gateway.tlsPort }, 'standpipe listens');
  const nothing = passedNothing(env, process.pid);
  if (nothing !== undefined) log.warn(nothing);
  if (left > 0) log.warn({ sockets: left }, 'more sockets were passed on than there are ports');
  if (options.metrics === undefined && (env['STANDPIPE_METRICS_TOKEN'] ?? '') !== '') {
    log.warn('STANDPIPE_METRICS_TOKEN guards nothing: metrics need --metrics-port');
  }
  if (development) {
    const { id, key, secret } = DEVELOPMENT_APP;
    log.warn(
      { appId: id, key, secret },
      "no app is configured: this is the development app, whose secret everybody knows. Make your own with 'standpipe keys'",
    );
  }
  if (gateway.consoleUrl !== undefined) {
    // The address may hold a token, which must not get into a log.
    process.stderr.write(`console: ${gateway.consoleUrl}\n`);
  } else if ((env['STANDPIPE_CONSOLE_TOKEN'] ?? '') !== '') {
    log.warn('STANDPIPE_CONSOLE_TOKEN opens nothing: the console needs --console-port');
  }
  drainOnSignals(gateway, log);
  ready();
}
