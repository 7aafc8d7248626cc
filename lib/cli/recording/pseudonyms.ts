import { createHmac, randomBytes } from 'node:crypto';
import { isObject } from '../../pusher/json';

const LENGTH = 10;

/** Names in the place of ids. The key is this process's own and is written nowhere, so that no id is found by trying. */
export class Pseudonyms {
  readonly #key = randomBytes(32);

  of(id: string): string {
    return createHmac('sha256', this.#key).update(id).digest('base64url').slice(0, LENGTH);
  }
}

/** Data without the values of some members, at any depth. */
export function withoutMembers(data: unknown, names: ReadonlySet<string>): unknown {
  if (names.size === 0) return data;
  if (Array.isArray(data)) return data.map((each) => withoutMembers(each, names));
  if (!isObject(data)) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      names.has(name) ? null : withoutMembers(value, names),
    ]),
  );
}
