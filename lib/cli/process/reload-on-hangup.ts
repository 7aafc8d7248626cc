import { isatty } from 'node:tty';
import type { Logger } from 'pino';
import { asError } from '../../errors';
import { takeEarlyHangup } from './early-hangup';

/** Reloads of a command. */
export interface Reloads {
  /** Reloads from now on, and at once where it was asked for before. */
  ready(): void;
  /** Reloads at once, or when the command is ready. A reload that fails is logged and changes nothing. */
  ask(): void;
}

/**
 * Reloads at SIGHUP. Signals that come before `ready` is called count as one, and then. SIGHUP also tells of a terminal that
 * was closed: a process that had one ends as by SIGTERM.
 */
export function reloadOnHangup(log: Logger, reload: () => void): Reloads {
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
  const ask = (): void => {
    isAsked = true;
    if (isReady) run();
  };
  process.on('SIGHUP', () => {
    if (hadTerminal && !hasTerminal()) return void process.kill(process.pid, 'SIGTERM');
    ask();
  });
  isAsked = takeEarlyHangup();
  const ready = (): void => {
    isReady = true;
    if (isAsked) run();
  };
  return { ready, ask };
}

function hasTerminal(): boolean {
  return [0, 1, 2].some((fd) => isatty(fd));
}
