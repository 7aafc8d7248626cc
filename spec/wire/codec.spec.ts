import { isDeepStrictEqual as same } from 'node:util';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { standpipe } from '../../proto/pipe';
import { CodecError, FrameDecoder, FrameEncoder } from '../../lib/wire/codec';
import { EventKind, Verb } from '../../lib/wire/frames';
import type { Command, Frame, PipeEvent, Run } from '../../lib/wire/frames';
import { WIRE_LIMITS } from '../../lib/wire/limits';
import { NameReader, NameWriter } from '../../lib/wire/names';
import { arbitraryFrame, framesByType } from '../support/arbitrary-frames';
import { withoutUndefined } from '../support/without-undefined';
import { GOLDEN_FRAMES } from '../support/golden-frames';
import { referenceBytes } from '../support/reference-codec';
import { runs } from '../support/depth';

const HOT = ['events', 'commands', 'ack', 'commandAck'] as const;

t.test('golden bytes', async (t) => {
  for (const { frame, hex } of GOLDEN_FRAMES) {
    t.equal(Buffer.from(new FrameEncoder().encode(frame)).toString('hex'), hex, frame.type);
    t.strictSame(
      withoutUndefined(new FrameDecoder().decode(Buffer.from(hex, 'hex'))),
      frame,
      frame.type,
    );
    const message = standpipe.v1.Frame.decode(Buffer.from(hex, 'hex'));
    t.equal(message.body, frame.type, `the generated code reads ${frame.type}`);
    t.equal(Buffer.from(standpipe.v1.Frame.encode(message).finish()).toString('hex'), hex);
  }
  t.strictSame(
    [...new Set(GOLDEN_FRAMES.map(({ frame }) => frame.type))].sort(),
    Object.keys(framesByType()).sort(),
    'there is one for each type of frame',
  );
});

t.test('every frame comes back as it was sent', async (t) => {
  for (const [type, frames] of Object.entries(framesByType())) {
    fc.assert(
      fc.property(frames as fc.Arbitrary<Frame>, (frame) => {
        const decoded = new FrameDecoder().decode(new FrameEncoder().encode(frame));
        assert.deepStrictEqual(withoutUndefined(decoded), frame);
      }),
      { numRuns: runs(150) },
    );
    t.pass(type);
  }
});

t.test('frames of one connection come back in turn, whatever names they share', async (t) => {
  fc.assert(
    fc.property(fc.array(arbitraryFrame(4), { size: 'max', maxLength: 40 }), (frames) => {
      const encoder = new FrameEncoder();
      const decoder = new FrameDecoder();
      return frames.every((frame) =>
        same(withoutUndefined(decoder.decode(encoder.encode(frame))), frame),
      );
    }),
    { numRuns: runs(60) },
  );
  t.pass('all connections');
});

t.test('frames come back also when the dictionary is full', async (t) => {
  const caps = { maxNames: 3, maxNamesBytes: 64, maxNameBytes: 8 };
  fc.assert(
    fc.property(fc.array(arbitraryFrame(4), { size: 'max', maxLength: 20 }), (frames) => {
      const names = new NameWriter(caps);
      const encoder = new FrameEncoder({}, names);
      const decoder = new FrameDecoder({}, new NameReader(caps));
      return (
        frames.every((frame) =>
          same(withoutUndefined(decoder.decode(encoder.encode(frame))), frame),
        ) && names.size <= 3
      );
    }),
    { numRuns: runs(100) },
  );
  t.pass('all connections');
});

t.test('hand-written and generated code write the same bytes and read each other', async (t) => {
  const byType = framesByType();
  for (const type of HOT) {
    fc.assert(
      fc.property(byType[type] as fc.Arbitrary<Parameters<typeof referenceBytes>[0]>, (frame) => {
        const bytes = Buffer.from(new FrameEncoder().encode(frame));
        const oracle = Buffer.from(referenceBytes(frame));
        return (
          bytes.equals(oracle) && same(withoutUndefined(new FrameDecoder().decode(oracle)), frame)
        );
      }),
      { numRuns: runs(400) },
    );
    t.pass(type);
  }
});

t.test('texts of every length at the edges of a length prefix', async (t) => {
  for (const unit of ['a', 'ä', '𝄞']) {
    for (const length of [
      0, 1, 24, 25, 41, 42, 43, 63, 64, 80, 127, 128, 129, 5461, 16383, 16384,
    ]) {
      const frame = commandsFrame([
        { verb: Verb.TRIGGER_CHANNEL, data: unit.repeat(length) || undefined },
      ]);
      const bytes = Buffer.from(new FrameEncoder().encode(frame));
      t.ok(bytes.equals(Buffer.from(referenceBytes(frame))), `${length} × ${unit}`);
      t.strictSame(withoutUndefined(new FrameDecoder().decode(bytes)), withoutUndefined(frame));
    }
  }
});

t.test('a lone surrogate becomes U+FFFD, as everywhere in JSON over UTF-8', async (t) => {
  const bytes = new FrameEncoder().encode(
    commandsFrame([{ verb: 1, data: '"\ud800"', channel: '\udfff' }]),
  );
  const frame = new FrameDecoder().decode(bytes);
  t.match(frame, { commands: [{ data: '"\ufffd"', channel: '\ufffd' }] });
});

t.test('a name crosses a connection once', async (t) => {
  const encoder = new FrameEncoder();
  const decoder = new FrameDecoder();
  const frame = commandsFrame([{ verb: 1, channel: 'a-long-channel-name', event: 'move' }]);
  const first = Buffer.from(encoder.encode(frame));
  const second = Buffer.from(encoder.encode(frame));
  t.ok(first.includes('a-long-channel-name') && first.includes('move'));
  t.notOk(second.includes('a-long-channel-name') || second.includes('move'));
  t.strictSame(withoutUndefined(decoder.decode(first)), frame);
  t.strictSame(withoutUndefined(decoder.decode(second)), frame);
});

t.test('handed out bytes are never written to again', async (t) => {
  const encoder = new FrameEncoder();
  const frames = Array.from({ length: 50 }, (_, i) =>
    commandsFrame([{ verb: 1, data: String(i).repeat(i * 50 + 1) }]),
  );
  const bytes = frames.map((frame) => encoder.encode(frame));
  const decoder = new FrameDecoder();
  t.strictSame(
    bytes.map((each) => withoutUndefined(decoder.decode(each))),
    frames,
  );
});

t.test('a decoded frame does not change with the memory it was read from', async (t) => {
  for (const { frame, hex } of GOLDEN_FRAMES) {
    const bytes = Buffer.from(hex, 'hex');
    const decoded = new FrameDecoder().decode(bytes);
    bytes.fill(0);
    t.strictSame(withoutUndefined(decoded), frame, frame.type);
  }
});

t.test('decode takes any Uint8Array', async (t) => {
  const { frame, hex } = GOLDEN_FRAMES[2]!;
  const around = Uint8Array.from([1, 2, 3, ...Buffer.from(hex, 'hex'), 4, 5]);
  const view = around.subarray(3, around.length - 2);
  t.strictSame(withoutUndefined(new FrameDecoder().decode(view)), frame);
});

t.test('splitting', async (t) => {
  t.test('runs keep their offsets, also when one is cut', async (t) => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 30 }), { size: 'max', maxLength: 12 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(1, 3_000, 30_000),
        (lengths, maxBatch, dataLength) => {
          const limits = { maxBatch };
          const runs = lengths.map((length, i) => run(i, length, dataLength));
          const decoder = new FrameDecoder(limits);
          const frames = new FrameEncoder(limits).encodeEvents(runs, commandAck());
          const seen = frames.flatMap((bytes, i) => {
            const frame = decoder.decode(bytes);
            if (frame?.type !== 'events') throw new Error('events expected');
            if ((frame.commandAck !== undefined) !== (i === 0)) throw new Error('ack misplaced');
            return frame.runs.flatMap(places);
          });
          return same(seen, runs.flatMap(places));
        },
      ),
      { numRuns: runs(100) },
    );
    t.pass('all lists');
  });

  t.test('a frame ends at 1 024 events', async (t) => {
    const frames = new FrameEncoder().encodeEvents([run(0, 1_025, 1)]);
    const decoder = new FrameDecoder();
    const sizes = frames.map((bytes) => {
      const frame = decoder.decode(bytes);
      return frame?.type === 'events' ? frame.runs.flatMap(places).length : 0;
    });
    t.strictSame(sizes, [1_024, 1]);
  });

  t.test('a frame ends when it has reached 64 KiB', async (t) => {
    const frames = new FrameEncoder().encodeEvents([run(0, 20, 10_240)]);
    t.equal(frames.length, 3);
    for (const bytes of frames) t.ok(bytes.length < WIRE_LIMITS.flushBytes + 10_300);
  });

  t.test('limits of 0 still let every entry through, one to a frame', async (t) => {
    const encoder = new FrameEncoder({ maxBatch: 0 });
    t.ok(encoder.encode(commandsFrame([{ verb: 5 }])));
    t.equal(encoder.encodeEvents([run(0, 2, 1), run(1, 1, 1)]).length, 3);
    const tiny = new FrameEncoder({ maxFrameBytes: 0 });
    t.throws(() => tiny.encode(commandsFrame([{ verb: 5 }])), CodecError);
    t.throws(() => tiny.encodeEvents([run(0, 2, 1)]), CodecError);
  });

  t.test('nothing to send is one empty frame, which carries the ack', async (t) => {
    t.equal(new FrameEncoder().encodeEvents([]).length, 1);
  });
});

t.test('commands with the longest data that may be configured fit into a frame', async (t) => {
  const list = [
    { verb: Verb.TRIGGER_CHANNEL, data: 'x'.repeat(WIRE_LIMITS.flushBytes - 100) },
    { verb: Verb.TRIGGER_CHANNEL, data: 'x'.repeat(WIRE_LIMITS.maxDataBytes) },
  ];
  t.ok(new FrameEncoder().encode(commandsFrame(list)));
});

t.test(
  'a frame that cannot be sent throws a CodecError and leaves the dictionary alone',
  async (t) => {
    const rows: Array<[string, Frame]> = [
      ['too many commands', commandsFrame(Array<Command>(1_025).fill({ verb: 1, channel: 'n' }))],
      ['too many events', { type: 'events', runs: [run(0, 1_025, 1)] }],
      ['a fraction', { ...commandsFrame([{ verb: 1, channel: 'n' }]), firstSeq: 1.5 }],
      ['a number below 1', { ...commandsFrame([{ verb: 1, channel: 'n' }]), firstSeq: 0 }],
      [
        'a number past 2^53-1',
        { ...commandsFrame([{ verb: 1 }, { verb: 1 }]), firstSeq: Number.MAX_SAFE_INTEGER },
      ],
      ['a negative code', commandsFrame([{ verb: 4, channel: 'n', code: -1 }])],
      ['a code of 33 bits', commandsFrame([{ verb: 4, channel: 'n', code: 2 ** 32 }])],
      ['a fraction in a rare frame', { type: 'lost', partition: 0.5, generation: 1 }],
      [
        'an offset that is no number',
        { type: 'returned', position: { partition: 0, generation: 1, epoch: 1, offset: NaN } },
      ],
      ['a negative time', { type: 'ping', time: -1 }],
      [
        'data above the frame limit',
        commandsFrame([{ verb: 1, channel: 'n', data: 'x'.repeat(1 << 20) }]),
      ],
      ['data far above it', commandsFrame([{ verb: 1, channel: 'n', data: 'x'.repeat(1 << 23) }])],
      ['a rare frame above it', { type: 'bye', reason: 'x'.repeat(1 << 20) }],
    ];
    for (const [title, frame] of rows) {
      const names = new NameWriter();
      const encoder = new FrameEncoder({}, names);
      encoder.encode(commandsFrame([{ verb: 1, channel: 'known' }]));
      t.throws(() => encoder.encode(frame), CodecError, title);
      t.equal(names.size, 1, `${title}: nothing is defined`);
      const decoder = new FrameDecoder();
      decoder.decode(new FrameEncoder().encode(commandsFrame([{ verb: 1, channel: 'known' }])));
      const next = commandsFrame([{ verb: 1, channel: 'n', event: 'known' }]);
      t.strictSame(
        withoutUndefined(decoder.decode(encoder.encode(next))),
        next,
        `${title}: the next one works`,
      );
    }
  },
);

t.test('a frame of exactly the limit is read, one byte more is 4413', async (t) => {
  const limits = { maxFrameBytes: 100 };
  const bye = (length: number): Uint8Array =>
    new FrameEncoder().encode({ type: 'bye', reason: 'x'.repeat(length) });
  const exact = bye(95);
  t.equal(exact.length, 100);
  t.equal(new FrameDecoder(limits).decode(exact)?.type, 'bye');
  t.throws(() => new FrameDecoder(limits).decode(bye(96)), { code: 'bad_frame', closeCode: 4413 });
});

t.test('frames of a later version are read as far as they are known', async (t) => {
  t.equal(decodeHex('ca0c00'), undefined, 'a frame with an unknown body is told as undefined');
  t.equal(decodeHex('c80c05'), undefined, 'also when it is a number');
  t.match(decodeHex('9a01060a04646f6e65' + 'ca0c00'), { type: 'bye' }, 'beside a known body too');
  t.match(decodeHex('9a01080a04646f6e651801'), { type: 'bye', reason: 'done' }, 'unknown field');
  t.match(
    decodeHex('2a0810011a0408633801'),
    { type: 'commands', commands: [{ verb: 99 }] },
    'unknown verb and a field of another wire type',
  );
  t.match(
    decodeHex('1a0b120920012a050863800101'),
    { type: 'events', runs: [{ events: [{ kind: 99 }] }] },
    'unknown kind',
  );
  t.match(decodeHex('4a023063'), { type: 'gap', cause: 'unspecified' }, 'unknown cause');
});

t.test('channels one by one are read like packed ones', async (t) => {
  const frame = decodeHex('2a11' + '0a0508011201' + '61' + '1001' + '1a06' + '080170017001');
  t.match(frame, { commands: [{ verb: 1, channels: ['a', 'a'] }] });
});

function commandsFrame(commands: Command[]): Extract<Frame, { type: 'commands' }> {
  return { type: 'commands', firstSeq: 1, commands: commands.map(withoutUndefined) };
}

function run(partition: number, length: number, dataLength: number): Run {
  const events = Array.from({ length }, (_, i): PipeEvent => ({
    kind: EventKind.MESSAGE,
    socketId: `${partition}.${i}`,
    channel: `c${i}`,
    data: 'x'.repeat(dataLength),
    time: 1,
  }));
  return { partition, generation: 1, epoch: 1, firstOffset: partition * 100 + 1, events };
}

function commandAck(): { applied: number; refused: []; receipts: [] } {
  return { applied: 1, refused: [], receipts: [] };
}

/** Each event of a run by its place. */
function places({ partition, firstOffset, events }: Run): string[] {
  return events.map((event, i) => `${partition} ${firstOffset + i} ${event.socketId}`);
}

function decodeHex(hex: string): Frame | undefined {
  return new FrameDecoder().decode(Buffer.from(hex, 'hex'));
}
