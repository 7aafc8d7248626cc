import { StandpipeError } from '../../errors';
import { createGateway, type GatewayOptions } from '../../gateway';
import { checkGatewayOptions } from '../../gateway/options/options';
import { type Config, type Environment, readConfig } from '../config';
import { DEVELOPMENT_APP } from '../defaults';
import { drainOnSignals } from '../process/drain-on-signals';
import type { ServeFlags } from '../flags';
import { withNames } from '../option-names';
import { passedNothing, passedSockets, withSockets } from '../process/passed-sockets';
import { processLog } from '../process/process-log';
import {
  optionsOfWorker,
  requireWorkers,
  sayListening,
  workerNumber,
  Workers,
} from '../process/workers';
import { watchFiles } from '../process/watch-files';
import { reloadOnHangup } from '../process/reload-on-hangup';

/**
 * Runs a gateway until SIGTERM or SIGINT: the first drains it, a second one ends the process at once. SIGHUP reads the
 * configuration and the certificates again, and with `--watch` a change of their files does. With `--workers` it runs so many
 * processes, each with a gateway.
 */
export async function serve(flags: ServeFlags, env: Environment): Promise<void> {
  const { workers = 1 } = flags;
  const number = workerNumber(env);
  if (number !== undefined || workers === 1) return serveHere(flags, env, number);
  const { logLevel: level = 'info', logFormat: format } = flags;
  const { log } = processLog({ level, format });
  const read = (): Config => {
    const config = readConfig(flags, env);
    withNames(config.names, () => checkGatewayOptions(config.options));
    requireWorkers(workers, config.options);
    return config;
  };
  let config = read();
  const all = new Workers(log, workers, config.options);
  const reloads = reloadOnHangup(log, () => {
    config = read();
    all.reload(config.options);
  });
  if (config.watches) {
    watchFiles(
      () => config.files,
      () => reloads.ask(),
      log,
    );
  }
  drainOnSignals(all, log);
  await all.start();
  log.info({ workers }, 'all workers listen');
  reloads.ready();
}

/** @param worker its number among the workers of a machine */
async function serveHere(flags: ServeFlags, env: Environment, worker?: number): Promise<void> {
  const { logLevel: level = 'info', logFormat: format } = flags;
  const { log, countIn } = processLog({ level, format });
  // The first one tells the warnings that concern all of them.
  const isFirst = (worker ?? 1) === 1;
  const reloads = reloadOnHangup(log, () => {
    if (flags.config === undefined && flags.appsFile === undefined) {
      log.info('no --config: certificates are read again, apps stay those of the variables');
    }
    const again = readConfig(flags, env);
    if (again.development && !development) {
      const message = 'apps: none configured, and the development app takes the place of no other';
      throw new StandpipeError('bad_option', message);
    }
    withNames(again.names, () => gateway.reload(optionsFrom(again.options).options));
    files = again.files;
  });
  const { options: read, development, names, watches, ...config } = readConfig(flags, env);
  let { files } = config;
  // The process that started the workers tells them of changes.
  if (watches && worker === undefined) {
    watchFiles(
      () => files,
      () => reloads.ask(),
      log,
    );
  }
  // Sockets are passed on to the process that started the workers.
  const pid = worker === undefined ? process.pid : process.ppid;
  const passed = passedSockets(env, pid);
  const optionsFrom = (options: GatewayOptions): ReturnType<typeof withSockets> =>
    withSockets(worker === undefined ? options : optionsOfWorker(options, worker), passed);
  const { options, left } = optionsFrom(read);
  const gateway = withNames(names, () => createGateway({ ...options, log }));
  countIn(gateway);
  await gateway.start();
  log.info({ url: gateway.url, tlsPort: gateway.tlsPort }, 'standpipe listens');
  drainOnSignals(gateway, log);
  reloads.ready();
  // The address may hold a token, which must not get into a log.
  if (gateway.consoleUrl !== undefined) process.stderr.write(`console: ${gateway.consoleUrl}\n`);
  if (worker !== undefined) sayListening();
  if (!isFirst) return;
  const nothing = passedNothing(env, pid);
  if (nothing !== undefined) log.warn(nothing);
  if (left > 0) log.warn({ sockets: left }, 'more sockets were passed on than there are ports');
  if (options.metrics === undefined && (env['STANDPIPE_METRICS_TOKEN'] ?? '') !== '') {
    log.warn('STANDPIPE_METRICS_TOKEN guards nothing: metrics need --metrics-port');
  }
  if (development) {
    const { id, key, secret } = DEVELOPMENT_APP;
    log.warn(
      { appId: id, key, secret },
      "no app is configured: this is the development app, whose secret everybody knows; it refuses pages that are not of localhost, files among them. Make your own with 'standpipe keys'",
    );
  }
  if (options.console === undefined && (env['STANDPIPE_CONSOLE_TOKEN'] ?? '') !== '') {
    log.warn(
      'STANDPIPE_CONSOLE_TOKEN opens nothing: the console needs --console-port, or console.public',
    );
  }
}
