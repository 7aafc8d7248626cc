/** Bounds of a form: fields, and keys inside of each other such as `a[b][c]`. */
const MAX_FIELDS = 1_000;
const MAX_DEPTH = 5;

type Branch = Map<string, Branch | string>;

/**
 * Reads an urlencoded form with keys such as `user[name]` and `list[]` as nested values, as PHP's `http_build_query` writes
 * them. All leaves are strings. A text says which bound a form exceeds.
 */
export function readForm(text: string): object | string {
  if (isAbove(MAX_FIELDS, text, '&')) return `A form has at most ${MAX_FIELDS} fields`;
  const root: Branch = new Map();
  for (const [name, value] of new URLSearchParams(text)) {
    const path = pathOf(name);
    if (path === undefined) return `A key of a form has at most ${MAX_DEPTH} levels`;
    let branch = root;
    for (const [i, key] of path.entries()) {
      const at = key === '' ? String(branch.size) : key;
      if (i === path.length - 1) {
        branch.set(at, value);
        break;
      }
      const next = branch.get(at);
      const inner = next instanceof Map ? next : (new Map() as Branch);
      branch.set(at, inner);
      branch = inner;
    }
  }
  return Object.fromEntries(Array.from(root, ([key, value]) => [key, valueOf(value)]));
}

/** True when a mark stands more than `count` times in a text, not counting one at its end. */
function isAbove(count: number, text: string, mark: string): boolean {
  let left = count;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (at < text.length - 1 && --left <= 0) return true;
  }
  return false;
}

/** `a[b][c]` as its keys. Text that is no bracket is part of the first key. Undefined for too many keys. */
function pathOf(name: string): string[] | undefined {
  if (isAbove(MAX_DEPTH, name, '[')) return undefined;
  const [, first, rest] = /^([^[]+)((?:\[[^\]]*\])*)$/.exec(name) ?? [];
  if (first === undefined || rest === undefined) return [name];
  return [first, ...Array.from(rest.matchAll(/\[([^\]]*)\]/g), ([, key = '']) => key)];
}

/** A branch whose keys count from 0 is an array. */
function valueOf(value: Branch | string): unknown {
  if (typeof value === 'string') return value;
  const entries = Array.from(value, ([key, each]) => [key, valueOf(each)] as const);
  const isArray = entries.length > 0 && entries.every(([key], i) => key === String(i));
  return isArray ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
