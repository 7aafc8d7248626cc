import fc from 'fast-check';
import t from 'tap';
import { ManualClock } from '../support/manual-clock';
import { closeFrame, frame, Opcode, RawSocket } from '../support/raw-socket';
import { startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';

const MB = 1024 * 1024;

t.test('a frame that declares too much is refused before it is buffered', async (t) => {
  const { port } = await startGateway(t);
  const before = process.memoryUsage().arrayBuffers;
  for (const length of [64n * 1024n + 1n, 2n ** 31n, 2n ** 53n, 2n ** 62n, 2n ** 64n - 1n]) {
    const socket = await TestSocket.connect(t, port);
    socket.raw.send(Opcode.TEXT, 'x'.repeat(1000), { length });
    t.equal((await socket.closed()).code, 1009, String(length));
  }
  t.ok(process.memoryUsage().arrayBuffers - before < MB);
});

t.test('a message in countless fragments is refused at the seventeenth', async (t) => {
  const { port } = await startGateway(t);
  const before = process.memoryUsage();
  for (const bit of ['', 'x']) {
    const socket = await TestSocket.connect(t, port);
    const fragment = frame(Opcode.CONTINUATION, bit, { final: false });
    socket.raw.send(Opcode.TEXT, bit, { final: false });
    socket.raw.write(Buffer.concat(Array.from({ length: 200_000 }, () => fragment)));
    t.equal((await socket.closed()).code, 1008);
  }
  const after = process.memoryUsage();
  // The sender's own copies are in this process too.
  t.ok(after.arrayBuffers - before.arrayBuffers < 5 * MB);
});

t.test('sixteen fragments pass', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const parts = '{"event":"pusher'.split('');
  parts.forEach((part, i) => {
    const opcode = i === 0 ? Opcode.TEXT : Opcode.CONTINUATION;
    if (i < 15) socket.raw.send(opcode, part, { final: false });
  });
  socket.raw.send(Opcode.CONTINUATION, 'r:ping"}');
  t.equal((await socket.next()).event, 'pusher:pong');
});

t.test('compression is neither agreed to nor undone', async (t) => {
  const { port } = await startGateway(t);
  const raw = await RawSocket.upgrade(port, '/app/key?protocol=7', {
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
  });
  t.equal(raw.status, 101);
  t.notMatch(raw.head, /Sec-WebSocket-Extensions/i);
  raw.send(Opcode.TEXT, 'x', { reserved: 4 });
  t.equal(await raw.closeCode(), 1002);
});

const text = (hex: string): Buffer => frame(Opcode.TEXT, Buffer.from(hex, 'hex'));
const BROKEN: Record<string, [Buffer, number]> = {
  'a frame without mask': [frame(Opcode.TEXT, 'x', { masked: false }), 1002],
  'the first reserved bit': [frame(Opcode.TEXT, 'x', { reserved: 4 }), 1002],
  'the second reserved bit': [frame(Opcode.TEXT, 'x', { reserved: 2 }), 1002],
  'the third reserved bit': [frame(Opcode.TEXT, 'x', { reserved: 1 }), 1002],
  'the data opcode 3': [frame(3, 'x'), 1002],
  'the control opcode 11': [frame(11, 'x'), 1002],
  'a continuation of nothing': [frame(Opcode.CONTINUATION, 'x'), 1002],
  'a zero byte': [Buffer.from([0, 0]), 1002],
  'a message within a message': [
    Buffer.concat([frame(Opcode.TEXT, 'x', { final: false }), frame(Opcode.TEXT, 'x')]),
    1002,
  ],
  'a ping in fragments': [frame(Opcode.PING, 'x', { final: false }), 1002],
  'a ping of 126 bytes': [frame(Opcode.PING, 'x'.repeat(126)), 1002],
  'a close frame of one byte': [frame(Opcode.CLOSE, 'x'), 1002],
  'the close code 999': [closeFrame(999), 1002],
  'the close code 1005': [closeFrame(1005), 1002],
  'the close code 1006': [closeFrame(1006), 1002],
  'the close code 2000': [closeFrame(2000), 1002],
  'the close code 5000': [closeFrame(5000), 1002],
  'a close reason that is no UTF-8': [frame(Opcode.CLOSE, Buffer.from([0x03, 0xe8, 0xff])), 1007],
  'an overlong slash': [text('c0af'), 1007],
  'an overlong zero': [text('e08080'), 1007],
  'a surrogate': [text('eda080'), 1007],
  'a code point beyond the last': [text('f4908080'), 1007],
  'a lone continuation byte': [text('80'), 1007],
  'half a character': [text('c3'), 1007],
};

t.test('a broken frame closes its own socket with the code of its fault', async (t) => {
  const gateway = await startGateway(t);
  const other = await TestSocket.connect(t, gateway.port);
  for (const [name, [bytes, code]] of Object.entries(BROKEN)) {
    const socket = await TestSocket.connect(t, gateway.port);
    socket.raw.write(bytes);
    t.equal((await socket.closed()).code, code, name);
  }
  t.strictSame(await other.settled(), [], 'nobody else noticed');
  t.equal(gateway.metrics.peerFailures, Object.keys(BROKEN).length, 'each was counted');
  t.equal(gateway.metrics.failures, 0, 'and none is a fault of the gateway');
});

t.test('no bytes of any kind end the gateway', async (t) => {
  const gateway = await startGateway(t);
  const other = await TestSocket.connect(t, gateway.port);
  const anyFrame = fc
    .tuple(fc.nat(15), fc.uint8Array({ maxLength: 140 }), fc.boolean(), fc.boolean(), fc.nat(7))
    .map(([opcode, bytes, final, masked, reserved]) =>
      frame(opcode, Buffer.from(bytes), { final, masked, reserved: reserved % 5 ? 0 : reserved }),
    );
  const anyText = fc.json().map((json) => frame(Opcode.TEXT, json));
  const junk = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const anyBytes = fc.array(fc.oneof(anyFrame, anyText, junk), { minLength: 1, maxLength: 12 });
  for (const parts of fc.sample(anyBytes, 150)) {
    const socket = await TestSocket.connect(t, gateway.port);
    socket.raw.write(Buffer.concat(parts));
    socket.raw.stream.end();
    await socket.closed();
  }
  t.strictSame(await other.settled(), []);
  t.equal(gateway.metrics.failures, 0);
});

t.test('a flood of pings gets five pongs a second', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  const socket = await TestSocket.connect(t, port);
  const pongs = async (): Promise<number> => {
    socket.raw.write(Buffer.concat(Array.from({ length: 1000 }, () => frame(Opcode.PING, 'now'))));
    socket.text('{"event":"pusher:ping"}');
    let count = 0;
    for (;;) {
      const { opcode, payload } = (await socket.raw.next()) ?? {};
      if (opcode === Opcode.TEXT) return count;
      if (opcode === Opcode.PONG && payload?.toString() === 'now') count++;
    }
  };
  t.equal(await pongs(), 5);
  t.equal(await pongs(), 0);
  clock.advance(1000);
  t.equal(await pongs(), 5);
});

t.test('frames behind a broken frame or a close frame are not handled', async (t) => {
  const { port } = await startGateway(t, { limits: { maxClientEventsPerSecond: 1e6 } });
  const witness = await TestSocket.connect(t, port);
  await witness.subscribe('private-x');
  const event = { event: 'client-late', channel: 'private-x', data: 'x'.repeat(1000) };
  const backlog = Buffer.concat(
    Array.from({ length: 2000 }, () => frame(Opcode.TEXT, JSON.stringify(event))),
  );
  for (const first of [frame(3), closeFrame(1000), text('ff')]) {
    const socket = await TestSocket.connect(t, port);
    await socket.subscribe('private-x');
    socket.raw.write(Buffer.concat([first, backlog]));
    await socket.closed();
    t.strictSame(await witness.settled(), []);
  }
});
