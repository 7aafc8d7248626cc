import type { z } from 'zod';

/** Longest edit distance at which a name is taken for a slip of another one. */
const MAX_DISTANCE = 3;

/**
 * Says what is wrong with options, key by key: its path, and what is allowed there. `namesAt` gives the names that are
 * known at a path. No value is shown: it could be a secret.
 */
export function explain(
  error: z.ZodError,
  namesAt: (path: readonly PropertyKey[]) => readonly string[],
): string {
  return error.issues
    .map((issue) => `${pathOf(issue.path) || 'configuration'}: ${wordsOf(issue, namesAt)}`)
    .join('; ');
}

function wordsOf(
  issue: z.core.$ZodIssue,
  namesAt: (path: readonly PropertyKey[]) => readonly string[],
): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys
        .map((key) => {
          const near = nearest(key, namesAt(issue.path));
          const hint = near === undefined ? '' : `; did you mean '${near}'?`;
          return `there is no option '${key.slice(0, 100)}'${hint}`;
        })
        .join(', ');
    case 'invalid_type':
      return issue.input === undefined && /received undefined/.test(issue.message)
        ? `is missing: must be ${articled(issue.expected)}`
        : `must be ${articled(issue.expected)}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `must have at least ${String(issue.minimum)} ${unitOf(issue.origin)}`
        : `must be ${issue.inclusive === true ? 'at least' : 'more than'} ${String(issue.minimum)}`;
    case 'too_big':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `must have at most ${String(issue.maximum)} ${unitOf(issue.origin)}`
        : `must be at most ${String(issue.maximum)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => String(value)).join(', ')}`;
    default:
      // The schema's own words: they say what must be.
      return issue.message;
  }
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`,
    '',
  );
}

function unitOf(origin: string): string {
  return origin === 'array' ? 'entries' : 'characters';
}

function articled(type: string): string {
  const name = type === 'int' ? 'whole number' : type === 'array' ? 'list' : type;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** The known name that a slip of the fingers makes the given one of. */
function nearest(name: string, names: readonly string[]): string | undefined {
  const given = name.slice(0, 100).toLowerCase();
  const ranked = names
    .map((known) => ({ known, distance: editDistance(given, known.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (best === undefined) return undefined;
  return best.distance <= Math.min(MAX_DISTANCE, Math.max(2, best.known.length / 3))
    ? best.known
    : undefined;
}

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change));
    }
    row = next;
  }
  return row[b.length] as number;
}
