import { endOfString } from './raw-value';

/** A JSON object from outside: read by literal keys only. */
export type Fields = Readonly<Record<string, unknown>>;

/** JSON.parse that answers undefined, which no JSON text means, instead of throwing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Levels of arrays and objects in each other. The stack holds many times as many. */
export const MAX_LEVELS = 1_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * Levels of JSON text, and its marks: brackets, commas, colons, and two for each string. A parse takes time in proportion
 * to the marks, and a second for a million levels. Exact up to the first character that is no JSON.
 */
export function measureJson(text: string): { levels: number; marks: number } {
  let [levels, level, marks] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at) - 1;
      marks += 2;
      continue;
    }
    // With bit 5 set, `[` reads as `{` and `]` as `}`.
    const bracket = code | 0x20;
    if (bracket === 0x7b) levels = Math.max(levels, ++level);
    else if (bracket === 0x7d) level--;
    else if (code !== COMMA && code !== COLON) continue;
    marks++;
  }
  return { levels, marks };
}

/**
 * JSON text of a value that was read from JSON; undefined when it is nested deeper than 1,000 levels. A value of any depth
 * can be read, and how much of it can be written depends on the stack and on the version of Node.
 */
export function writeJson(value: unknown): string | undefined {
  return isDeeper(value, MAX_LEVELS) ? undefined : JSON.stringify(value);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that may be absent: some clients write null for it. */
export function optional(value: unknown): unknown {
  return value === null ? undefined : value;
}
