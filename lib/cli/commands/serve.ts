import pino from 'pino';
import { createGateway } from '../../gateway';
import { type Environment, readConfig } from '../config';
import { LogDestination } from '../log-destination';
import { DEVELOPMENT_APP } from '../defaults';
import { drainOnSignals } from '../drain-on-signals';
import type { ServeFlags } from '../flags';

/** Runs a gateway until SIGTERM or SIGINT: the first drains it, a second one ends the process at once. */
export async function serve(flags: ServeFlags, env: Environment): Promise<void> {
  const { options, development } = readConfig(flags, env);
  const level = flags.logLevel ?? 'info';
  let dropped = (): void => undefined;
  const log = pino({ name: 'standpipe', level }, new LogDestination(1, () => dropped()));
  const gateway = createGateway({ ...options, log });
  dropped = () => void gateway.metrics.logLinesDropped++;
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
