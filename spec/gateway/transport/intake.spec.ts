import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { TurnBudget } from '../../../lib/gateway/core/timing/turn-budget';
import { Intake } from '../../../lib/gateway/transport/intake';
import { frame, Opcode, RawSocket } from '../../support/raw-socket';
import { startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test('the parser is given all bytes in their order, a few messages a turn', async () => {
  const step = fc.record({ size: fc.integer({ min: 1, max: 5_000 }), wait: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20, size: 'max' }), async (steps) => {
      const stream = new PassThrough();
      const seen: Buffer[] = [];
      let inTurn = 0;
      let most = 0;
      stream.on('data', (piece: Buffer) => {
        seen.push(piece);
        // Every six bytes are a message, as in a flood of empty frames.
        for (let i = 0; i < piece.length; i += 6) intake.count();
        inTurn += piece.length / 6;
        most = Math.max(most, inTurn);
      });
      const intake = new Intake(stream, new TurnBudget({ endOfTurn: setImmediate }), 4096);
      const sent: Buffer[] = [];
      for (const [n, { size, wait }] of steps.entries()) {
        const chunk = Buffer.alloc(size, n);
        sent.push(chunk);
        stream.write(chunk);
        if (wait) await turn();
        inTurn = 0;
      }
      while (intake.behind || stream.readableLength > 0) {
        await turn();
        inTurn = 0;
      }
      return Buffer.concat(seen).equals(Buffer.concat(sent)) && most <= 64 + 5_000 / 6;
    }),
    { numRuns: 50 },
  );
});

t.test(
  'reads with few messages are handled in the turn they come in, up to the budget',
  async (t) => {
    const stream = new PassThrough();
    let bytes = 0;
    stream.on('data', (piece: Buffer) => {
      bytes += piece.length;
      intake.count();
    });
    const intake = new Intake(stream, new TurnBudget({ endOfTurn: setImmediate }), 65_536);
    const read = Buffer.alloc(65_536);
    stream.write(read);
    stream.write(read);
    await new Promise<void>(process.nextTick);
    t.equal(bytes, 2 * read.length);
    t.notOk(intake.behind);
  },
);

t.test('a paused owner gets nothing until it goes on', async (t) => {
  const stream = new PassThrough();
  let bytes = 0;
  stream.on('data', (piece: Buffer) => void (bytes += piece.length));
  const intake = new Intake(stream, new TurnBudget({ endOfTurn: setImmediate }), 4096);
  intake.pause();
  stream.write(Buffer.alloc(10_000));
  for (let i = 0; i < 5; i++) await turn();
  t.equal(bytes, 0);
  intake.resume();
  for (let i = 0; i < 20; i++) await turn();
  t.equal(bytes, 10_000);
});

t.test('all that was read is handled in order when the stream is closed or ends', async () => {
  const step = fc.record({ size: fc.integer({ min: 1, max: 5_000 }), wait: fc.boolean() });
  const steps = fc.array(step, { maxLength: 10, size: 'max' });
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), fc.boolean(), async (steps, ends, paused) => {
      const stream = new PassThrough();
      const seen: Buffer[] = [];
      const parser = (piece: Buffer): void => void seen.push(piece);
      stream.on('data', parser);
      // As ws does it: the parser gets the rest of the buffer, and nothing after the end.
      let over = false;
      stream.on('end', () => (over = true));
      stream.on('close', () => {
        const rest = stream.read(stream.readableLength) as Buffer | null;
        if (rest !== null) parser(rest);
        over = true;
      });
      const intake = new Intake(stream, new TurnBudget({ endOfTurn: setImmediate }), 4096);
      const closed = new Promise((resolve) => stream.once('close', resolve));
      if (paused) intake.pause();
      const sent: Buffer[] = [];
      for (const [n, { size, wait }] of steps.entries()) {
        sent.push(Buffer.alloc(size, n));
        stream.write(sent.at(-1));
        if (wait) await turn();
      }
      if (ends) stream.end();
      else stream.destroy();
      while (ends && !over) {
        if (paused) stream.resume();
        await turn();
      }
      if (!ends) await closed;
      const all = Buffer.concat(sent);
      const got = Buffer.concat(seen);
      await turn();
      return Buffer.concat(seen).equals(got) && (ends ? got.equals(all) : all.indexOf(got) === 0);
    }),
    { numRuns: 50 },
  );
});

t.test('beside floods of small frames a browser is answered after a few of each', async (t) => {
  const gateway = await startGateway(t, { limits: { maxBackChannelEventsPerSecond: 1e9 } });
  const witness = await TestSocket.connect(t, gateway.port);
  const floods = await Promise.all(
    Array.from({ length: 20 }, () => RawSocket.upgrade(gateway.port)),
  );
  t.teardown(() => floods.forEach((flood) => flood.destroy()));
  const before = gateway.metrics.messagesReceived;
  const event = frame(Opcode.TEXT, '{"event":"pusher:ping"}');
  for (const flood of floods) flood.write(Buffer.concat(Array<Buffer>(2_000).fill(event)));
  while (gateway.metrics.messagesReceived === before) await turn();
  witness.raw.write(event);
  t.equal((await witness.next()).event, 'pusher:pong');
  const handled = gateway.metrics.messagesReceived - before;
  t.ok(handled < 40_000 / 2, `${handled} of 40,000 messages were handled first`);
  while (gateway.metrics.messagesReceived - before < 40_001) await turn();
  t.pass('and all of the flood is handled in the end');
});

t.test(
  'beside floods of pipelined requests a browser is answered after a few of each',
  async (t) => {
    const gateway = await startGateway(t);
    const witness = await TestSocket.connect(t, gateway.port);
    const floods = await Promise.all(Array.from({ length: 20 }, () => RawSocket.tcp(gateway.port)));
    t.teardown(() => floods.forEach((flood) => flood.destroy()));
    const answered = (): number => floods.reduce((sum, { head }) => sum + head.length, 0);
    const requests = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(250);
    for (const flood of floods) flood.write(requests);
    while (answered() === 0) await turn();
    witness.raw.write(frame(Opcode.TEXT, '{"event":"pusher:ping"}'));
    t.equal((await witness.next()).event, 'pusher:pong');
    const count = (): number =>
      floods.reduce((sum, { head }) => sum + (head.match(/HTTP\/1\.1 200/g)?.length ?? 0), 0);
    const first = count();
    t.ok(first < 2_500, `${first} of 5,000 requests were answered first`);
    while (count() < 5_000) await turn();
    t.pass('and every request is answered in the end');
  },
);

t.test('malformed messages cost a browser its connection after a few', async (t) => {
  const { port, metrics } = await startGateway(t);
  for (const [name, bytes] of Object.entries({
    empty: frame(Opcode.TEXT, ''),
    'no JSON': frame(Opcode.TEXT, 'x'),
    'a reserved name': frame(Opcode.TEXT, '{"event":"pusher:x"}'),
    binary: frame(Opcode.BINARY, 'x'),
  })) {
    const raw = await RawSocket.upgrade(port);
    const before = metrics.malformedMessages;
    raw.write(Buffer.concat(Array<Buffer>(10_000).fill(bytes)));
    let frames = 0;
    for (let last = await raw.next(); last?.opcode === Opcode.TEXT; last = await raw.next())
      frames++;
    raw.destroy();
    t.strictSame([raw.close.code, frames], [4100, 32], name);
    t.equal(metrics.malformedMessages - before, 31, 'and nothing after these is handled');
  }
});
