/** Bounds of a form: fields, and keys inside of each other such as `a[b][c]`. */
const MAX_FIELDS = 1_000;
const MAX_DEPTH = 5;

type Branch = Map<string, Branch | string>;

/**
 * Reads an urlencoded form with keys such as `user[name]` and `list[]` as nested values, as PHP's `http_build_query` writes
 * them. All leaves are strings. Undefined for a form with too many fields or levels.
 */
export function readForm(text: string): object | undefined {
  const root: Branch = new Map();
  let fields = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++fields > MAX_FIELDS) return undefined;
    const path = pathOf(name);
    if (path.length > MAX_DEPTH) return undefined;
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

/** `a[b][c]` as its keys. Text that is no bracket is part of the first key. */
function pathOf(name: string): string[] {
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
