import type { Logger } from '../util/logger';

/** Target of log lines: `Pusher.log`, else the console when `Pusher.logToConsole` is set. */
export interface LogTarget {
  log?: ((message: string) => void) | undefined;
  logToConsole: boolean;
}

interface Console {
  log(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

type Level = 'debug' | 'warn' | 'error';

/** Writes to a logger of the app's own, and to what the class names. Silent where neither is set, as pusher-js is. */
export class Log {
  readonly #target: LogTarget;
  readonly #logger: Logger | undefined;

  constructor(target: LogTarget, logger: Logger | undefined) {
    this.#target = target;
    this.#logger = logger;
  }

  debug(message: string, details: object = {}): void {
    this.#write('debug', message, details);
  }

  warn(message: string, details: object = {}): void {
    this.#write('warn', message, details);
  }

  error(message: string, details: object = {}): void {
    this.#write('error', message, details);
  }

  #write(level: Level, message: string, details: object): void {
    if (level === 'debug') this.#logger?.debug(details, message);
    else if (level === 'warn') this.#logger?.warn(details, message);
    else this.#logger?.error(details, message);
    const { log, logToConsole } = this.#target;
    if (log === undefined && !logToConsole) return;
    const line = `Pusher :  : ${text([message, details])}`;
    if (log !== undefined) return void log(line);
    const { console } = globalThis as unknown as { console: Console };
    if (level === 'debug') console.log(line);
    else if (level === 'warn') console.warn(line);
    else console.error(line);
  }
}

/** JSON, also of what holds itself. */
function text(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}

/**
 * Tells of an error in a handler of the app where browsers and Node tell of errors that nobody caught: the `error` event
 * of the page, a warning of the process. Neither stops anything.
 */
export function reportFailure(error: unknown): void {
  const { reportError, process } = globalThis as unknown as {
    reportError?: (error: unknown) => void;
    process?: { emitWarning?: (warning: Error) => void };
  };
  if (reportError !== undefined) return reportError(error);
  const shown = error instanceof Error ? error : new Error(String(error));
  process?.emitWarning?.(shown);
}
