import { createGateway } from '../../gateway';
import { type Environment, readConfig } from '../config';
import { DEVELOPMENT_APP } from '../defaults';
import { drainOnSignals } from '../drain-on-signals';
import type { ServeFlags } from '../flags';
import { processLog } from '../process-log';

/** Runs a gateway until SIGTERM or SIGINT: the first drains it, a second one ends the process at once. */
export async function serve(flags: ServeFlags, env: Environment): Promise<void> {
  const { options, development } = readConfig(flags, env);
  const { logLevel: level = 'info', logFormat: format } = flags;
  const { log, countIn } = processLog({ level, format });
  const gateway = createGateway({ ...options, log });
  countIn(gateway);
  await gateway.start();
  log.info({ url: gateway.url, tlsPort: gateway.tlsPort }, 'standpipe listens');
  if (development) {
    const { id, key, secret } = DEVELOPMENT_APP;
    log.warn(
      { appId: id, key, secret },
      "no app is configured: this is the development app, whose secret everybody knows. Make your own with 'standpipe keys'",
    );
  }
  drainOnSignals(gateway, log);
}
