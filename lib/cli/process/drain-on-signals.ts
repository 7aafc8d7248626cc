import type { Gateway } from '../../gateway';
import type { Logger } from '../../util/logger';
import { type Clock, systemClock } from '../../util/timers';

/** Signals within this time of the first are one with it: a terminal and a process manager may both send it. */
const SAME_SIGNAL_MS = 100;
/** The same for SIGTERM, which several managers of a process may send, but nobody who is impatient at a terminal. */
const SAME_SIGTERM_MS = 1_000;
/** A process with a fault of its own ends within this time. */
const FATAL_DRAIN_MS = 2_000;

/**
 * Drains a gateway at SIGTERM or SIGINT, and ends the process; a second signal ends it at once. A fault that nobody caught
 * drains it too, and ends the process with code 1.
 */
export function drainOnSignals(
  gateway: Pick<Gateway, 'drain'>,
  log: Pick<Logger, 'info' | 'error'>,
  clock: Pick<Clock, 'now'> = systemClock,
): void {
  let stoppingSince: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    const sameMs = signal === 'SIGTERM' ? SAME_SIGTERM_MS : SAME_SIGNAL_MS;
    if (stoppingSince !== undefined && clock.now() - stoppingSince < sameMs) return;
    if (stoppingSince !== undefined) process.exit(1);
    stoppingSince = clock.now();
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
