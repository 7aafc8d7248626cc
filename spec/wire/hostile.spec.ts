import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { CodecError, FrameDecoder, FrameEncoder } from '../../lib/wire/codec';
import type { Command } from '../../lib/wire/frames';
import { WIRE_LIMITS } from '../../lib/wire/limits';
import { NameReader, NameWriter } from '../../lib/wire/names';
import { arbitraryFrame } from '../support/arbitrary-frames';
import { GOLDEN_FRAMES } from '../support/golden-frames';
import { runs } from '../support/depth';

t.test('every prefix of a frame is refused, with its dictionary', async (t) => {
  for (const { frame, hex } of GOLDEN_FRAMES) {
    const bytes = Buffer.from(hex, 'hex');
    const names = new NameReader();
    const decoder = new FrameDecoder({}, names);
    for (let length = 0; length < bytes.length; length++) {
      t.throws(
        () => decoder.decode(bytes.subarray(0, length)),
        CodecError,
        `${frame.type} ${length}`,
      );
    }
    t.equal(names.size, 0);
    t.equal(decoder.decode(bytes)?.type, frame.type);
  }
});

t.test('counts are limited', async (t) => {
  const refused = (title: string, bytes: Uint8Array, closeCode = 4400): void => {
    t.throws(() => new FrameDecoder().decode(bytes), { name: 'CodecError', closeCode }, title);
  };
  const firstSeq = '1001';
  const taken = (bytes: Uint8Array): string | undefined => new FrameDecoder().decode(bytes)?.type;

  t.equal(taken(wrap('2a', firstSeq + '1a00'.repeat(1_024))), 'commands');
  refused('1 025 commands', wrap('2a', firstSeq + '1a00'.repeat(1_025)));
  const run = (events: number): string =>
    '12' + wrap('', '2001' + '2a00'.repeat(events)).toString('hex');
  t.equal(taken(wrap('1a', run(1_000) + run(24))), 'events');
  refused('1 025 events in two runs', wrap('1a', run(1_000) + run(25)));
  t.equal(taken(wrap('1a', run(0).repeat(1_024))), 'events');
  refused('1 025 runs', wrap('1a', run(0).repeat(1_025)));
  t.equal(taken(wrap('22', '0a00'.repeat(65_536))), 'ack');
  refused('65 537 acked positions', wrap('22', '0a00'.repeat(65_537)));
  const ranges = (count: number): string =>
    '0a' +
    hexOf('', Array.from({ length: count }, (_, i) => `2a06${numbered(i * 2 + 128)}`).join(''));
  t.equal(taken(wrap('22', ranges(1_024))), 'ack');
  refused('1 025 finished ranges', wrap('22', ranges(1_025)));
  t.equal(taken(wrap('6a', ranges(1_024))), 'returned');
  refused('1 025 finished ranges in a rare frame', wrap('6a', ranges(1_025)));
  refused('65 537 refusals', wrap('32', '1200'.repeat(65_537)));
  refused(
    '65 537 excepted sockets',
    wrap('2a', firstSeq + '1a' + hexOf('', '4a00'.repeat(65_537))),
  );
  refused('65 537 packed channels', wrap('2a', firstSeq + '1a' + hexOf('72', '01'.repeat(65_537))));
  t.equal(taken(wrap('3a', '1200'.repeat(65_536))), 'subscribe');
  refused('65 537 rules', wrap('3a', '1200'.repeat(65_537)));
  refused('half a million unknown fields', wrap('9a01', '1801'.repeat(500_000)));
  t.equal(taken(wrap('9a01', '1801'.repeat(60_000))), 'bye', 'some unknown fields are skipped');
  refused('a HELLO above 64 KiB', wrap('0a', '12' + hexOf('', '61'.repeat(65_536))), 4413);
  refused('a frame above 1 MiB', Buffer.alloc(1_048_577), 4413);
});

t.test('random and mutated bytes throw nothing but a CodecError', async (t) => {
  const golden = GOLDEN_FRAMES.map(({ hex }) => Buffer.from(hex, 'hex'));
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    remove: fc.nat({ max: 4 }),
    insert: fc.uint8Array({ maxLength: 4 }),
  });
  const mutated = fc
    .tuple(fc.constantFrom(...golden), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([bytes, edits]) =>
      edits.reduce((from: Buffer, { at, remove, insert }) => {
        const place = Math.floor(at * from.length);
        return Buffer.concat([from.subarray(0, place), insert, from.subarray(place + remove)]);
      }, bytes),
    );
  const random = fc.uint8Array({ maxLength: 200 });
  const numRuns = runs(25_000);
  let refused = 0;
  let read = 0;
  const names = new NameReader();
  const decoder = new FrameDecoder({}, names);
  fc.assert(
    fc.property(fc.oneof({ weight: 4, arbitrary: mutated }, random), (bytes) => {
      const known = names.size;
      try {
        decoder.decode(bytes);
        read++;
      } catch (error) {
        if (!(error instanceof CodecError) || error.closeCode !== 4400) throw error;
        assert.equal(names.size, known, 'a refused frame changed the dictionary');
        refused++;
      }
    }),
    { numRuns },
  );
  t.equal(read + refused, numRuns);
  t.ok(Math.min(read, refused) > runs(1_000), `${read} read, ${refused} refused`);
});

t.test('the generated code is static', async (t) => {
  const code = readFileSync(`${__dirname}/../../proto/pipe.js`, 'utf8');
  t.strictSame(code.match(/require\([^)]*\)/g), ['require("protobufjs/minimal")']);
  t.notMatch(code, /\bFunction\s*\(|\beval\s*\(|fromJSON|fromDescriptor|__defineGetter__/);
});

t.test('the schema has no map fields, no groups and no recursion', async (t) => {
  const schema = readFileSync(`${__dirname}/../../proto/pipe.proto`, 'utf8').replace(/\/\/.*/g, '');
  t.notMatch(schema, /\bmap\s*</);
  t.notMatch(
    schema,
    /\bgroup\s+\w+\s*=\s*\d+\s*\{|\b(extend|extensions|import|s?int64|s?fixed64|float)\b/,
  );
  const parts = new Map(
    [...schema.matchAll(/message (\w+) \{(.*?)\n\}/gs)].map(([, name, body]) => [
      name!,
      [...body!.matchAll(/^\s*(?:repeated )?([A-Z]\w*) \w+ = \d+;/gm)].map(([, type]) => type!),
    ]),
  );
  t.ok(parts.size >= 30, `${parts.size} messages`);
  t.ok(parts.get('Frame')!.length === 22, 'bodies of Frame');
  const depth = (name: string, above: string[]): number => {
    if (above.includes(name)) throw new Error([...above, name].join(' > '));
    return 1 + Math.max(0, ...(parts.get(name) ?? []).map((part) => depth(part, [...above, name])));
  };
  t.equal(depth('Frame', []), 5, 'Frame > Commands > Ack > Position > Range at most');
});

t.test('names of the prototype are names like any other', async (t) => {
  const evil = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    'push',
    'error',
  ];
  const commands = evil.map((name): Command => ({
    verb: 1,
    channel: name,
    event: name,
    channels: evil,
  }));
  const frame = new FrameDecoder().decode(
    new FrameEncoder().encode({ type: 'commands', firstSeq: 1, commands }),
  );
  t.match(frame, { commands });
  t.equal(Object.keys(Object.prototype).length, 0);
});

t.test('a broken dictionary is 4400 and leaves the state unchanged', async (t) => {
  const define = (handle: string, nameBytes: number): string =>
    '0a' + hexOf('', `08${handle}12` + hexOf('', '61'.repeat(nameBytes)));
  const firstSeq = '1001';
  const use = (handle: string): string => `1a0210${handle}`;
  const rows: Array<[string, string]> = [
    ['unknown handle', firstSeq + use('02')],
    ['unknown event handle', firstSeq + '1a022002'],
    ['unknown handle among channels', firstSeq + '1a03720105'],
    ['second definition', define('01', 3) + firstSeq],
    ['definition of handle 0', define('00', 3) + firstSeq],
    ['definition out of turn', define('03', 3) + firstSeq],
    ['definition without a name', '0a020802' + firstSeq],
    ['name of 1 025 bytes', define('02', 1_025) + firstSeq],
    ['name of nearly 1 MiB', define('02', 1_000_000) + firstSeq],
    ['a good definition before a bad one', define('02', 3) + define('02', 3) + firstSeq],
    ['a good definition before a bad command', define('02', 3) + firstSeq + '1a03320' + '1ff'],
  ];
  const names = new NameReader();
  const decoder = new FrameDecoder({}, names);
  decoder.decode(wrap('2a', define('01', 3) + firstSeq + use('01')));
  t.equal(names.size, 1);
  for (const [title, hex] of rows) {
    t.throws(() => decoder.decode(wrap('2a', hex)), { name: 'CodecError', closeCode: 4400 }, title);
    t.equal(names.size, 1, title);
  }
  t.match(decoder.decode(wrap('2a', define('02', 1_024) + firstSeq + use('02'))), {
    commands: [{ channel: 'a'.repeat(1_024) }],
  });
});

t.test('a handle of the connection before is unknown', async (t) => {
  const encoder = new FrameEncoder();
  const frame = {
    type: 'commands' as const,
    firstSeq: 1,
    commands: [{ verb: 1 as const, channel: 'a' }],
  };
  new FrameDecoder().decode(encoder.encode(frame));
  const later = encoder.encode(frame);
  t.throws(() => new FrameDecoder().decode(later), { name: 'CodecError', closeCode: 4400 });
});

t.test('a dictionary ends at 65 536 names and 4 MiB', async (t) => {
  const writer = new NameWriter();
  const reader = new NameReader();
  let inLine = 0;
  for (let i = 0; i < 100_000; i++) {
    const handle = writer.handle(`name-${i}`);
    if (handle === 0) inLine++;
    else reader.define(handle, `name-${i}`);
    writer.settle();
  }
  t.equal(writer.size, 65_536);
  t.equal(inLine, 100_000 - 65_536);
  t.throws(() => reader.define(65_537, 'one more'), { name: 'CodecError', closeCode: 4400 });
  t.equal(reader.size, 65_536);

  const bytes = new NameReader();
  for (let i = 1; i <= 4_096; i++) bytes.define(i, String(i).padStart(1_024, 'n'));
  t.throws(() => bytes.define(4_097, 'n'), { name: 'CodecError', closeCode: 4400 });
  const long = new NameWriter();
  for (let i = 1; i <= 5_000; i++) long.handle(String(i).padStart(1_024, 'n'));
  t.equal(long.size, WIRE_LIMITS.maxNamesBytes / 1_024);
});

t.test('frames of one connection after a refused one are read as before', async (t) => {
  fc.assert(
    fc.property(
      fc.array(arbitraryFrame(3), { size: 'max', maxLength: 12 }),
      fc.array(fc.uint8Array({ maxLength: 40 })),
      (frames, junk) => {
        const encoder = new FrameEncoder();
        const names = new NameReader();
        const decoder = new FrameDecoder({}, names);
        frames.forEach((frame, i) => {
          const bytes = encoder.encode(frame);
          const broken = Buffer.concat([bytes, Buffer.from([0x0b]), Buffer.from(junk[i] ?? [])]);
          const known = names.size;
          assert.throws(() => decoder.decode(broken), CodecError);
          assert.equal(names.size, known);
          decoder.decode(bytes);
        });
      },
    ),
    { numRuns: runs(60) },
  );
  t.pass('all connections');
});

/** A range of one offset, from 128 to 16 383, in hex. */
function numbered(offset: number): string {
  const varint = Buffer.from([(offset & 127) | 128, offset >> 7]).toString('hex');
  return `08${varint}10${varint}`;
}

/** A length-delimited field in hex: tag, length, content. */
function hexOf(tag: string, content: string): string {
  return wrap(tag, content).toString('hex');
}

function wrap(tag: string, content: string): Buffer {
  const length: number[] = [];
  let rest = content.length / 2;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  length.push(rest);
  return Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from(length), Buffer.from(content, 'hex')]);
}
