import t from 'tap';
import { EventKind, Verb, type Frame } from '../../../../lib/wire/frames';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { WireClient } from '../../../support/wire-client';

const offsets = (frames: Frame[]): number[] =>
  frames.flatMap((frame) =>
    frame.type === 'events'
      ? frame.runs.flatMap(({ firstOffset, events }) => events.map((_, i) => firstOffset + i))
      : [],
  );

const command = { verb: Verb.TRIGGER_CHANNEL, channel: 'room', event: 'e', data: '1' };

t.test(
  'a session that comes back within the window goes on where its handlers stopped',
  async (t) => {
    const { port } = await startGateway(t);
    const first = await WireClient.attach(t, port);
    const socket = await TestSocket.connect(t, port);
    await socket.subscribe('room');
    for (let i = 0; i < 3; i++) socket.send({ event: 'e', data: i });
    await socket.settled();
    t.same(offsets(await first.client.settled()), [1, 2, 3, 4, 5]);
    first.client.send({ type: 'commands', firstSeq: 1, commands: [command, command] });
    await first.client.expect('commandAck');
    first.client.terminate();
    socket.send({ event: 'e', data: 'while it was away' });
    t.equal((await socket.settled()).length, 2);

    const { session, secret } = first.welcome;
    const second = await WireClient.open(t, port);
    const positions = [{ partition: 0, generation: 1, epoch: 1, offset: 3 }];
    const proof = second.proof(secret, 2);
    const welcome = await second.hello({ session, proof, attempt: 2, positions, nextSeq: 2 });
    t.equal(welcome.verdict, 'resumed');
    t.match(welcome, { nextSeq: 3, commandAck: { applied: 2 } });
    t.equal(welcome.secret.length, 0, 'the secret is told once');
    t.same(offsets(await second.settled()), [4, 5, 6]);

    second.send({ type: 'commands', firstSeq: 2, commands: [command, command] });
    t.match(await second.expect('commandAck'), { applied: 3 });
    t.equal(
      (await socket.settled()).length,
      1,
      'the command applied before the cut is not repeated',
    );
  },
);

t.test('answers that went down with a connection are told again', async (t) => {
  const { port } = await startGateway(t);
  const { client, welcome } = await WireClient.attach(t, port);
  const commands = [
    command,
    { ...command, channel: 'a bad name' },
    { ...command, receipt: 'delivered' as const },
  ];
  client.send({ type: 'commands', firstSeq: 1, commands });
  const first = await client.expect('commandAck');
  client.terminate();
  const next = await WireClient.open(t, port);
  const proof = next.proof(welcome.secret, 2);
  const positions = [{ partition: 0, generation: 1, epoch: 1, offset: 0 }];
  const hello = { session: welcome.session, proof, attempt: 2, positions, nextSeq: 2 };
  const { commandAck } = await next.hello(hello);
  const { applied, refused, receipts } = first;
  t.match(commandAck, { applied, refused, receipts });
  t.match(first, {
    applied: 3,
    refused: [{ seq: 2, code: 4212 }],
    receipts: [{ seq: 3, sockets: 0 }],
  });
});

t.test('the proof must fit, and the attempt must be above the last', async (t) => {
  const { port } = await startGateway(t);
  const { client, welcome } = await WireClient.attach(t, port, { attempt: 5 });
  const { session, secret } = welcome;
  const positions = [{ partition: 0, generation: 1, epoch: 1, offset: 0 }];
  const wrong = Buffer.from(secret);
  wrong[0] = (wrong[0] as number) ^ 1;
  const rows: Array<[string, number, Uint8Array, number]> = [
    ['no proof', 6, new Uint8Array(), 4403],
    ['a wrong secret', 6, wrong, 4403],
    ['the last attempt', 5, secret, 4408],
    ['an attempt far ahead', 5 + 1_000_001, secret, 4408],
    ['an older attempt', 4, secret, 4408],
  ];
  for (const [what, attempt, key, code] of rows) {
    const thief = await WireClient.open(t, port);
    const proof = key.length === 0 ? key : thief.proof(key, attempt);
    const answer = await thief.hello({ session, proof, attempt, positions }).catch(() => undefined);
    t.equal(answer, undefined, what);
    t.equal((await thief.closed()).code, code, what);
  }
  const socket = await TestSocket.connect(t, port);
  const [frame] = await client.settled();
  t.match(
    frame,
    { runs: [{ events: [{ kind: EventKind.OPEN, socketId: socket.id }] }] },
    'undisturbed',
  );
});

t.test('a connection that takes over closes the one before with 4409', async (t) => {
  const { port } = await startGateway(t);
  const { client, welcome } = await WireClient.attach(t, port);
  const next = await WireClient.open(t, port);
  const proof = next.proof(welcome.secret, 2);
  const positions = [{ partition: 0, generation: 1, epoch: 1, offset: 0 }];
  const { verdict } = await next.hello({ session: welcome.session, proof, attempt: 2, positions });
  t.equal(verdict, 'resumed');
  t.equal((await client.closed()).code, 4409);
  const late = await WireClient.open(t, port);
  const hello = { session: welcome.session, proof: late.proof(welcome.secret, 2), attempt: 2 };
  t.equal(await late.hello({ ...hello, positions }).catch(() => undefined), undefined);
  t.equal((await late.closed()).code, 4408, 'the same attempt is not taken twice');
});

t.test('a session away for longer than the window is reset', async (t) => {
  const { port } = await startGateway(t, { limits: { pipeWindowMs: 20 } });
  const { client, welcome } = await WireClient.attach(t, port);
  client.terminate();
  await client.closed();
  await new Promise((resolve) => setTimeout(resolve, 60));
  const next = await WireClient.open(t, port);
  const proof = next.proof(welcome.secret, 2);
  const again = await next.hello({ session: welcome.session, proof, attempt: 2 });
  t.equal(again.verdict, 'reset');
  t.equal(again.reason, 'unknown_session');
  t.notSame(again.session, welcome.session);
});

t.test('commands that an honest client cannot have lost reset the session', async (t) => {
  const { port } = await startGateway(t);
  const { client, welcome } = await WireClient.attach(t, port);
  client.terminate();
  const next = await WireClient.open(t, port);
  const proof = next.proof(welcome.secret, 2);
  const positions = [{ partition: 0, generation: 1, epoch: 1, offset: 0 }];
  const hello = { session: welcome.session, proof, attempt: 2, positions, nextSeq: 3 };
  const again = await next.hello(hello);
  t.equal(again.verdict, 'reset');
  t.equal(again.reason, 'up_gap');
});

t.test(
  'events dropped from a full log are announced before the next event, with their number',
  async (t) => {
    const { port } = await startGateway(t, { limits: { maxPipeUnackedEvents: 10 } });
    const { client, welcome } = await WireClient.attach(t, port);
    client.terminate();
    await client.closed();
    const socket = await TestSocket.connect(t, port);
    for (let i = 0; i < 29; i++) socket.send({ event: 'e', data: i });
    await socket.settled();
    const next = await WireClient.open(t, port);
    const proof = next.proof(welcome.secret, 2);
    const positions = [{ partition: 0, generation: 1, epoch: 1, offset: 0 }];
    await next.hello({ session: welcome.session, proof, attempt: 2, positions });
    const [gap, ...rest] = await next.settled();
    t.match(gap, { type: 'gap', after: 0, first: 21, cause: 'overflow', count: 20 });
    t.same(offsets(rest), [21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
  },
);

t.test('BYE ends a session at once', async (t) => {
  const { port } = await startGateway(t);
  const { client, welcome } = await WireClient.attach(t, port);
  client.send({ type: 'bye', reason: 'done' });
  t.equal((await client.closed()).code, 1000);
  const next = await WireClient.open(t, port);
  const proof = next.proof(welcome.secret, 2);
  const again = await next.hello({ session: welcome.session, proof, attempt: 2 });
  t.equal(again.verdict, 'reset');
});

t.test(
  'a draining gateway waits until its backends have handled the closes it brings about',
  async (t) => {
    const gateway = await startGateway(t, { limits: { drainMs: 5000 } });
    const { client } = await WireClient.attach(t, gateway.port);
    const socket = await TestSocket.connect(t, gateway.port);
    const drained = gateway.drain();
    t.equal((await socket.closed()).code, 4100);
    const [opened, ...rest] = await client.settled();
    t.match(opened, { runs: [{ events: [{ kind: EventKind.OPEN }] }] });
    t.ok(rest.some(({ type }) => type === 'goAway'));
    t.match(rest.at(-1), { runs: [{ events: [{ kind: EventKind.CLOSE, code: 4100 }] }] });
    client.send({ type: 'ack', positions: [{ partition: 0, generation: 1, epoch: 1, offset: 2 }] });
    t.equal((await client.closed()).code, 4503);
    await drained;
  },
);

t.test(
  'a draining gateway that is slow to close its sockets stops when their closes are handled',
  async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    clock.wallMs = Date.now();
    const limits = { drainMs: 60_000, drainDelayMs: 1 };
    const gateway = await startGateway(t, { clock, limits });
    const { client } = await WireClient.attach(t, gateway.port);
    const sockets = await Promise.all([1, 2, 3].map(() => TestSocket.connect(t, gateway.port)));
    t.same(offsets(await client.settled()), [1, 2, 3]);
    const acked = (offset: number): void =>
      client.send({ type: 'ack', positions: [{ partition: 0, generation: 1, epoch: 1, offset }] });
    acked(3);
    await client.settled();
    const drained = gateway.drain();
    // Many timers run in each turn of the event loop, as in a busy process; sockets take several turns to leave.
    while (gateway.socketCount > 0) {
      for (let i = 0; i < 300; i++) {
        if (i % 100 === 0) clock.advance(20);
        await Promise.resolve();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const socket of sockets) t.equal((await socket.closed()).code, 4100);
    const kinds = (await client.settled()).flatMap((frame) =>
      frame.type === 'events'
        ? frame.runs.flatMap(({ events }) => events.map(({ kind }) => kind))
        : [],
    );
    t.same(kinds, [EventKind.CLOSE, EventKind.CLOSE, EventKind.CLOSE]);
    acked(6);
    const turning = setInterval(() => clock.advance(20), 1);
    t.equal((await client.closed()).code, 4503);
    await drained;
    clearInterval(turning);
  },
);

t.test('a draining gateway lets a backend come back and handle what is left', async (t) => {
  const gateway = await startGateway(t, { limits: { drainMs: 20_000 } });
  const { port, metrics } = gateway;
  const { client, welcome } = await WireClient.attach(t, port);
  const socket = await TestSocket.connect(t, port);
  socket.send({ event: 'e', data: 1 });
  await socket.settled();
  client.terminate();
  while (!/^standpipe_pipes 0$/m.test(await metrics.registry.metrics())) {
    await new Promise(setImmediate);
  }
  const drained = gateway.drain();
  t.equal((await socket.closed()).code, 4100);
  // Several of the looks that the gateway takes at what is left.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const next = await WireClient.open(t, port);
  const proof = next.proof(welcome.secret, 2);
  const positions = [{ partition: 0, generation: 1, epoch: 1, offset: 0 }];
  const hello = { session: welcome.session, proof, attempt: 2, positions };
  t.equal((await next.hello(hello)).verdict, 'resumed');
  t.same(offsets(await next.settled()), [1, 2, 3]);
  await t.rejects(TestSocket.connect(t, port), 'a browser is not let in');
  next.send({ type: 'ack', positions: [{ partition: 0, generation: 1, epoch: 1, offset: 3 }] });
  t.equal((await next.closed()).code, 4503);
  await drained;
});

t.test('a member that comes back is not sent what has become the part of another', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const { port, metrics } = await startGateway(t, { clock, limits: { pipePartitions: 1 } });
  const detached = async (): Promise<void> => {
    while (!/^standpipe_pipes 0$/m.test(await metrics.registry.metrics())) {
      await new Promise(setImmediate);
    }
  };
  const group = { name: 'g', order: 'socket', mode: 'sticky', overflow: 'gap' } as const;
  const first = await WireClient.open(t, port);
  const { session, secret } = await first.hello({ group });
  await first.settled();
  first.terminate();
  await detached();
  await TestSocket.connect(t, port);
  // Nobody waits for it any more, so the next one has its part.
  clock.advance(10_000);
  const second = await WireClient.open(t, port);
  await second.hello({ group });
  await second.settled();
  second.terminate();
  await detached();
  const { id } = await TestSocket.connect(t, port);
  const again = await WireClient.open(t, port);
  await again.hello({ group, session, proof: again.proof(secret, 2), attempt: 2 });
  const events = async (): Promise<string[]> =>
    (await again.settled()).flatMap((frame) =>
      frame.type === 'events' ? frame.runs.flatMap((run) => run.events.map((e) => e.socketId)) : [],
    );
  t.same(await events(), [], 'the second may come back');
  clock.advance(10_000);
  t.match(await events(), [String, id], 'it does not, and nothing is lost');
});
