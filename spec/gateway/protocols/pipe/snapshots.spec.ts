import t from 'tap';
import { Group } from '../../../../lib/gateway/core/streams/group';
import { EventKind, type Frame } from '../../../../lib/wire/frames';
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
