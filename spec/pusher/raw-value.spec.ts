import * as fc from 'fast-check';
import t from 'tap';
import { rawValue } from '../../lib/pusher/raw-value';
import { runs } from '../support/depth';

const blanks = fc.constantFrom('', '', '', ' ', '\n', '\t', ' \r\n ');
const letters = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 3 }).map((text) => JSON.stringify(text).slice(1, -1)),
    fc.constantFrom(
      '\\"',
      '\\\\',
      '\\u0022',
      '\\ud800',
      '\\/',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\\n',
    ),
  ),
  { maxLength: 6 },
);
/** JSON texts of strings, with escapes that JSON.stringify would never choose. */
const stringText = letters.map((parts) => `"${parts.join('')}"`);
const scalarText = fc.oneof(
  stringText,
  fc.constantFrom('null', 'true', 'false', '0', '-0', '1e999', '9007199254740993', '-1.50e-7'),
);
const { value: valueText } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalarText, tie('list'), tie('object')),
  list: fc
    .tuple(fc.array(tie('value'), { maxLength: 4 }), blanks)
    .map(([items, gap]) => `[${gap}${items.join(`${gap},${gap}`)}${gap}]`),
  object: fc
    .tuple(fc.array(fc.tuple(stringText, tie('value')), { maxLength: 4 }), blanks)
    .map(([pairs, gap]) => `{${gap}${pairs.map((pair) => pair.join(`${gap}:${gap}`)).join(',')}}`),
}));
const keyText = fc.oneof(
  fc.constantFrom('"data"', '"\\u0064ata"', '"\\u0064\\u0061\\u0074\\u0061"', '"dat\\u0061"'),
  fc.constantFrom(
    '"__proto__"',
    '"event"',
    '"constructor"',
    '"data\\u0000"',
    '"\\"data"',
    '"Data"',
  ),
  stringText,
);
const member = fc.record({
  key: keyText,
  value: valueText,
  gaps: fc.array(blanks, { minLength: 4, maxLength: 4 }),
});

t.test('the slice is byte for byte the value that JSON.parse finds under the key', async (t) => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(member, { size: 'max', maxLength: 30 }), blanks, (members, gap) => {
      const text = `${gap}{${gap}${members
        .map(({ key, value, gaps: [a, b, c, d] }) => `${a}${key}${b}:${c}${value}${d}`)
        .join(',')}}${gap}`;
      const parsed = JSON.parse(text) as { data?: unknown };
      const last = members.filter(({ key }) => JSON.parse(key) === 'data').at(-1);
      const raw = rawValue(text, 'data');
      if (last === undefined) return raw === '' && !Object.hasOwn(parsed, 'data');
      found++;
      return raw === last.value && JSON.stringify(JSON.parse(raw)) === JSON.stringify(parsed.data);
    }),
    { numRuns: runs(1000) },
  );
  t.ok(found > runs(300), 'most texts had the key');
});

t.test('the slice of a value that JSON.stringify wrote parses to that value', async (t) => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), fc.json(), (data, other) => {
      const text = `{"event":${other},"data":${data},"channel":${other}}`;
      t.equal(rawValue(text, 'data'), data);
    }),
    { numRuns: runs(200) },
  );
});

t.test('the last value of a repeated key counts', async (t) => {
  t.equal(rawValue('{"data":1,"data":{"a":2}}', 'data'), '{"a":2}');
  t.equal(rawValue('{"data":1,"d\\u0061ta":2}', 'data'), '2');
  t.equal(rawValue('{"d\\u0061ta":2,"data":1}', 'data'), '1');
});

t.test('a key of the same name further down is not the key', async (t) => {
  t.equal(rawValue('{"a":{"data":1},"b":[{"data":2}]}', 'data'), '');
  t.equal(rawValue('{"a":"\\"data\\":1"}', 'data'), '');
});

t.test('text cut anywhere ends the scan', async (t) => {
  const text = '{"a":[{"b":"\\\\\\""}],"data":{"x":[1,"2"]} }';
  for (let end = 0; end <= text.length; end++)
    t.type(rawValue(text.slice(0, end), 'data'), 'string');
});
