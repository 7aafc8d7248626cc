import pino from 'pino';
import { createGateway } from '../../gateway';
import { type Environment, readConfig } from '../config';
import { LogDestination } from '../log-destination';
import { DEVELOPMENT_APP } from '../defaults';
import type { ServeFlags } from '../flags';

/** Two signals within this time are one. */
const SAME_SIGNAL_MS = 100;
/** A process with a fault of its own ends within this time. */
const FATAL_DRAIN_MS = 2_000;

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
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    // A terminal and a process manager may both send one: two at once are one.
    if (stoppingSince !== undefined && performance.now() - stoppingSince < SAME_SIGNAL_MS) return;
    if (stoppingSince !== undefined) process.exit(1);
    stoppingSince = performance.now();
    log.info({ signal }, 'draining; a second signal ends at once');
    gateway.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'draining failed');
        process.exit(1);
      },
    );
  };
  const fatal = (error: unknown): void => {
    log.error({ err: error }, 'a fault of the gateway itself: it drains and ends');
    setTimeout(() => process.exit(1), FATAL_DRAIN_MS).unref();
    gateway.drain().then(
      () => process.exit(1),
      () => process.exit(1),
    );
  };
  process.once('uncaughtException', fatal);
  process.once('unhandledRejection', fatal);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
