import t from 'tap';
import { Group } from '../../../../lib/gateway/core/streams/group';
import type { Limits } from '../../../../lib/gateway/options/options';
import {
  EventKind,
  RuleKind,
  Verb,
  type Frame,
  type Rule,
  type SnapshotFrame,
} from '../../../../lib/wire/frames';
import { ManualClock } from '../../../support/manual-clock';
import { MemoryPipe } from '../../../support/memory-pipe';
import { SimGateway } from '../../../support/simulator/sim-gateway';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { WireClient } from '../../../support/wire-client';

/** Received events and snapshots, in order: `12.34 open` for an event, `true: a b` for a snapshot. */
function told(frames: Frame[]): string[] {
  return frames.flatMap((frame) => {
    if (frame.type === 'snapshot') {
      const names = [...frame.sockets.map(({ id }) => id), ...frame.channels.map((c) => c.name)];
      return [`${frame.offset} true: ${names.join(' ')}`];
    }
    if (frame.type !== 'events') return [];
    return frame.runs.flatMap(({ firstOffset, events }) =>
      events.map(({ kind, socketId }, i) => `${firstOffset + i} ${kind} ${socketId}`),
    );
  });
}

t.test(
  'a snapshot holds the truth of the place where it stands, not what the events behind it do',
  async (t) => {
    const { port } = await startGateway(t);
    const one = await TestSocket.connect(t, port);
    const first = await WireClient.attach(t, port);
    const { session, secret } = first.welcome;
    first.client.terminate();
    const more = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
    const second = await WireClient.open(t, port);
    const proof = second.proof(secret, 2);
    // No position: the snapshot has not come.
    await second.hello({ session, proof, attempt: 2, credit: { messages: 100, bytes: 100_000 } });
    const late = await TestSocket.connect(t, port);
    const [snapshot, ...rest] = told(await second.settled());
    t.equal(snapshot, `0 true: ${one.id}`);
    t.same(
      rest,
      [...more, late].map(({ id }, i) => `${i + 1} ${EventKind.OPEN} ${id}`),
    );
  },
);

t.test('a member that brings a position has had its snapshot', async (t) => {
  const { port } = await startGateway(t);
  const first = await WireClient.attach(t, port);
  first.client.terminate();
  const { session, secret } = first.welcome;
  const second = await WireClient.open(t, port);
  const positions = [{ partition: 0, generation: 1, epoch: 1, offset: 0 }];
  await second.hello({ session, proof: second.proof(secret, 2), attempt: 2, positions });
  t.same(told(await second.settled()), []);
});

t.test('a gap is followed at once by the truth, before the events that are kept', async (t) => {
  const { port } = await startGateway(t, { limits: { maxPipeUnackedEvents: 3 } });
  const first = await WireClient.attach(t, port);
  first.client.terminate();
  const sockets: TestSocket[] = [];
  for (let i = 0; i < 5; i++) sockets.push(await TestSocket.connect(t, port));
  const ids = sockets.map(({ id }) => id);
  const { session, secret } = first.welcome;
  const second = await WireClient.open(t, port);
  await second.hello({ session, proof: second.proof(secret, 2), attempt: 2 });
  const frames = await second.settled();
  t.match(frames[0], { type: 'gap', after: 0, first: 3, count: 2 });
  t.same(told(frames), [
    `2 true: ${ids.slice(0, 2).join(' ')}`,
    `3 ${EventKind.OPEN} ${ids[2]}`,
    `4 ${EventKind.OPEN} ${ids[3]}`,
    `5 ${EventKind.OPEN} ${ids[4]}`,
  ]);
});

t.test('a partition that is asked back is sent nothing more', async (t) => {
  const { port } = await startGateway(t, { limits: { pipePartitions: 4 } });
  const group = { name: 'g', order: 'socket', mode: 'sticky', overflow: 'gap' } as const;
  const a = await WireClient.open(t, port);
  await a.hello({ group });
  await a.settled();
  const b = await WireClient.open(t, port);
  await b.hello({ group });
  const revoked = new Set(
    (await a.settled()).flatMap((frame) => (frame.type === 'revoke' ? [frame.partition] : [])),
  );
  for (let i = 0; i < 60; i++) await TestSocket.connect(t, port);
  const sent = (await a.settled()).flatMap((frame) =>
    frame.type === 'events' ? frame.runs.map(({ partition }) => partition) : [],
  );
  t.equal(revoked.size + new Set(sent).size, 4);
  t.same(
    sent.filter((partition) => revoked.has(partition)),
    [],
  );
});

t.test('however many partitions have a gap, the app is looked through once', async (t) => {
  const gateway = await startGateway(t, {
    limits: { pipePartitions: 16, maxPipeUnackedEvents: 4 },
  });
  const { port } = gateway;
  const group = { name: 'g', order: 'socket', mode: 'sticky', overflow: 'gap' } as const;
  const first = await WireClient.open(t, port);
  const { session, secret } = await first.hello({ group });
  await first.settled();
  first.terminate();
  const ids: string[] = [];
  for (let i = 0; i < 60; i++) ids.push((await TestSocket.connect(t, port)).id);
  const second = await WireClient.open(t, port);
  const capture = t.capture(Group.prototype, 'capture', Group.prototype.capture);
  const positions = Array.from({ length: 16 }, (_, partition) => ({
    ...{ partition, generation: 1, epoch: 1, offset: 0 },
  }));
  await second.hello({ session, proof: second.proof(secret, 2), attempt: 2, group, positions });
  const frames = await second.settled();
  const gaps = frames.filter(({ type }) => type === 'gap').length;
  t.ok(gaps > 8, `${gaps} gaps`);
  t.equal(capture().length, 1);
  const seen = frames.flatMap((frame) => (frame.type === 'snapshot' ? frame.sockets : []));
  const lost = frames.flatMap((frame) => (frame.type === 'gap' ? [frame.partition] : []));
  t.equal(new Set(seen.map(({ id }) => id)).size, seen.length);
  t.ok(seen.length >= lost.length, 'and each gap is followed by what is true of its part');
});

const snapshotsIn = (frames: Frame[]): SnapshotFrame[] =>
  frames.flatMap((frame) => (frame.type === 'snapshot' ? frame : []));

function memoryGateway(limits: Partial<Limits>): SimGateway {
  const nobody = (): void => undefined;
  return new SimGateway(new ManualClock(), { node: 'n', limits, told: nobody, seen: nobody });
}

/** Acknowledges what was read, and says how far that is. */
function acknowledge(pipe: MemoryPipe, frames: Frame[], generation = 1): void {
  for (const frame of frames) {
    if (frame.type !== 'events') continue;
    for (const { partition, epoch, firstOffset, events } of frame.runs) {
      const offset = firstOffset + events.length - 1;
      pipe.send({ type: 'ack', positions: [{ partition, generation, epoch, offset }] });
    }
  }
}

t.test('a snapshot waits for a slow link and goes on where it stopped', async (t) => {
  const maxUnsentBytes = 100_000;
  const gateway = memoryGateway({ maxUnsentBytes });
  for (let n = 0; n < 12_000; n++) gateway.open();
  const pipe = new MemoryPipe(gateway);
  gateway.clock.endTurn();
  const frames = pipe.read(2);
  gateway.open();
  for (let reads = 0; reads < 100; reads++) {
    gateway.clock.endTurn();
    frames.push(...pipe.read(1));
  }
  t.ok(pipe.maxUnsentBytes < maxUnsentBytes, `${pipe.maxUnsentBytes} bytes waited`);
  const pieces = snapshotsIn(frames);
  t.ok(pieces.length > 5, `${pieces.length} pieces`);
  t.same(
    pieces.map(({ begin, end }) => [begin, end]),
    pieces.map((_, i) => [i === 0, i === pieces.length - 1]),
  );
  const ids = pieces.flatMap(({ sockets }) => sockets.map(({ id }) => id));
  t.equal(ids.length, 12_001, 'the sockets, and the one that hears what is published');
  t.equal(new Set(ids).size, ids.length, 'each once');
  t.match(
    frames.at(-1),
    { type: 'events', runs: [{ firstOffset: 1 }] },
    'and then what came since',
  );
  t.equal(pipe.closed, undefined);
});

t.test('under lasting overflow the truth comes once in a second, and it comes', async (t) => {
  const gateway = memoryGateway({ maxPipeUnackedEvents: 20 });
  const pipe = new MemoryPipe(gateway, { credit: { messages: 5, bytes: 1e6 } });
  const capture = t.capture(Group.prototype, 'capture', Group.prototype.capture);
  const all: Frame[] = [];
  const read = (): void => {
    gateway.clock.endTurn();
    const frames = pipe.read();
    acknowledge(pipe, frames);
    all.push(...frames);
  };
  for (let tenth = 0; tenth < 45; tenth++) {
    for (let n = 0; n < 30; n++) gateway.open();
    read();
    gateway.clock.advance(100);
  }
  // The rest is read, and nothing comes any more.
  for (let n = 0; n < 10; n++) read();
  const count = (type: Frame['type']): number => all.filter((each) => each.type === type).length;
  t.ok(count('gap') > 40, `${count('gap')} gaps`);
  t.match(count('snapshot'), /^[56]$/, 'in four and a half seconds');
  t.equal(capture().length, count('snapshot'), 'each is paid for once');
  const last = all.findLast(({ type }) => type === 'gap' || type === 'snapshot');
  t.equal(last?.type, 'gap');
  gateway.clock.advance(1_000);
  const [truth] = snapshotsIn(pipe.read());
  t.equal(truth?.sockets.length, 45 * 30 + 1, 'the truth about all of them');
});

t.test(
  'a kind that is subscribed to during a backlog has its truth behind the backlog',
  async (t) => {
    const gateway = memoryGateway({});
    const rule = (kind: RuleKind): Rule => ({ kind, channels: [], events: [] });
    const credit = { messages: 1, bytes: 1e6 };
    const pipe = new MemoryPipe(gateway, { credit, rules: [rule(RuleKind.MESSAGE)] });
    gateway.open();
    const [gone] = gateway.sockets;
    if (gone === undefined) throw new Error('it is there');
    for (let n = 1; n <= 4; n++) gateway.send(gone, '1', false);
    gateway.close(gone);
    gateway.open();
    gateway.clock.endTurn();
    const before = pipe.read();
    t.match(
      snapshotsIn(before).map(({ coversSockets }) => coversSockets),
      [false],
    );
    pipe.send({ type: 'subscribe', id: 1, rules: [RuleKind.MESSAGE, RuleKind.SOCKET].map(rule) });
    let frames = before;
    const snapshots: SnapshotFrame[] = [];
    for (let n = 0; n < 10; n++) {
      acknowledge(pipe, frames);
      gateway.clock.advance(1_000);
      frames = pipe.read();
      snapshots.push(...snapshotsIn(frames));
    }
    t.match(snapshots, [{ coversSockets: true, offset: 4 }]);
    const ids = snapshots.flatMap(({ sockets }) => sockets.map(({ id }) => id));
    t.notOk(ids.includes(gone.id), 'its close was heard by nobody, but it is not there');
    t.equal(ids.length, 2);
  },
);

t.test('a backend is not read while the gateway is behind with writes', (t) => {
  const clock = new ManualClock();
  const gateway = new SimGateway(clock, {
    node: 'n',
    limits: {},
    told: () => undefined,
    seen: () => undefined,
  });
  const pipe = new MemoryPipe(gateway);
  // More than a turn has room for.
  for (let i = 0; i < 5_000; i++) gateway.open();
  clock.endTurn();
  for (const socket of gateway.sockets) gateway.subscribe(socket, 'room');
  clock.endTurn();
  const seen: boolean[] = [];
  const trigger = (firstSeq: number): void => {
    const command = { verb: Verb.TRIGGER_CHANNEL, channel: 'room', event: 'e', data: '1' };
    pipe.send({ type: 'commands', firstSeq, commands: [command] });
    seen.push(pipe.paused);
  };
  trigger(1);
  // Between the first turn of its writes and the second one.
  clock.endOfTurn(() => trigger(2));
  clock.endTurn();
  t.strictSame([...seen, pipe.paused], [false, true, false]);
  t.equal(pipe.closed, undefined);
  t.end();
});
