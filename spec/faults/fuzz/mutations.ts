import type { Chance } from '../../support/simulator/chance';

/** JSON text that stands where a value would. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value that is written as JSON; fields of objects are a list, so that a name may come twice. */
export type Tree = string | number | boolean | null | RawJson | Tree[] | Fields;
export interface Fields {
  fields: Array<[name: string, value: Tree]>;
}

/** Deep enough for any parser that counts on the stack, and within the limit of a message. */
const DEPTHS = [2, 1_000, 6_000, 10_000, 25_000] as const;
const LENGTHS = [1, 200, 201, 1_000, 10_240, 10_241, 30_000, 66_000] as const;

const ODD_TEXTS = [
  ...['null', 'true', '0', '-0', '-1', '1.5', '1e400', '-1e400', '1e-400', '9007199254740993'],
  ...['""', '" "', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"é"', '"😀"', '"\u2028"'],
  ...['"__proto__"', '"constructor"', '"toString"', '"*"', '"private-"', '"#server-to-user-1"'],
  ...['"pusher:ping"', '"pusher_internal:x"', '"client-"', '"1.1"', '"%%"', '"0"', '"NaN"'],
  ...[
    '{}',
    '[]',
    '[[]]',
    '{"__proto__":{"a":1}}',
    '{"length":1e9}',
    '{"toString":1}',
    '{"a":1,"a":2}',
  ],
  ...[
    '',
    'undefined',
    'NaN',
    '"',
    '"\\',
    '"\\u12"',
    '{',
    '[',
    '{"a"',
    '01',
    '+1',
    "'a'",
    '\ufeff{}',
  ],
] as const;

/** JSON that is legal or nearly so, and that a handler may not count on. */
export function oddJson(chance: Chance): string {
  const kind = chance.whole(0, 11);
  if (kind === 0) return nested(chance.pick(DEPTHS), chance);
  if (kind === 1)
    return `"${chance.pick(['x', '\\u0001', 'é', '😀', '\\\\'] as const).repeat(chance.pick(LENGTHS))}"`;
  if (kind === 2)
    return `[${Array(chance.pick([2, 100, 5_000] as const))
      .fill(chance.pick(['1', '""', 'null', '{}'] as const))
      .join()}]`;
  if (kind === 3) {
    const names = Array.from(
      { length: chance.pick([2, 100, 3_000] as const) },
      (_, i) => `"${i}":1`,
    );
    return `{${names.join()}}`;
  }
  return chance.pick(ODD_TEXTS);
}

function nested(depth: number, chance: Chance): string {
  const isWhole = chance.percent(80);
  if (chance.percent(50)) return '['.repeat(depth) + (isWhole ? ']'.repeat(depth) : '');
  return (
    '{"a":'.repeat(Math.min(depth, 10_000)) +
    '1' +
    (isWhole ? '}'.repeat(Math.min(depth, 10_000)) : '')
  );
}

function tree(value: unknown): Tree {
  if (value instanceof RawJson) return value;
  if (Array.isArray(value)) return value.map(tree);
  if (typeof value !== 'object' || value === null) return value as Tree;
  return { fields: Object.entries(value).map(([name, each]) => [name, tree(each)]) };
}

/** JSON text of a value with so many changes by chance. */
export function mutatedJson(chance: Chance, value: unknown, changes = chance.whole(0, 2)): string {
  let whole = tree(value);
  for (let i = 0; i < changes; i++) whole = changed(chance, whole);
  const text = textOf(whole);
  return chance.percent(5) ? mutatedBytes(chance, Buffer.from(text)).toString('latin1') : text;
}

function changed(chance: Chance, value: Tree): Tree {
  const children = Array.isArray(value) ? value.length : isFields(value) ? value.fields.length : 0;
  if (children === 0 || chance.percent(20)) return changedHere(chance, value);
  const at = chance.whole(0, children - 1);
  if (Array.isArray(value)) return value.with(at, changed(chance, value[at] as Tree));
  if (!isFields(value)) return value;
  const [name, child] = value.fields[at] as [string, Tree];
  return { fields: value.fields.with(at, [name, changed(chance, child)]) };
}

function changedHere(chance: Chance, value: Tree): Tree {
  if (isFields(value) && value.fields.length > 0 && chance.percent(70)) {
    const at = chance.whole(0, value.fields.length - 1);
    const [name, child] = value.fields[at] as [string, Tree];
    const odd = chance.pick([
      '',
      '__proto__',
      'event',
      'data',
      'channel',
      'user_id',
      'é',
      'x'.repeat(300),
    ] as const);
    return {
      fields: chance.pick([
        value.fields.toSpliced(at, 1),
        [...value.fields, [name, new RawJson(oddJson(chance))]],
        value.fields.with(at, [odd, child]),
        [...value.fields, [odd, new RawJson(oddJson(chance))]],
      ] as const) as Fields['fields'],
    };
  }
  if (typeof value === 'string' && chance.percent(40)) {
    // Data of the protocol is JSON in a string.
    if (chance.percent(50)) return oddJson(chance);
    return chance.pick([
      `${value}x`,
      value.slice(1),
      value.toUpperCase(),
      value.repeat(20),
    ] as const);
  }
  return new RawJson(oddJson(chance));
}

function isFields(value: Tree): value is Fields {
  return typeof value === 'object' && value !== null && 'fields' in value;
}

function textOf(value: Tree): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const fields = value.fields.map(([name, each]) => `${JSON.stringify(name)}:${textOf(each)}`);
  return `{${fields.join()}}`;
}

const ODD_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x22, 0x25, 0x7b] as const;

/** Bytes with a few changes by chance: other bits, parts that are missing, moved or there twice. */
export function mutatedBytes(chance: Chance, bytes: Buffer): Buffer {
  let all = bytes;
  for (let left = chance.whole(1, 3); left > 0 && all.length > 0; left--) {
    const at = chance.whole(0, all.length - 1);
    const length = Math.min(all.length - at, chance.pick([1, 2, 8, 100] as const));
    const [before, part, after] = [
      all.subarray(0, at),
      all.subarray(at, at + length),
      all.subarray(at + length),
    ];
    const kind = chance.whole(0, 6);
    if (kind === 0) all = Buffer.concat([before, after]);
    else if (kind === 1) all = Buffer.concat([before, part, part, after]);
    else if (kind === 2) all = Buffer.concat([before, chance.bytes(length), after]);
    else if (kind === 3) all = before;
    else if (kind === 4)
      all = Buffer.concat([before, Buffer.alloc(length, chance.pick(ODD_BYTES)), after]);
    else if (kind === 5)
      all = Buffer.concat([
        before,
        Buffer.alloc(chance.whole(1, 12), chance.pick(ODD_BYTES)),
        part,
        after,
      ]);
    else {
      all = Buffer.from(all);
      all[at] = (all[at] as number) ^ (1 << chance.whole(0, 7));
    }
  }
  return all;
}

/** Bytes in the pieces in which they are written, as a slow or strange network would bring them. */
export function inPieces(chance: Chance, bytes: Buffer): Buffer[] {
  if (!chance.percent(25) || bytes.length < 2) return [bytes];
  const at = chance.whole(1, bytes.length - 1);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}
