import type { Logger } from 'pino';
import type { Gateway } from '../gateway';

/** Two signals within this time are one: a terminal and a process manager may both send it. */
const SAME_SIGNAL_MS = 100;
/** A process with a fault of its own ends within this time. */
const FATAL_DRAIN_MS = 2_000;

/**
 * Drains a gateway at SIGTERM or SIGINT, and ends the process; a second signal ends it at once. A fault that nobody caught
 * drains it too, and ends the process with code 1.
 */
export function drainOnSignals(gateway: Gateway, log: Logger): void {
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
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
