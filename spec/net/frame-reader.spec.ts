import fc from 'fast-check';
import { deepStrictEqual } from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import t from 'tap';
import type { WebSocket } from 'ws';
import { WebSocketServers } from '../../lib/gateway/transport/upgrades';
import { type FrameHandler, FrameReader } from '../../lib/net/frame-reader';
import { closeFrame, frame, type FrameForm, Opcode } from '../support/raw-socket';
import { runs } from '../support/depth';

const MAX_PAYLOAD_BYTES = 66_000;
const servers = new WebSocketServers({ endOfTurn: setImmediate });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The gateway's end of a connection. */
class Line extends Duplex {
  written = '';

  override _read(): void {
    // Bytes are pushed when a spec has them.
  }

  override _write(bytes: Buffer, _: string, done: () => void): void {
    this.written += bytes.toString('hex');
    done();
  }
}

/** An event or a state, with the number of the turn that brought it about. */
type Entry = [turn: number, what: string, ...about: unknown[]];

/** A WebSocket as the gateway makes it, with the listener that takes its bytes. */
function accepted(): { line: Line; ws: WebSocket; parser: (bytes: Buffer) => void } {
  const line = new Line();
  const headers = {
    upgrade: 'websocket',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-version': '13',
  };
  const request = { method: 'GET', headers } as unknown as IncomingMessage;
  const opened: WebSocket[] = [];
  servers.open(
    { request, stream: line, head: Buffer.alloc(0) },
    { maxPayloadBytes: MAX_PAYLOAD_BYTES },
    (made) => opened.push(made),
  );
  const [ws] = opened as [WebSocket];
  line.written = '';
  const [listener] = line.listeners('data').splice(-1) as [(bytes: Buffer) => void];
  return { line, ws, parser: (bytes) => listener.call(line, bytes) };
}

/** All that the chunks of some turns bring about, with a reader before `ws` or without. */
async function course(turns: ReadonlyArray<readonly Buffer[]>, isFast: boolean): Promise<Entry[]> {
  const { line, ws, parser } = accepted();
  const entries: Entry[] = [];
  let number = 0;
  const note = (what: string, ...about: unknown[]): void =>
    void entries.push([number, what, ...about]);
  const handler: FrameHandler = {
    message: (data) =>
      note(typeof data === 'string' ? 'text' : 'binary', data.toString(), data.length),
    pinged: (payload) => note('ping', payload.toString('hex')),
    ponged: (payload) => note('pong', payload.toString('hex')),
  };
  ws.on('message', (data, isBinary) =>
    handler.message(isBinary ? (data as Buffer) : (data as Buffer).toString()),
  );
  ws.on('ping', handler.pinged);
  ws.on('pong', handler.ponged);
  ws.on('error', ({ code, message }: NodeJS.ErrnoException) => note('error', code, message));
  ws.on('close', (code, reason) => note('close', code, reason.toString()));
  line.removeAllListeners('data');
  const reader = new FrameReader(handler, { parse: parser }, MAX_PAYLOAD_BYTES);
  line.on('data', (bytes: Buffer) => (isFast ? reader.read(bytes) : parser(bytes)));
  for (const chunks of turns) {
    number++;
    // A copy, as payloads are unmasked in place.
    for (const chunk of chunks) line.push(Buffer.from(chunk));
    await turn();
    note('state', ws.readyState, line.written);
  }
  line.push(null);
  for (let left = 3; left > 0; left--) await turn();
  line.destroy();
  await turn();
  note('state', ws.readyState, line.written);
  return entries;
}

const payload = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 250, max: 300 }).map((n) => 'a'.repeat(n) + 'ü'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, 1, 125, 126, 127, 255, 256, 300).map((n) => 'a'.repeat(n)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(65_535, 65_536, 66_000, 66_001)
      .map((n) => 'ü'.repeat(n >> 1) + 'x'.repeat(n & 1)),
  },
);
/** UTF-8 and what is nearly UTF-8: overlong forms, surrogates, beginnings and ends of characters. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '61',
        'c3a4',
        'c0af',
        'eda080',
        'efbfbd',
        'efbbbf',
        'f09f9880',
        'f4908080',
        'e282',
        'ff',
        '80',
      ),
      { maxLength: 12 },
    )
    .map((parts) => Buffer.from(parts.join(''), 'hex')),
);
const maskingKey = fc.oneof(
  fc.constant(Buffer.alloc(4)),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((key) => Buffer.from(key)),
);
const ordinary = fc
  .tuple(
    fc.oneof(
      fc.tuple(fc.constantFrom(Opcode.TEXT, Opcode.BINARY), payload),
      fc.tuple(fc.constantFrom(Opcode.PING, Opcode.PONG), fc.string({ maxLength: 20 })),
    ),
    maskingKey,
  )
  .map(([[opcode, body], key]) => frame(opcode, body, { maskingKey: key }));
const LENGTHS = [0n, 1n, 126n, 65_536n, 66_001n, 2n ** 32n + 5n, 2n ** 53n, 2n ** 63n];
const fault: fc.Arbitrary<FrameForm> = fc.oneof(
  fc.constant({ final: false }),
  fc.constant({ masked: false }),
  fc.constantFrom(1, 2, 4).map((reserved) => ({ reserved })),
  fc.constantFrom(...LENGTHS).map((length) => ({ length })),
);
const extraordinary = fc.oneof(
  fc
    .tuple(fc.constantFrom(1000, 1005, 1006, 3000, 999), fc.string({ maxLength: 20 }))
    .map((close) => closeFrame(...close)),
  fc
    .record({
      opcode: fc.integer({ min: 0, max: 15 }),
      body: bytes,
      form: fc.record(
        {
          final: fc.boolean(),
          reserved: fc.constantFrom(0, 0, 0, 1, 2, 4),
          masked: fc.constantFrom(true, true, true, false),
          maskingKey,
          length: fc.constantFrom(
            0n,
            1n,
            125n,
            126n,
            65_536n,
            66_001n,
            2n ** 32n,
            2n ** 53n,
            2n ** 63n,
          ),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ opcode, body, form }) => frame(opcode, Buffer.from(body), form)),
  // Ordinary but for one fault.
  fc
    .tuple(fc.constantFrom(Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.PONG), bytes, fault)
    .map(([opcode, body, form]) => frame(opcode, Buffer.from(body), form)),
  fc
    .tuple(fc.constantFrom(Opcode.PING, Opcode.PONG), fc.integer({ min: 120, max: 70_000 }))
    .map(([opcode, length]) => frame(opcode, 'p'.repeat(length))),
  // Long texts of ASCII but for some bytes.
  fc
    .tuple(fc.integer({ min: 250, max: 300 }), bytes)
    .map(([length, some]) => frame(Opcode.TEXT, Buffer.concat([Buffer.alloc(length, 'a'), some]))),
  // Fragments with a ping between them.
  fc
    .tuple(payload, payload)
    .map(([one, other]) =>
      Buffer.concat([
        frame(Opcode.TEXT, one, { final: false }),
        frame(Opcode.PING, 'p'),
        frame(Opcode.CONTINUATION, other),
      ]),
    ),
  bytes.map((body) => frame(Opcode.TEXT, Buffer.from(body))),
  bytes.map((body) => Buffer.from(body)),
);
const stream = fc
  .array(fc.oneof({ weight: 6, arbitrary: ordinary }, { weight: 1, arbitrary: extraordinary }), {
    maxLength: 12,
    size: 'max',
  })
  .map((frames) => Buffer.concat(frames));
/** Sizes of chunks, again and again, and how many of them come in a turn. */
const cuts = fc.record({
  sizes: fc.array(
    fc.oneof(
      fc.constantFrom(1, 2, 3, 6, 8, 13, 14),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 70_000 }),
    ),
    { minLength: 1, maxLength: 10 },
  ),
  together: fc.constantFrom(1, 1, 2, 7),
});

/** Chunks of a stream in turns. A long stream is not cut into more than a few hundred of them. */
function cut(
  all: Buffer,
  { sizes, together }: { sizes: readonly number[]; together: number },
): Buffer[][] {
  const least = Math.ceil(all.length / 200);
  const turns: Buffer[][] = [];
  let chunks = 0;
  for (let at = 0; at < all.length; chunks++) {
    const end = at + Math.max(least, sizes[chunks % sizes.length] as number);
    if (chunks % together === 0) turns.push([]);
    turns.at(-1)?.push(all.subarray(at, end));
    at = end;
  }
  return turns;
}

t.test(
  'any bytes in any chunks have the outcome that they have with ws alone, in the same turn',
  async () => {
    await fc.assert(
      fc.asyncProperty(stream, cuts, async (all, sizes) => {
        const turns = cut(all, sizes);
        deepStrictEqual(await course(turns, true), await course(turns, false));
      }),
      { numRuns: runs(400) },
    );
  },
);

t.test('messages, pings and pongs in whole frames do not reach ws', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(ordinary, { maxLength: 8 }), cuts, async (frames, sizes) => {
      const all = Buffer.concat(frames);
      let heard = 0;
      const count = (): void => void heard++;
      const reader = new FrameReader(
        { message: count, pinged: count, ponged: count },
        { parse: () => t.fail('left to ws') },
        2 ** 20,
      );
      const turns = cut(all, { ...sizes, sizes: sizes.sizes.map((size) => size + 5_000) });
      for (const chunk of turns.flat()) reader.read(Buffer.from(chunk));
      deepStrictEqual(heard, frames.length);
    }),
    { numRuns: runs(100) },
  );
});

t.test('bytes that are read while a message is handled are handled behind it', (t) => {
  const heard: unknown[] = [];
  const reader = new FrameReader(
    {
      message: (data) => {
        if (data === 'first') reader.read(frame(Opcode.TEXT, 'last'));
        heard.push(data);
      },
      pinged: () => undefined,
      ponged: () => undefined,
    },
    { parse: () => t.fail('left to ws') },
    100,
  );
  reader.read(Buffer.concat([frame(Opcode.TEXT, 'first'), frame(Opcode.TEXT, 'second')]));
  t.same(heard, ['first', 'second', 'last']);
  t.end();
});

t.test('a frame in very many pieces is left to ws, which limits them', async (t) => {
  const all = frame(Opcode.BINARY, Buffer.alloc(2_000, 1));
  const turns = Array.from(all, (byte) => [Buffer.of(byte)]);
  const entries = await course(turns, true);
  t.strictSame(entries, await course(turns, false));
  t.match(entries.find(([, what]) => what === 'error')?.slice(2), [
    'WS_ERR_TOO_MANY_BUFFERED_PARTS',
  ]);
});
