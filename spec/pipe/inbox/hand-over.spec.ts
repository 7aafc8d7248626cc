import t from 'tap';
import { EventKind } from '../../../lib/wire/frames';
import { scriptedClient } from '../../support/scripted-client';
import { member, own, resume, type MemberOfGroup } from '../../support/scripted-member';

/** All events of sockets and channels that the program gets, in order. */
function listen({ client }: MemberOfGroup): string[] {
  const told: string[] = [];
  client.subscribe(['socket_existence', 'channel_existence', 'socket_message']);
  client.sockets.on('open', (id, { resync }) => void told.push(`open ${id}${resync ? '*' : ''}`));
  client.sockets.on('close', (id) => void told.push(`close ${id}`));
  client.sockets.on('moved', (id) => void told.push(`moved ${id}`));
  client.channels.on('occupied', (name) => void told.push(`occupied ${name}`));
  client.channels.on('vacated', (name) => void told.push(`vacated ${name}`));
  client.channels.on('moved', (name) => void told.push(`moved ${name}`));
  return told;
}

t.test(
  'finished ranges above the floor are acknowledged, told in HELLO and when a partition is returned',
  async (t) => {
    const scripted = member();
    const { gateway, clock, finish } = scripted;
    const events = ['a', 'b', 'c', 'd', 'e'].map((event, n) => ({ event, socketId: `${n}.1` }));
    gateway.socket.run({}, ...events);
    for (const event of ['b', 'c', 'e']) await finish(event);
    clock.advance(50);
    const finished = [
      { first: 2, last: 3 },
      { first: 5, last: 5 },
    ];
    t.match(gateway.socket.find('ack').positions, [{ partition: 0, offset: 0, finished }]);
    resume(scripted, own(0), own(1));
    t.match(gateway.socket.hello.positions[0], { partition: 0, offset: 0, finished });
    gateway.socket.revoke(0, 1);
    await finish('d');
    t.equal(gateway.socket.count('returned'), 0, 'a still runs');
    await finish('a');
    const { position } = gateway.socket.find('returned');
    t.match(position, { partition: 0, generation: 1, epoch: 1, offset: 5 });
  },
);

t.test(
  'a returned position tells the ranges that are finished behind an event that was left',
  async (t) => {
    const { gateway, started, finish } = member();
    gateway.socket.run({}, { event: 'a' }, { event: 'b' }, { event: 'c', socketId: '2.2' });
    gateway.socket.revoke(0, 1);
    await finish('c');
    await finish('a');
    t.same(started, ['1.1 a', '2.2 c']);
    const { position } = gateway.socket.find('returned');
    t.match(position, { offset: 1, finished: [{ first: 3, last: 3 }] });
  },
);

t.test(
  'offsets that a run skips are finished by others: nothing is missing, and the next owner knows',
  async (t) => {
    const { gateway, clock, started, finish } = member({}, [own(0, 2, 3)]);
    const events = [{ event: 'a' }, { event: 'b', socketId: '2.2' }];
    gateway.socket.run({ generation: 2, firstOffset: 5, skipped: 2 }, ...events);
    gateway.socket.run(
      { generation: 2, firstOffset: 9, skipped: 2 },
      { event: 'c', socketId: '3.3' },
    );
    t.same(started, ['1.1 a', '2.2 b', '3.3 c']);
    await finish('c');
    clock.advance(50);
    const finished = [{ first: 7, last: 9 }];
    t.match(gateway.socket.find('ack').positions, [{ offset: 4, finished }]);
    await finish('a');
    await finish('b');
    clock.advance(50);
    t.equal(gateway.socket.find('ack').positions[0]?.offset, 9);
    gateway.socket.run({ generation: 2, firstOffset: 12, skipped: 1 }, { event: 'd' });
    t.match(gateway.socket.closed, { code: 4400 }, 'offset 10 is neither sent nor skipped');
  },
);

t.test('the commands of a handler leave before its partition is returned', async (t) => {
  const { client, gateway, finish } = member();
  gateway.socket.run({}, { event: 'a' });
  gateway.socket.revoke(0, 1);
  client.channel('room').trigger('answer');
  await finish('a');
  const sent = gateway.socket.sent.map(({ type }) => type);
  t.same(
    sent.filter((type) => type === 'commands' || type === 'returned'),
    ['commands', 'returned'],
  );
});

t.test('and so do commands that the credit or a full outbox holds back', async (t) => {
  const { client, gateway, clock, finish } = member({ maxOutboxEvents: 3 });
  const credit = { messages: 1, bytes: 1e6 };
  const applied = (n: number): void => {
    gateway.socket.say({ type: 'commandAck', applied: n, refused: [], receipts: [], credit });
    clock.endTurn();
  };
  applied(0);
  gateway.socket.run({}, { event: 'a' });
  const room = client.channel('room');
  for (let n = 1; n <= 3; n += 1) room.trigger('answer', n);
  void room.publish('answer', 4);
  gateway.socket.revoke(0, 1);
  await finish('a');
  for (let n = 1; n <= 4; n += 1) {
    t.equal(gateway.socket.commands.length, n);
    t.equal(gateway.socket.count('returned'), n === 4 ? 1 : 0);
    room.trigger('later', n);
    applied(n);
  }
});

t.test(
  'sockets that go with a partition are told as moved, and returning ones as open',
  async (t) => {
    const scripted = member({}, [own(0)]);
    const { client, gateway, finish } = scripted;
    const told = listen(scripted);
    const heard: string[] = [];
    client.socket('2.2').on('moved', () => void heard.push('moved 2.2'));
    client.channel('room').on('moved', () => void heard.push('moved room'));
    gateway.socket.snapshot(['1.1', '2.2'], ['room']);
    gateway.socket.run({}, { event: 'a' });
    told.length = 0;
    gateway.socket.revoke(0, 1);
    t.same(told, [], 'it is not another’s yet');
    gateway.socket.lost(0, 1);
    t.same(told, ['moved 2.2', 'moved room'], 'a handler of 1.1 still runs');
    t.same(heard, told);
    await finish('a');
    t.equal(told.at(-1), 'moved 1.1');
    t.equal(gateway.socket.count('returned'), 0, 'there is nothing to return any more');
    told.length = 0;
    gateway.socket.assign(own(0, 3, 2));
    gateway.socket.snapshot(['1.1', '3.3'], ['room'], { offset: 1 });
    t.same(told, ['open 1.1*', 'open 3.3*', 'occupied room']);
  },
);

t.test('a partition that WELCOME does not name, or names in a later generation, was lost', (t) => {
  for (const assigned of [[], [own(0, 3, 2)]]) {
    const scripted = member({}, [own(0)]);
    const { gateway } = scripted;
    const told = listen(scripted);
    gateway.socket.snapshot(['1.1'], ['room']);
    told.length = 0;
    resume(scripted, ...assigned);
    t.same(told, ['moved 1.1', 'moved room']);
    gateway.socket.lost(0, 1);
    t.equal(told.length, 2, 'once');
  }
  t.end();
});

t.test('moved is told only of what handlers were told of', async (t) => {
  const scripted = member({}, [own(0)]);
  const { gateway, finish } = scripted;
  const told = listen(scripted);
  gateway.socket.snapshot(['1.1', '2.2']);
  gateway.socket.run(
    {},
    { event: 'a', socketId: '1.1' },
    { event: 'b', socketId: '2.2' },
    { kind: EventKind.CLOSE, socketId: '1.1' },
    { event: 'c', socketId: '3.3' },
  );
  t.same(told.splice(0), ['open 1.1*', 'open 2.2*', 'open 3.3*']);
  await finish('c');
  gateway.socket.run({ firstOffset: 5 }, { kind: EventKind.CLOSE, socketId: '3.3' });
  t.same(told.splice(0), ['close 3.3']);
  gateway.socket.revoke(0, 1);
  for (const event of ['a', 'b']) await finish(event);
  gateway.socket.lost(0, 1);
  t.same(
    told.sort(),
    ['moved 1.1', 'moved 2.2'],
    'nobody heard of the close of 1.1, which is left',
  );
});

t.test('a socket whose open was left is not told as moved', async (t) => {
  const scripted = member({ concurrency: 1 }, [own(0)]);
  const { gateway, finish } = scripted;
  const told = listen(scripted);
  gateway.socket.snapshot(['1.1']);
  gateway.socket.run({}, { event: 'a' }, { kind: EventKind.OPEN, socketId: '2.2' });
  gateway.socket.run({ firstOffset: 3 }, { event: 'b', socketId: '3.3' });
  gateway.socket.revoke(0, 1);
  await finish('a');
  gateway.socket.lost(0, 1);
  t.same(told, ['open 1.1*', 'moved 1.1']);
});

t.test('a partition that comes back finds its left events again, each once', async (t) => {
  const scripted = member({}, [own(0)]);
  const { gateway, started, finish } = scripted;
  const told = listen(scripted);
  gateway.socket.snapshot(['1.1']);
  const events = [
    { event: 'a' },
    { event: 'b' },
    { kind: EventKind.OPEN, socketId: '2.2' },
    { event: 'c', socketId: '2.2' },
    { kind: EventKind.CLOSE, socketId: '1.1' },
  ];
  gateway.socket.run({}, ...events);
  gateway.socket.revoke(0, 1);
  await finish('c');
  gateway.socket.lost(0, 1);
  gateway.socket.assign(own(0, 3));
  told.length = 0;
  gateway.socket.snapshot(['1.1']);
  gateway.socket.run({ generation: 3 }, ...events);
  t.same(started, ['1.1 a', '2.2 c'], 'a has not ended, and c was handled');
  t.same(told, ['open 2.2*'], 'its open was handled too, and it is this member’s again');
  await finish('a');
  await finish('b');
  t.same(started, ['1.1 a', '2.2 c', '1.1 b']);
  t.same(told, ['open 2.2*', 'moved 1.1', 'open 1.1*', 'close 1.1']);
});

t.test('while the connection is away for longer than the grace, nothing new begins', async (t) => {
  for (const back of ['own', 'lost'] as const) {
    const scripted = member();
    const { gateway, clock, started, finish } = scripted;
    gateway.socket.run({}, { event: 'a' }, { event: 'b' }, { event: 'c' });
    gateway.socket.drop();
    clock.advance(4_999);
    await finish('a');
    t.same(started, ['1.1 a', '1.1 b'], 'within the grace the partition is this member’s');
    clock.advance(1);
    await finish('b');
    t.same(started, ['1.1 a', '1.1 b'], 'from then on another member may have it');
    gateway.socket.accept().welcome({
      verdict: 'resumed',
      partitions: 2,
      assigned: back === 'own' ? [own(0), own(1)] : [own(1)],
    });
    t.same(started.slice(2), back === 'own' ? ['1.1 c'] : []);
  }
});

t.test('a member that stood still for the grace begins nothing before a later PONG', async (t) => {
  for (const woken of ['handler', 'frame', 'timer'] as const) {
    const { gateway, clock, started, finish } = member();
    const { socket } = gateway;
    socket.run({}, { event: 'a' }, { event: 'b' }, { event: 'c', socketId: '2.2' });
    clock.advance(2_000);
    await finish('c');
    const pings = socket.count('ping');
    const before = clock.now();
    clock.stall(6_000);
    // Frames that came during the standstill are read before or behind the end of the handler.
    if (woken === 'frame') socket.run({ partition: 1 }, { event: 'd', socketId: '3.3' });
    if (woken === 'timer') clock.advance(0);
    await finish('a');
    clock.endTurn();
    t.same(started, ['1.1 a', '2.2 c'], woken);
    t.equal(socket.count('ping'), pings + 1, 'it asks once');
    socket.say({ type: 'pong', time: before });
    t.same(started, ['1.1 a', '2.2 c'], 'this PONG was under way before the standstill');
    if (woken !== 'frame') socket.run({ partition: 1 }, { event: 'd', socketId: '3.3' });
    socket.lost(0, 1);
    socket.say({ type: 'pong', time: socket.find('ping').time });
    t.same(started, ['1.1 a', '2.2 c', '3.3 d'], 'b is another member’s, and d its own');
  }
});

t.test('a handler that blocks its process counts as a standstill', (t) => {
  const { client, gateway, clock } = scriptedClient({ group: 'game' });
  const started: string[] = [];
  client.sockets.on('event', (name) => {
    started.push(name);
    clock.stall(2_000);
  });
  void client.connect();
  gateway.socket.accept().welcome();
  gateway.socket.run({}, ...['a', 'b', 'c', 'd', 'e'].map((event) => ({ event })));
  t.same(started, ['a', 'b', 'c'], 'the connection was not read for 6 s');
  clock.endTurn();
  gateway.socket.say({ type: 'pong', time: gateway.socket.find('ping').time });
  t.same(started, ['a', 'b', 'c', 'd', 'e']);
  t.end();
});

t.test('the grace counts from the last moment at which the process surely ran', async (t) => {
  const { gateway, clock, started, finish } = member();
  gateway.socket.run({}, { event: 'a' }, { event: 'b' }, { event: 'c' });
  clock.advance(2_000);
  clock.stall(4_000);
  gateway.socket.drop();
  await finish('a');
  t.same(started, ['1.1 a', '1.1 b'], 'the grace is not over yet');
  clock.advance(600);
  await finish('b');
  t.same(started, ['1.1 a', '1.1 b']);
});

t.test(
  'a process whose name may have been taken begins nothing that it may have lost',
  async (t) => {
    for (const group of [undefined, 'game', { name: 'all', mode: 'broadcast' }] as const) {
      const scripted = member({ name: 'x', group });
      const { gateway, clock, started, finish } = scripted;
      gateway.socket.run({}, ...['a', 'b', 'c', 'd'].map((event) => ({ event })));
      clock.advance(1_000);
      clock.stall(600);
      await finish('a');
      clock.endTurn();
      t.same(started, ['1.1 a'], 'its process stood still');
      gateway.socket.say({ type: 'pong', time: gateway.socket.find('ping').time });
      t.same(started, ['1.1 a', '1.1 b']);
      gateway.socket.drop();
      clock.advance(600);
      await finish('b');
      t.same(started, ['1.1 a', '1.1 b'], 'its connection is away');
      clock.advance(1_000);
      const assigned = [own(0), own(1)];
      gateway.socket.accept().welcome({ verdict: 'resumed', partitions: 2, assigned });
      t.same(started, ['1.1 a', '1.1 b', '1.1 c']);
      clock.stall(600);
      await finish('c');
      gateway.socket.drop(4409, 'replaced');
      clock.advance(60_000);
      t.same(started, ['1.1 a', '1.1 b', '1.1 c'], 'another process has it');
    }
  },
);

t.test('a WELCOME that was read after a standstill says nothing any more', async (t) => {
  const scripted = member();
  const { gateway, clock, started, finish } = scripted;
  gateway.socket.run({}, { event: 'a' }, { event: 'b' });
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept();
  clock.stall(6_000);
  gateway.socket.welcome({ verdict: 'resumed', partitions: 2, assigned: [own(0), own(1)] });
  await finish('a');
  clock.endTurn();
  t.same(started, ['1.1 a']);
  gateway.socket.say({ type: 'pong', time: gateway.socket.find('ping').time });
  t.same(started, ['1.1 a', '1.1 b']);
});

t.test('without a group and a name an outage or a standstill holds nothing up', async (t) => {
  const scripted = member({ group: undefined });
  const { gateway, clock, started, finish } = scripted;
  gateway.socket.run({}, { event: 'a' }, { event: 'b' });
  gateway.socket.drop();
  clock.advance(60_000);
  clock.stall(60_000);
  await finish('a');
  t.same(started, ['1.1 a', '1.1 b']);
});

t.test(
  'at the deadline a partition is returned although a handler still runs, which is not acknowledged',
  async (t) => {
    const { client, gateway, clock, finish } = member();
    gateway.socket.run({}, { event: 'a' }, { event: 'b', socketId: '2.2' });
    await finish('b');
    gateway.socket.revoke(0, 1);
    client.channel('room').trigger('answer');
    clock.advance(9_999);
    t.equal(gateway.socket.count('returned'), 0);
    clock.advance(1);
    const { position } = gateway.socket.find('returned');
    t.match(position, { partition: 0, offset: 0, finished: [{ first: 2, last: 2 }] });
    await finish('a');
    clock.advance(50);
    t.equal(gateway.socket.count('returned'), 1, 'once');
  },
);
