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
const MAX_LEVELS = 1_000;

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
