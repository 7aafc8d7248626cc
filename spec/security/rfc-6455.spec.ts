import t, { type Test } from 'tap';
import { signPipeRequest } from '../../lib/pusher/pipe-signature';
import { FrameDecoder, FrameEncoder } from '../../lib/wire/codec';
import { type Frame, frame, type FrameForm, Opcode, RawSocket } from '../support/raw-socket';
import { SECRET, startGateway } from '../support/start-gateway';
import { helloFrame } from '../support/wire-client';

/** A port of WebSockets, by what its peers send. */
interface Entrance {
  name: string;
  opcode: number;
  maxBytes: number;
  /** Opens a connection on which messages are answered. */
  open(port: number): Promise<RawSocket>;
  /** Payload of so many bytes, 64 at least, that is answered once. */
  asking(bytes: number): Buffer;
  isAnswer(payload: Buffer): boolean;
}

const KB = 1024;
const encoder = new FrameEncoder();

/** A field of an experiment, which the gateway ignores, so that a frame has a certain length. */
function padding(bytes: number): Buffer {
  // Key of field 1000 as bytes, then a length in three bytes.
  const length = bytes - 5;
  const head = [0xc2, 0x3e, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, 'x')]);
}

const ENTRANCES: readonly Entrance[] = [
  {
    name: 'browsers',
    opcode: Opcode.TEXT,
    maxBytes: 64 * KB,
    open: async (port) => {
      const raw = await RawSocket.upgrade(port);
      await raw.next();
      return raw;
    },
    asking: (bytes) => {
      const [before, after] = ['{"event":"pusher:ping","data":"', '"}'];
      return Buffer.from(`${before}${'x'.repeat(bytes - before.length - after.length)}${after}`);
    },
    isAnswer: (payload) => payload.toString().includes('pusher:pong'),
  },
  {
    name: 'backends',
    opcode: Opcode.BINARY,
    maxBytes: 1024 * KB,
    open: async (port) => {
      const path = '/pipe/1';
      const timestampS = Math.floor(Date.now() / 1000);
      const query = signPipeRequest({ key: 'key', secret: SECRET, path, timestampS });
      const headers = { 'Sec-WebSocket-Protocol': 'standpipe.v1' };
      const raw = await RawSocket.upgrade(port, `${path}?${query}`, headers);
      for (const each of [{ ...helloFrame, rules: [] }, { type: 'ready' } as const]) {
        raw.send(Opcode.BINARY, Buffer.from(encoder.encode(each)));
      }
      return raw;
    },
    asking: (bytes) => {
      const ping = encoder.encode({ type: 'ping', time: 7 });
      return Buffer.concat([ping, padding(bytes - ping.length)]);
    },
    isAnswer: (payload) => {
      try {
        return new FrameDecoder().decode(payload)?.type === 'pong';
      } catch {
        // Other frames may need what earlier frames have told.
        return false;
      }
    },
  },
];

/** The connection of a case. */
class Peer {
  readonly #entrance: Entrance;
  readonly #raw: RawSocket;

  constructor(entrance: Entrance, raw: RawSocket) {
    this.#entrance = entrance;
    this.#raw = raw;
  }

  send(...frames: Buffer[]): this {
    this.#raw.write(Buffer.concat(frames));
    return this;
  }

  /** Bytes one by one, each in a packet of its own where the system does as it is told. */
  async drip(bytes: Buffer): Promise<void> {
    for (const byte of bytes) {
      this.#raw.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The whole of a message that is answered. */
  asks(bytes = 64, form?: FrameForm): this {
    const { opcode, asking } = this.#entrance;
    return this.send(frame(opcode, asking(bytes), form));
  }

  /** Waits for the answer to a message; tells the pongs that came before it. */
  async answered(): Promise<string[]> {
    const pongs: string[] = [];
    for (;;) {
      const next = await this.#next();
      if (next.opcode === Opcode.PONG) pongs.push(next.payload.toString('latin1'));
      else if (this.#entrance.isAnswer(next.payload)) return pongs;
    }
  }

  /** The payload of the next close frame, and then the end of the connection. */
  async closed(): Promise<{ code: number; payload: string }> {
    let payload = '';
    for (let next = await this.#raw.next(); next !== undefined; next = await this.#raw.next()) {
      if (next.opcode !== Opcode.CLOSE) continue;
      payload = next.payload.toString('hex');
      this.#raw.stream.end();
    }
    return { code: await this.#raw.closeCode(), payload };
  }

  async #next(): Promise<Frame> {
    const next = await this.#raw.next();
    if (next === undefined || next.opcode === Opcode.CLOSE) {
      throw new Error(`closed with ${this.#raw.close.code} ${this.#raw.close.reason}`);
    }
    return next;
  }
}

type Opened = (entrance: Entrance) => Promise<Peer>;

/** A group of cases, for each entrance. */
function group(
  title: string,
  run: (t: Test, peer: () => Promise<Peer>, entrance: Entrance) => Promise<void>,
): void {
  t.test(title, async (t) => {
    const gateway = await startGateway(t);
    const open: Opened = async (entrance) => {
      const raw = await entrance.open(gateway.port);
      t.teardown(() => raw.destroy());
      return new Peer(entrance, raw);
    };
    for (const entrance of ENTRANCES) {
      await t.test(entrance.name, (t) => run(t, () => open(entrance), entrance));
    }
    t.equal(gateway.metrics.failures, 0);
  });
}

const { TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG } = Opcode;

group('frames of every form of length are read whole (5.2)', async (t, peer, { maxBytes }) => {
  const one = await peer();
  for (const bytes of [64, 125, 126, 127, 128, 255, 256, 32 * KB, 64 * KB - 1, 64 * KB]) {
    t.strictSame(await one.asks(bytes).answered(), [], `${bytes} bytes`);
  }
  t.strictSame(await one.asks(maxBytes).answered(), [], 'the limit');
  one.asks(maxBytes + 1);
  t.equal((await one.closed()).code, 1009, 'a byte more');
});

group('frames may come byte by byte, and several in one read (5.2)', async (t, peer, entrance) => {
  const one = await peer();
  await one.drip(frame(entrance.opcode, entrance.asking(130)));
  t.strictSame(await one.answered(), []);
  one.asks().asks().asks();
  for (let left = 3; left > 0; left--) await one.answered();
  await one.drip(frame(PING, 'slowly'));
  t.strictSame(await one.asks().answered(), ['slowly']);
});

group('masks are undone, whatever they are, and must be there (5.3)', async (t, peer, entrance) => {
  const one = await peer();
  for (const key of ['00000000', 'ffffffff', '01020304']) {
    const form = { maskingKey: Buffer.from(key, 'hex') };
    t.strictSame(await one.asks(131, form).answered(), [], key);
  }
  for (const opcode of [entrance.opcode, PING, CLOSE]) {
    const other = await peer();
    other.send(frame(opcode, '', { masked: false }));
    t.equal((await other.closed()).code, 1002, `opcode ${opcode}`);
  }
});

group('pings are answered with their payload, pongs are not (5.5.2, 5.5.3)', async (t, peer) => {
  const one = await peer();
  const payloads = ['', 'a', '\0\xff\xfe', 'x'.repeat(125)];
  one.send(...payloads.map((each) => frame(PING, Buffer.from(each, 'latin1'))));
  t.strictSame(await one.asks().answered(), payloads);
  one.send(frame(PONG), frame(PONG, 'unasked'), frame(PONG, 'x'.repeat(125)));
  t.strictSame(await one.asks().answered(), []);
  for (const opcode of [PING, PONG]) {
    const long = await peer();
    long.send(frame(opcode, 'x'.repeat(126)));
    t.equal((await long.closed()).code, 1002, `opcode ${opcode} of 126 bytes`);
    const split = await peer();
    split.send(frame(opcode, 'x', { final: false }), frame(CONTINUATION, 'y'));
    t.equal((await split.closed()).code, 1002, `opcode ${opcode} in fragments`);
  }
});

group('reserved bits are refused in every kind of frame (5.2)', async (t, peer, { opcode }) => {
  for (const reserved of [1, 2, 3, 4, 5, 6, 7]) {
    const one = await peer();
    one.send(frame(opcode, 'x', { reserved }));
    t.equal((await one.closed()).code, 1002, `bits ${reserved}`);
  }
  for (const each of [PING, PONG, CLOSE]) {
    const one = await peer();
    one.send(frame(each, '', { reserved: 4 }));
    t.equal((await one.closed()).code, 1002, `opcode ${each}`);
  }
  const one = await peer();
  one.send(frame(opcode, 'x', { final: false }), frame(CONTINUATION, 'y', { reserved: 4 }));
  t.equal((await one.closed()).code, 1002, 'in a continuation');
});

group('opcodes without a meaning are refused (5.2)', async (t, peer) => {
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
    for (const payload of ['', 'x']) {
      const one = await peer();
      one.send(frame(opcode, payload));
      t.equal((await one.closed()).code, 1002, `${opcode} with ${payload.length} bytes`);
    }
  }
});

group(
  'fragments are one message, and control frames may lie between them (5.4)',
  async (t, peer, entrance) => {
    const { opcode } = entrance;
    const whole = entrance.asking(100);
    const [first, second, third] = [
      whole.subarray(0, 40),
      whole.subarray(40, 41),
      whole.subarray(41),
    ];
    const open = { final: false };
    const one = await peer();
    one.send(
      frame(opcode, first, open),
      frame(CONTINUATION, second, open),
      frame(CONTINUATION, third),
    );
    t.strictSame(await one.answered(), []);
    one.send(frame(opcode, '', open), frame(CONTINUATION, whole, open), frame(CONTINUATION));
    t.strictSame(await one.answered(), [], 'empty fragments');
    one.send(frame(opcode, first, open), frame(PING, 'between'), frame(PONG));
    one.send(frame(CONTINUATION, second, open), frame(PING, 'again'), frame(CONTINUATION, third));
    t.strictSame(await one.answered(), ['between', 'again']);
    for (const [title, frames] of [
      ['a continuation of nothing', [frame(CONTINUATION, 'x')]],
      ['an empty one', [frame(CONTINUATION, '', open)]],
      ['a message in a message', [frame(opcode, first, open), frame(opcode, whole)]],
      [
        'a continuation behind the last',
        [frame(opcode, first, open), frame(CONTINUATION, ''), frame(CONTINUATION, '')],
      ],
    ] as const) {
      const other = await peer();
      other.send(...frames);
      // The middle of a message may be refused for what it says before.
      t.ok([1002, 4400].includes((await other.closed()).code), title);
    }
  },
);

const CHARACTERS = ['é', '€', '😀', '\u0000', '\uFFFD', '\uFEFF', '\u{10FFFF}', '\uFFFF'];
const NO_UTF8 = [
  '80',
  'bf',
  'c0af',
  'c1bf',
  'c3',
  'e08080',
  'e282',
  'eda080',
  'edbfbf',
  'f0808080',
  'f09f98',
  'f4908080',
  'f8888080',
  'fe',
  'ff',
];

t.test('text is UTF-8, wherever it is cut (8.1)', async (t) => {
  const { port } = await startGateway(t);
  const [browsers] = ENTRANCES as readonly [Entrance, ...Entrance[]];
  const peer = async (): Promise<Peer> => new Peer(browsers, await browsers.open(port));
  const one = await peer();
  for (const character of CHARACTERS) {
    // Control characters stand in JSON only as escapes.
    const text = character === '\u0000' ? '\\u0000' : character;
    const bytes = Buffer.from(`{"event":"pusher:ping","data":"${text}"}`);
    for (let at = bytes.length - 5; at < bytes.length - 2; at++) {
      const parts = [bytes.subarray(0, at), bytes.subarray(at)] as const;
      one.send(frame(TEXT, parts[0], { final: false }), frame(CONTINUATION, parts[1]));
      t.strictSame(await one.answered(), [], JSON.stringify(character));
    }
  }
  for (const hex of NO_UTF8) {
    const bytes = Buffer.from(`61${hex}`, 'hex');
    const whole = await peer();
    whole.send(frame(TEXT, bytes));
    t.equal((await whole.closed()).code, 1007, hex);
    const cut = await peer();
    cut.send(
      frame(TEXT, bytes.subarray(0, 2), { final: false }),
      frame(CONTINUATION, bytes.subarray(2)),
    );
    t.equal((await cut.closed()).code, 1007, `${hex} in fragments`);
    const reason = await peer();
    reason.send(frame(CLOSE, Buffer.concat([Buffer.from([3, 0xe8]), bytes])));
    t.equal((await reason.closed()).code, 1007, `${hex} as a reason`);
  }
});

t.test('messages of the other kind are refused, and told why', async (t) => {
  const { port } = await startGateway(t);
  const [browsers, backends] = ENTRANCES as readonly [Entrance, Entrance];
  const browser = new Peer(browsers, await browsers.open(port));
  t.strictSame(await browser.send(frame(BINARY, 'x')).asks().answered(), [], 'a browser stays');
  const backend = new Peer(backends, await backends.open(port));
  backend.send(frame(TEXT, 'x'));
  t.equal((await backend.closed()).code, 4400);
});

group(
  'a close frame is answered with its code, and ends the connection (5.5.1, 7.4)',
  async (t, peer) => {
    const codes = [
      1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
      4999,
    ];
    for (const code of codes) {
      const one = await peer();
      const payload = Buffer.from([code >> 8, code & 0xff]);
      one.send(frame(CLOSE, Buffer.concat([payload, Buffer.from('é'.repeat(61))])));
      t.equal((await one.closed()).code, code);
    }
    const empty = await peer();
    t.strictSame(await empty.send(frame(CLOSE)).closed(), { code: 1006, payload: '' }, 'no code');
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]) {
      const one = await peer();
      one.send(frame(CLOSE, Buffer.from([code >> 8, code & 0xff])));
      t.equal((await one.closed()).code, 1002, `the code ${code}`);
    }
    const short = await peer();
    t.equal((await short.send(frame(CLOSE, 'x')).closed()).code, 1002, 'half a code');
    const long = await peer();
    t.equal((await long.send(frame(CLOSE, 'x'.repeat(126))).closed()).code, 1002, '126 bytes');
  },
);

group('nothing behind a close frame is handled (5.5.1)', async (t, peer, { opcode, asking }) => {
  const code = frame(CLOSE, Buffer.from([3, 0xe8]));
  for (const behind of [frame(opcode, asking(64)), frame(PING, 'late'), code, frame(3)]) {
    const one = await peer();
    t.strictSame(await one.send(code, behind).closed(), { code: 1000, payload: '03e8' });
  }
  const open = await peer();
  open.send(frame(opcode, asking(64).subarray(0, 10), { final: false }), code);
  t.equal((await open.closed()).code, 1000, 'a message that was not finished is dropped');
});

group(
  'fragments are counted together towards the limits',
  async (t, peer, { opcode, maxBytes }) => {
    const half = Buffer.alloc(maxBytes / 2 + 1, 'x');
    const one = await peer();
    one.send(frame(opcode, half, { final: false }), frame(CONTINUATION, half));
    t.equal((await one.closed()).code, 1009);
    const many = await peer();
    many.send(frame(opcode, 'x', { final: false }));
    many.send(...Array.from({ length: 16 }, () => frame(CONTINUATION, '', { final: false })));
    t.equal((await many.closed()).code, 1008);
  },
);
