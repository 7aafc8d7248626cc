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

/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that may be absent: some clients write null for it. */
export function optional(value: unknown): unknown {
  return value === null ? undefined : value;
}
