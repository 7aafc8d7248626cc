import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { TurnBudget } from '../../../lib/gateway/core/timing/turn-budget';
import { Intake } from '../../../lib/gateway/transport/intake';
import { frame, Opcode, RawSocket, upgradeRequest } from '../../support/raw-socket';
import { startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { runs } from '../../support/depth';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Puts a parser on a stream, with its listeners as ws has them, and an intake before it. */
function parsed(
  stream: PassThrough,
  maxPieceBytes: number,
  parse: (piece: Buffer) => void,
  over: (event: 'end' | 'close') => void = () => undefined,
  budget = new TurnBudget({ endOfTurn: setImmediate }),
): Intake {
  stream.on('data', parse);
  stream.on('end', () => over('end'));
  stream.on('close', () => over('close'));
  return new Intake(stream, budget, maxPieceBytes);
}

t.test('the parser is given all bytes in their order, a few messages a turn', async () => {
  const step = fc.record({ size: fc.integer({ min: 1, max: 5_000 }), wait: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20, size: 'max' }), async (steps) => {
      const stream = new PassThrough();
      const seen: Buffer[] = [];
      let inTurn = 0;
      let most = 0;
      const intake = parsed(stream, 4096, (piece) => {
        seen.push(piece);
        // Every six bytes are a message, as in a flood of empty frames.
        for (let i = 0; i < piece.length; i += 6) intake.count();
        inTurn += piece.length / 6;
        most = Math.max(most, inTurn);
      });
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
    { numRuns: runs(50) },
  );
});

t.test(
  'reads with few messages are handled in the turn they come in, up to the budget',
  async (t) => {
    const stream = new PassThrough();
    let bytes = 0;
    const intake = parsed(stream, 65_536, (piece) => {
      bytes += piece.length;
      intake.count();
    });
    const read = Buffer.alloc(65_536);
    stream.write(read);
    stream.write(read);
    await new Promise<void>(process.nextTick);
    t.equal(bytes, 2 * read.length);
    t.notOk(intake.behind);
  },
);

t.test(
  'answers count: a share of them ends, and beyond two turns small input waits too',
  async (t) => {
    const budget = new TurnBudget({ endOfTurn: setImmediate });
    const stream = new PassThrough();
    let pieces = 0;
    parsed(
      stream,
      4096,
      () => {
        pieces++;
        budget.spend(100);
      },
      undefined,
      budget,
    );
    const ends: number[] = [];
    stream.write(Buffer.alloc(4 * 512));
    for (let turns = 0; turns < 4; turns++) {
      ends.push(pieces);
      await turn();
    }
    t.strictSame(ends, [1, 2, 3, 4], 'a piece a turn');

    const small = new PassThrough();
    let read = 0;
    parsed(small, 4096, () => void read++, undefined, budget);
    budget.spend(1_100);
    small.write('ping');
    t.equal(read, 1, 'small input does not wait for a turn that has used up its units');
    budget.spend(1_000);
    small.write('ping');
    t.equal(read, 1);
    for (let turns = 0; turns < 3; turns++) await turn();
    t.equal(read, 2);
  },
);

t.test('a paused owner gets nothing until it goes on', async (t) => {
  const stream = new PassThrough();
  let bytes = 0;
  const intake = parsed(stream, 4096, (piece) => void (bytes += piece.length));
  intake.pause();
  stream.write(Buffer.alloc(10_000));
  for (let i = 0; i < 5; i++) await turn();
  t.equal(bytes, 0);
  intake.resume();
  for (let i = 0; i < 20; i++) await turn();
  t.equal(bytes, 10_000);
});

t.test('the end and the close of a stream are told behind all that was read of it', async () => {
  const step = fc.record({ size: fc.integer({ min: 1, max: 5_000 }), wait: fc.boolean() });
  const steps = fc.array(step, { maxLength: 10, size: 'max' });
  const pauses = fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(steps, pauses, fc.boolean(), async (steps, pauses, ends) => {
      const stream = new PassThrough();
      const seen: Buffer[] = [];
      const told: string[] = [];
      let read = 0;
      let given = 0;
      let isPaused = false;
      const parse = (piece: Buffer): void => {
        if (told.length > 0 || isPaused) throw new Error('bytes behind the end, or in a pause');
        seen.push(piece);
        given += piece.length;
        // As an owner that is held back after some bytes.
        if (given < (pauses[0] ?? Infinity)) return;
        given = 0;
        pauses.shift();
        isPaused = true;
        intake.pause();
        stream.pause();
      };
      const intake = parsed(stream, 4096, parse, (event) => void told.push(event));
      stream.on('data', (chunk: Buffer) => void (read += chunk.length));
      const sent: Buffer[] = [];
      for (const [n, { size, wait }] of steps.entries()) {
        sent.push(Buffer.alloc(size, n));
        stream.write(sent.at(-1));
        if (wait) await turn();
      }
      if (ends) stream.end();
      const least = read + stream.readableLength;
      if (!ends) stream.destroy();
      while (told.at(-1) !== 'close') {
        for (let i = 0; i < 3; i++) await turn();
        if (isPaused && intake.behind && told.length > 0) return false;
        isPaused = false;
        stream.resume();
        intake.resume();
      }
      await turn();
      const all = Buffer.concat(sent);
      const got = Buffer.concat(seen);
      return ends ? got.equals(all) : got.length >= least && all.indexOf(got) === 0;
    }),
    { numRuns: runs(50) },
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

t.test('pings and pongs count as messages do', async (t) => {
  const gateway = await startGateway(t);
  const witness = await TestSocket.connect(t, gateway.port);
  const event = frame(Opcode.TEXT, '{"event":"pusher:ping"}');
  for (const opcode of [Opcode.PING, Opcode.PONG]) {
    const floods = await Promise.all(
      Array.from({ length: 20 }, () => RawSocket.upgrade(gateway.port)),
    );
    t.teardown(() => floods.forEach((flood) => flood.destroy()));
    const before = gateway.metrics.messagesReceived;
    const small = Array<Buffer>(4_000).fill(frame(opcode, 'x'));
    for (const flood of floods) flood.write(Buffer.concat([...small, event]));
    await turn();
    witness.raw.write(event);
    t.equal((await witness.next()).event, 'pusher:pong');
    const ended = gateway.metrics.messagesReceived - before - 1;
    t.ok(ended < 10, `${ended} of 20 floods were over first`);
    while (gateway.metrics.messagesReceived - before < 21) await turn();
  }
});

t.test(
  'beside floods of pipelined requests a browser is answered after a few of each',
  async (t) => {
    const gateway = await startGateway(t);
    const witness = await TestSocket.connect(t, gateway.port);
    const floods = await Promise.all(Array.from({ length: 20 }, () => RawSocket.tcp(gateway.port)));
    t.teardown(() => floods.forEach((flood) => flood.destroy()));
    const answered = (): number => floods.reduce((sum, { head }) => sum + head.length, 0);
    const requests = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(64);
    for (const flood of floods) flood.write(requests);
    while (answered() === 0) await turn();
    witness.raw.write(frame(Opcode.TEXT, '{"event":"pusher:ping"}'));
    t.equal((await witness.next()).event, 'pusher:pong');
    const count = (): number =>
      floods.reduce((sum, { head }) => sum + (head.match(/HTTP\/1\.1 200/g)?.length ?? 0), 0);
    const first = count();
    t.ok(first < 640, `${first} of 1,280 requests were answered first`);
    while (count() < 1_280) await turn();
    t.pass('and every request is answered in the end');
  },
);

t.test('browsers that come all at once are let in a few a turn', async (t) => {
  const gateway = await startGateway(t);
  const all = await Promise.all(Array.from({ length: 300 }, () => RawSocket.tcp(gateway.port)));
  t.teardown(() => all.forEach((each) => each.destroy()));
  // The loop accepts one connection a turn; these are all there before they ask for a WebSocket.
  for (const each of all) each.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  while (!all.every(({ head }) => head.includes('ok\n'))) await turn();
  for (const each of all) each.write(upgradeRequest('/app/key?protocol=7'));
  // The clients live in this process: only the gateway's own turns may come between two looks.
  let most = 0;
  for (let before = 0; before < 300;) {
    await turn();
    const now = gateway.socketCount;
    most = Math.max(most, now - before);
    before = now;
  }
  t.ok(most < 100, `${most} of 300 in one turn`);
});

t.test('answers with long lists of members are a few a turn', async (t) => {
  const gateway = await startGateway(t, { limits: { maxUserInfoBytes: 20_000 } });
  const watcher = await TestSocket.connect(t, gateway.port);
  await watcher.subscribe('presence-room', {
    user_id: 'w',
    user_info: { name: 'x'.repeat(19_000) },
  });
  const toggler = await TestSocket.connect(t, gateway.port);
  const channelData = JSON.stringify({ user_id: 'u' });
  const data = { channel: 'presence-room', channel_data: channelData };
  const auth = toggler.auth(data.channel, channelData);
  const toggles = [
    { event: 'pusher:subscribe', data: { ...data, auth } },
    { event: 'pusher:unsubscribe', data },
  ].map((each) => frame(Opcode.TEXT, JSON.stringify(each)));
  const before = gateway.metrics.messagesReceived;
  toggler.raw.write(Buffer.concat(Array<Buffer>(100).fill(Buffer.concat(toggles))));
  let most = 0;
  for (let last = before; last < before + 200;) {
    await turn();
    const now = gateway.metrics.messagesReceived;
    most = Math.max(most, now - last);
    last = now;
  }
  t.ok(most < 40, `${most} of 200 messages in one turn`);
});

t.test('sign-ins are fewer a turn than messages without a signature', async (t) => {
  const gateway = await startGateway(t, { limits: { maxSubscriptionsPerSecond: 1e6 } });
  const { metrics, port } = gateway;
  const most = async (say: (socket: TestSocket) => void): Promise<number> => {
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => TestSocket.connect(t, port)),
    );
    const before = metrics.messagesReceived;
    for (const socket of sockets) for (let i = 0; i < 60; i++) say(socket);
    let result = 0;
    for (let last = before; last < before + 1_200;) {
      await turn();
      result = Math.max(result, metrics.messagesReceived - last);
      last = metrics.messagesReceived;
    }
    return result;
  };
  const pings = await most((socket) => socket.send({ event: 'pusher:ping', data: {} }));
  const signIns = await most((socket) => socket.askToSignIn({ id: 'u' }));
  t.ok(signIns <= 264 && signIns < pings, `${signIns} sign-ins, ${pings} pings in one turn`);
});

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
