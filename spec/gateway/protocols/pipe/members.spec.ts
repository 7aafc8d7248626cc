import t, { type Test } from 'tap';
import {
  EventKind,
  RuleKind,
  type Frame,
  type HelloFrame,
  type PipeEvent,
  type Rule,
} from '../../../../lib/wire/frames';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { WireClient, helloFrame } from '../../../support/wire-client';

const GROUP = { name: 'g', order: 'socket', mode: 'sticky', overflow: 'gap' } as const;
const rule = (kind: RuleKind): Rule => ({ kind, channels: [], events: [] });

interface Got extends PipeEvent {
  partition: number;
  generation: number;
  offset: number;
}

function eventsOf(frames: Frame[]): Got[] {
  return frames.flatMap((frame) => {
    if (frame.type !== 'events') return [];
    return frame.runs.flatMap(({ partition, generation, firstOffset, events }) =>
      events.map((event, i) => ({ ...event, partition, generation, offset: firstOffset + i })),
    );
  });
}

function assignedIn(frames: Frame[]): number[] {
  return frames.flatMap((frame) =>
    frame.type === 'assign' ? frame.assigned.map(({ partition }) => partition) : [],
  );
}

async function member(
  t: Pick<Test, 'teardown'>,
  port: number,
  hello: Partial<HelloFrame> = {},
): Promise<{ client: WireClient; partitions: number[]; session: Uint8Array; secret: Uint8Array }> {
  const client = await WireClient.open(t, port);
  const { session, secret } = await client.hello({ group: GROUP, ...hello });
  return { client, session, secret, partitions: assignedIn(await client.settled()) };
}

/** Gives back every partition that is asked for, with nothing running. */
function giveBack(client: WireClient, frames: Frame[]): void {
  for (const frame of frames) {
    if (frame.type !== 'revoke') continue;
    const { partition, generation } = frame;
    client.send({ type: 'returned', position: { partition, generation, epoch: 1, offset: 0 } });
  }
}

t.test('a member has no partitions before it has shown that it read WELCOME', async (t) => {
  const { port } = await startGateway(t, { limits: { pipePartitions: 4 } });
  const silent = await WireClient.open(t, port);
  silent.send({ ...helloFrame, group: GROUP });
  const welcome = await silent.expect('welcome');
  t.same(welcome.assigned, []);
  const { partitions } = await member(t, port);
  t.equal(partitions.length, 4, 'the other one has all of them');
  t.same(assignedIn(await silent.settled()), []);
  silent.send({ type: 'ready' });
  const { client } = await member(t, port);
  await client.settled();
  silent.send({ type: 'ready' });
  t.match(await silent.closed(), { code: 4400, reason: /READY came twice/ });
});

t.test('a frame before READY is refused', async (t) => {
  const { port } = await startGateway(t);
  const client = await WireClient.open(t, port);
  client.send(helloFrame);
  await client.expect('welcome');
  client.send({ type: 'ack', positions: [] });
  t.match(await client.closed(), { code: 4400, reason: /must be READY/ });
});

t.test('RETURNED is answered with LOST, and the next owner goes on', async (t) => {
  const { port } = await startGateway(t, { limits: { pipePartitions: 8 } });
  const a = await member(t, port);
  const b = await member(t, port);
  t.same(b.partitions, []);
  const asked = await a.client.settled();
  const revoked = asked.flatMap((frame) => (frame.type === 'revoke' ? [frame.partition] : []));
  t.ok(revoked.length > 0);
  giveBack(a.client, asked);
  const lost = (await a.client.settled()).filter(({ type }) => type === 'lost');
  t.same(
    lost,
    revoked.map((partition) => ({ type: 'lost', partition, generation: 1 })),
  );
  t.same(assignedIn(await b.client.settled()).sort(), revoked.sort());
});

t.test('an owner that does not give back is told LOST when its time is over', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const { port } = await startGateway(t, { clock, limits: { pipePartitions: 16 } });
  const a = await member(t, port);
  const b = await member(t, port);
  const [revoke] = (await a.client.settled()).filter(({ type }) => type === 'revoke');
  t.match(revoke, { deadlineMs: 10_000 });
  clock.advance(4_000);
  // The time goes on over another connection.
  a.client.terminate();
  const next = await WireClient.open(t, port);
  const { assigned } = await next.hello({
    ...{ group: GROUP, session: a.session, attempt: 2, proof: next.proof(a.secret, 2) },
  });
  t.equal(assigned.length, 16);
  const repeated = (await next.settled()).filter(({ type }) => type === 'revoke');
  t.match(repeated[0], { deadlineMs: 6_000 });
  clock.advance(6_000);
  const lost = (await next.settled()).filter(({ type }) => type === 'lost');
  t.equal(lost.length, repeated.length);
  t.equal(assignedIn(await b.client.settled()).length, repeated.length);
});

t.test('a finished event is sent to no other owner, and none is lost', async (t) => {
  const { port } = await startGateway(t, { limits: { pipePartitions: 1, pipeGraceMs: 50 } });
  const rules = [rule(RuleKind.MESSAGE)];
  const a = await member(t, port, { rules });
  const socket = await TestSocket.connect(t, port);
  for (let n = 1; n <= 8; n++) socket.send({ event: 'e', data: n });
  await socket.settled();
  t.equal(eventsOf(await a.client.settled()).length, 8);
  const finished = [
    { first: 4, last: 5 },
    { first: 7, last: 7 },
  ];
  const position = { partition: 0, generation: 1, epoch: 1, offset: 2, finished };
  a.client.send({ type: 'ack', positions: [position] });
  await a.client.settled();
  a.client.terminate();
  const b = await WireClient.open(t, port);
  await b.hello({ group: GROUP, rules });
  const heard: Frame[] = [];
  while (eventsOf(heard).length < 3) heard.push(await b.next());
  t.match(
    eventsOf(heard).map(({ offset, data, redelivered }) => [offset, data, redelivered]),
    [
      [3, '3', true],
      [6, '6', true],
      [8, '8', true],
    ],
  );
  const runs = heard.flatMap((frame) => (frame.type === 'events' ? frame.runs : []));
  t.same(
    runs.map(({ firstOffset, skipped }) => [firstOffset, skipped ?? 0]),
    [
      [3, 0],
      [6, 2],
      [8, 1],
    ],
  );
  b.send({ type: 'ack', positions: [{ ...position, generation: 2, offset: 8, finished: [] }] });
  await b.settled();
});

t.test('the count of conflated events goes with the event to the next owner', async (t) => {
  const { port } = await startGateway(t, { limits: { pipePartitions: 1 } });
  const socket = await TestSocket.connect(t, port);
  const rules = [{ ...rule(RuleKind.MESSAGE), conflate: true }];
  const first = await member(t, port, { rules });
  const told = (frames: Frame[]): string[] =>
    eventsOf(frames).map(({ offset, conflated = 0 }) => `${offset}+${conflated}`);
  const send = async (event: string, ...numbers: number[]): Promise<void> => {
    for (const data of numbers) {
      socket.send({ event, data });
      await socket.settled();
      await first.client.settled();
    }
  };
  await send('hold', 1);
  await send('move', 2, 3, 4);
  const at = { partition: 0, generation: 1, epoch: 1, offset: 0 };
  const conflated = [{ offset: 4, count: 2 }];
  const finished = [{ first: 2, last: 3 }];
  first.client.send({ type: 'ack', positions: [{ ...at, finished, conflated }] });
  await first.client.settled();
  first.client.terminate();
  const { session, secret } = first;
  const again = await WireClient.open(t, port);
  again.send({
    ...{ ...helloFrame, group: GROUP, rules, session, attempt: 2 },
    ...{ proof: again.proof(secret, 2), credit: { messages: 0, bytes: 0 } },
    // Counts that came with an acknowledgement hold; offset 9 was never sent.
    positions: [
      {
        ...at,
        finished,
        conflated: [
          { offset: 1, count: 7 },
          { offset: 9, count: 7 },
        ],
      },
    ],
  });
  await again.expect('welcome');
  again.send({ type: 'ready' });
  again.send({ type: 'bye', reason: '' });
  await again.closed();
  const next = await WireClient.open(t, port);
  await next.hello({ group: GROUP, rules });
  t.same(told(await next.settled()), ['1+7', '4+2']);
});

t.test('finished ranges that were never sent are a protocol error', async (t) => {
  const { port } = await startGateway(t);
  const { client } = await WireClient.attach(t, port);
  const finished = [{ first: 3, last: 4 }];
  const position = { partition: 0, generation: 1, epoch: 1, offset: 0, finished };
  client.send({ type: 'ack', positions: [position] });
  t.equal((await client.closed()).code, 4400);
});

t.test('an event goes to a member that asked for it, always the same for a key', async (t) => {
  const { port } = await startGateway(t, {
    limits: { pipePartitions: 16, maxBackChannelEventsPerSecond: 1e6 },
  });
  const both = [rule(RuleKind.SOCKET), rule(RuleKind.MESSAGE)];
  const a = await member(t, port, { rules: both });
  const b = await member(t, port, { rules: [rule(RuleKind.SOCKET)] });
  giveBack(a.client, await a.client.settled());
  await a.client.settled();
  await b.client.settled();
  let sent = 0;
  for (let i = 0; i < 20; i++) {
    const socket = await TestSocket.connect(t, port);
    for (let n = 0; n < 3; n++, sent++) socket.send({ event: 'e', data: n });
    await socket.settled();
  }
  const [ofA, ofB] = [eventsOf(await a.client.settled()), eventsOf(await b.client.settled())];
  const messages = ofA.filter(({ kind }) => kind === EventKind.MESSAGE);
  t.equal(messages.length, sent, 'every message');
  t.notOk(ofB.some(({ kind }) => kind === EventKind.MESSAGE));
  const opens = [...ofA, ...ofB].filter(({ kind }) => kind === EventKind.OPEN);
  t.equal(opens.length, 20, 'each open once');
  t.ok(ofB.length > 0, 'the other member has its share of what it asked for');
  const places = new Map(messages.map(({ socketId, partition }) => [socketId, partition]));
  t.ok(messages.every(({ socketId, partition }) => places.get(socketId) === partition));
});

t.test('a member that goes leaves its messages to another one that asked for them', async (t) => {
  const { port } = await startGateway(t, { limits: { pipePartitions: 8 } });
  const messages = { rules: [rule(RuleKind.MESSAGE)] };
  const a = await member(t, port, { ...messages, name: 'a' });
  const b = await member(t, port, { name: 'b', rules: [rule(RuleKind.SOCKET)] });
  giveBack(a.client, await a.client.settled());
  const c = await member(t, port, { ...messages, name: 'c' });
  for (const each of [a, b]) giveBack(each.client, await each.client.settled());
  await c.client.settled();
  const sockets: TestSocket[] = [];
  for (let i = 0; i < 16; i++) sockets.push(await TestSocket.connect(t, port));
  for (const socket of sockets) {
    socket.send({ event: 'e', data: 1 });
    await socket.settled();
  }
  await a.client.settled();
  a.client.send({ type: 'bye', reason: '' });
  await a.client.closed();
  const heard = eventsOf(await c.client.settled()).filter(({ kind }) => kind === EventKind.MESSAGE);
  t.equal(new Set(heard.map(({ socketId }) => socketId)).size, 16, 'none went to the deaf one');
});

t.test('a group keeps its limit over all of its partitions', async (t) => {
  const { port } = await startGateway(t, {
    limits: { pipePartitions: 16, maxPipeUnackedEvents: 40, maxBackChannelEventsPerSecond: 1e6 },
  });
  const rules = [rule(RuleKind.MESSAGE)];
  const { client } = await member(t, port, { rules, credit: { messages: 0, bytes: 0 } });
  for (let i = 0; i < 20; i++) {
    const socket = await TestSocket.connect(t, port);
    for (let n = 0; n < 10; n++) socket.send({ event: 'e', data: n });
    await socket.settled();
  }
  client.send({ type: 'ack', positions: [], credit: { messages: 1_000, bytes: 1e6 } });
  const frames = await client.settled();
  t.equal(eventsOf(frames).length, 40);
  const lost = frames.reduce((sum, frame) => sum + (frame.type === 'gap' ? frame.count : 0), 0);
  t.equal(lost, 160, 'and says how many it has lost');
});
