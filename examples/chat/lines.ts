/** The room's last lines, and the checks of what browsers send: they may send anything. */

export interface Line {
  /** User id of the member who said it. */
  userId: string;
  from: string;
  hue: number;
  text: string;
  /** Milliseconds since 1970. */
  at: number;
}

const MAX_LINES = 50;
const MAX_NAME = 24;
const MAX_TEXT = 280;

export class Lines {
  readonly #lines: Line[] = [];

  add(line: Line): void {
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }

  all(): readonly Line[] {
    return this.#lines;
  }
}

/** A name of at most 24 characters; undefined when nothing is left of it. */
export const nameOf = (value: unknown): string | undefined => cleaned(value, MAX_NAME);

/** A text of at most 280 characters; undefined when nothing is left of it. */
export const textOf = (value: unknown): string | undefined => cleaned(value, MAX_TEXT);

function cleaned(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const visible = value.slice(0, 4 * maxLength).replace(/\p{C}/gu, '');
  const short = [...visible.replace(/\s+/g, ' ').trim()].slice(0, maxLength).join('');
  return short.trim() || undefined;
}
