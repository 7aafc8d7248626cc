import { isatty } from 'node:tty';
import type { Logger } from 'pino';
import { asError } from '../../errors';
import { takeEarlyHangup } from './early-hangup';

/**
 * Reloads at SIGHUP. Signals that come before the returned function is called count as one, and then. A reload that fails
 * is logged and changes nothing. SIGHUP also tells of a terminal that was closed: a process that had one ends as by SIGTERM.
 */
export function reloadOnHangup(log: Logger, reload: () => void): () => void {
  const hadTerminal = hasTerminal();
  let isReady = false;
  let isAsked = false;
  const run = (): void => {
    isAsked = false;
    try {
      reload();
    } catch (error) {
      const { message } = asError(error);
      log.error(`reload refused, the options stay as they were: ${message}`);
    }
  };
  process.on('SIGHUP', () => {
    if (hadTerminal && !hasTerminal()) return void process.kill(process.pid, 'SIGTERM');
    isAsked = true;
    if (isReady) run();
  });
  isAsked = takeEarlyHangup();
  return () => {
    isReady = true;
    if (isAsked) run();
  };
}

function hasTerminal(): boolean {
  return [0, 1, 2].some((fd) => isatty(fd));
}
