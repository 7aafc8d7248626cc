import type { Logger } from 'pino';
import type { Gateway } from '../gateway';

/** Drains a gateway at SIGTERM or SIGINT, and ends the process; a second signal ends it at once. */
export function drainOnSignals(gateway: Gateway, log: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'draining; a second signal ends at once');
    gateway.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'draining failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
