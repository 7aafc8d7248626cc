import type { Logger } from './logger';

/** Time for which one kind of warning is told once, in milliseconds. */
const QUIET_MS = 60_000;

const MAX_LENGTH = 500;
// oxlint-disable-next-line no-control-regex -- they are to be found
const CONTROL = /[\x00-\x1f]|[\x7f-\x9f]/g;

/** Warnings that come again and again: each kind is told once a minute. */
export class Repeats {
  readonly #told = new Map<string, { atMs: number; leftOut: number }>();

  /** The number left out since one of this kind was told last; undefined when this one is left out too. */
  tell(kind: string, nowMs: number): number | undefined {
    const before = this.#told.get(kind);
    if (before !== undefined && nowMs - before.atMs < QUIET_MS) {
      before.leftOut += 1;
      return undefined;
    }
    this.#told.set(kind, { atMs: nowMs, leftOut: 0 });
    return before?.leftOut ?? 0;
  }
}

interface Details {
  code?: unknown;
  status?: unknown;
  err?: unknown;
}

/**
 * The logger of a program that gave none: warnings and errors become warnings of the process, which Node writes to
 * stderr. Each kind, its code or its text, is told once a minute, with the number that was left out.
 */
export class WarningLog implements Logger {
  readonly #nowMs: () => number;
  readonly #write: (
    message: string,
    options: { type: string; code: string; detail?: string },
  ) => void;
  readonly #repeats = new Repeats();

  constructor(nowMs = (): number => performance.now(), write = emitWarning) {
    this.#nowMs = nowMs;
    this.#write = write;
  }

  debug(): void {
    // Only warnings and errors are for stderr.
  }

  info(): void {
    // Only warnings and errors are for stderr.
  }

  warn(details: object, message: string): void {
    const { code, err, status: _status, ...rest } = details as Details;
    const kind = typeof code === 'string' ? code : message;
    const leftOut = this.#repeats.tell(kind, this.#nowMs());
    if (leftOut === undefined) return;
    const more = leftOut === 0 ? '' : ` (and ${leftOut} more like it)`;
    const facts = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
    this.#write(printable(message + facts) + more, {
      type: 'StandpipeWarning',
      code: typeof code === 'string' ? code : 'warning',
      ...(err instanceof Error && err.stack !== undefined && { detail: err.stack }),
    });
  }

  error(details: object, message: string): void {
    this.warn(details, message);
  }
}

/** A text for a terminal: names in it come from browsers, so it is cut and its control characters are escaped. */
function printable(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return cut.replace(CONTROL, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Shared by the process: many clients with one failure are one warning. */
export const warningLog: Logger = new WarningLog();

function emitWarning(
  message: string,
  options: { type: string; code: string; detail?: string },
): void {
  process.emitWarning(message, options);
}
