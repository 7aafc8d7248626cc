import t from 'tap';
import type { PipeOptions } from '../../../lib/pipe/options';
import type { Meta } from '../../../lib/pipe/types';
import { EventKind } from '../../../lib/wire/frames';
import { connectedClient, settled } from '../../support/scripted-client';
import { acked, member, own, resume } from '../../support/scripted-member';

t.test('HELLO says which group, by its name alone or with what else is wanted', (t) => {
  const groupOf = (group: PipeOptions['group']): unknown =>
    connectedClient({ group }).gateway.socket.hello.group;
  t.equal(groupOf(undefined), undefined);
  t.same(groupOf('game'), { name: 'game', order: 'socket', mode: 'sticky', overflow: 'gap' });
  t.same(groupOf({ name: 'a:1', order: 'channel', mode: 'shared' }), {
    name: 'a:1',
    order: 'channel',
    mode: 'shared',
    overflow: 'gap',
  });
  t.end();
});

t.test(
  'a partition is returned when the handlers that run have ended, and the rest is left',
  async (t) => {
    const scripted = member();
    const { gateway, started, finish } = scripted;
    const { socket } = gateway;
    socket.run({}, { event: 'a' }, { event: 'b' });
    socket.revoke(0, 1);
    socket.run({ firstOffset: 3 }, { event: 'late' });
    socket.run({ partition: 1 }, { event: 'other', socketId: '2.2' });
    t.equal(socket.count('returned'), 0);
    await finish('a');
    t.match(socket.find('returned').position, { partition: 0, generation: 1, offset: 1 });
    await finish('other');
    t.same(acked(scripted), [[1, 1]], 'nothing is acknowledged of what is another member’s');
    socket.run({ firstOffset: 3 }, { event: 'later' });
    t.same(started, ['1.1 a', '2.2 other'], 'b has not begun, so it is the next owner’s');
    t.equal(scripted.client.state, 'open');
  },
);

t.test('an idle partition is given back at once, and an old demand is not heard', (t) => {
  const { gateway } = member({}, [own(0, 5, 11)]);
  gateway.socket.revoke(0, 4).revoke(1, 1).revoke(0, 5).revoke(0, 5);
  const returned = gateway.socket.sent.filter(({ type }) => type === 'returned');
  t.match(returned, [{ position: { partition: 0, generation: 5, offset: 10 } }]);
  t.equal(returned.length, 1);
  t.end();
});

t.test(
  'a partition that is gained starts where it is said to, and older frames of it are late',
  (t) => {
    const { gateway, started, client } = member({}, []);
    gateway.socket.assign(own(1, 3, 41));
    gateway.socket.run({ partition: 1, generation: 2, firstOffset: 30 }, { event: 'late' });
    gateway.socket.run({ partition: 1, generation: 3, firstOffset: 41 }, { event: 'a' });
    t.same(started, ['1.1 a']);
    gateway.socket.run({ partition: 0 }, { event: 'b' });
    t.match(gateway.socket.closed, { code: 4400 }, 'one that was never given is an error');
    t.equal(client.state, 'waiting');
    t.end();
  },
);

t.test('a demand that a cut left unanswered is void, until it is repeated', async (t) => {
  const scripted = member();
  const { gateway, started, finish } = scripted;
  gateway.socket.run({}, { event: 'a' });
  gateway.socket.revoke(0, 1);
  resume(scripted, own(0), own(1));
  t.match(gateway.socket.hello.positions[0], { partition: 0, generation: 1, epoch: 1, offset: 0 });
  gateway.socket.run({}, { event: 'a' }, { event: 'b', socketId: '2.2' });
  await finish('a');
  t.equal(gateway.socket.count('returned'), 0);
  gateway.socket.revoke(0, 1);
  await finish('b');
  t.match(gateway.socket.find('returned').position, { offset: 2 });
  t.same(started, ['1.1 a', '2.2 b']);
});

t.test('events not begun when a partition is lost are left to the others', async (t) => {
  const scripted = member();
  const { gateway, started, finish } = scripted;
  gateway.socket.run({}, { event: 'a' }, { event: 'b' }, { event: 'c', socketId: '2.2' });
  resume(scripted, own(1));
  await finish('a');
  await finish('c');
  t.same(started, ['1.1 a', '2.2 c'], 'b is another’s');
  t.same(acked(scripted), []);
});

t.test('the credit is whole again when all that was at hand is another’s', (t) => {
  const scripted = member({ credit: { messages: 2 } });
  const { gateway, clock, started } = scripted;
  clock.stall(6_000);
  gateway.socket.run({}, { event: 'a' }, { event: 'b' });
  resume(scripted);
  t.same(started, []);
  t.equal(
    gateway.socket.hello.credit.messages,
    0,
    'two events wait, of partitions that may be lost',
  );
  clock.advance(50);
  t.equal(gateway.socket.find('ack').credit?.messages, 2);
  t.end();
});

t.test(
  'when it comes back, what was handled here is not handled again, and the rest is',
  async (t) => {
    const scripted = member();
    const { gateway, started, finish } = scripted;
    const events = [{ event: 'a' }, { event: 'b' }, { event: 'c', socketId: '2.2' }];
    gateway.socket.run({}, ...events);
    resume(scripted, own(1));
    await finish('a');
    await finish('c');
    gateway.socket.assign(own(0, 3, 1));
    gateway.socket.run({ generation: 3 }, ...events, { event: 'd', socketId: '2.2' });
    t.same(started, ['1.1 a', '2.2 c', '1.1 b', '2.2 d']);
    await finish('b');
    t.same(acked(scripted).at(-1), [0, 3]);
    await finish('d');
    t.same(acked(scripted).at(-1), [0, 4]);
  },
);

t.test('when it comes back from further on, what lies before is done elsewhere', async (t) => {
  const scripted = member();
  const { gateway, started, finish } = scripted;
  gateway.socket.run({}, { event: 'a' }, { event: 'b' }, { event: 'c' });
  resume(scripted, own(0, 3, 3), own(1));
  gateway.socket.run({ generation: 3, firstOffset: 3 }, { event: 'c' }, { event: 'd' });
  await finish('a');
  t.same(started, ['1.1 a', '1.1 c']);
  await finish('c');
  await finish('d');
  t.same(acked(scripted), [[0, 4]]);
  resume(scripted, own(0, 5, 100), own(1));
  gateway.socket.run({ generation: 5, firstOffset: 100 }, { event: 'e' });
  t.equal(started.at(-1), '1.1 e');
});

t.test('a lost session leaves to the others what has not begun; alone it is handled', async (t) => {
  for (const group of ['game', undefined]) {
    const scripted = member({ group });
    const { gateway, clock, started, finish } = scripted;
    gateway.socket.run({}, { event: 'a' }, { event: 'b' });
    gateway.socket.drop();
    clock.advance(1_000);
    const session = new Uint8Array(16).fill(8);
    const assigned = group === undefined ? [own(0)] : [];
    gateway.socket.accept().welcome({ verdict: 'reset', session, partitions: 2, assigned });
    await finish('a');
    t.same(started, group === undefined ? ['1.1 a', '1.1 b'] : ['1.1 a']);
  }
});

t.test('in a later session nothing is handled again that was handled here', async (t) => {
  const scripted = member();
  const { gateway, clock, started, finish } = scripted;
  const events = [{ event: 'a' }, { event: 'b', socketId: '2.2' }, { event: 'c' }];
  gateway.socket.run({}, ...events);
  await finish('b');
  gateway.socket.drop();
  clock.advance(1_000);
  const session = new Uint8Array(16).fill(8);
  const assigned = [own(0, 2), own(1, 2)];
  gateway.socket.accept().welcome({ verdict: 'reset', session, partitions: 2, assigned });
  gateway.socket.run({ generation: 2 }, ...events, { event: 'd', socketId: '2.2' });
  t.same(started, ['1.1 a', '2.2 b', '2.2 d']);
  await finish('a');
  t.same(acked(scripted).at(-1), [0, 2]);
  await finish('c');
  await finish('d');
  t.same(acked(scripted).at(-1), [0, 4]);
  t.same(started, ['1.1 a', '2.2 b', '2.2 d', '1.1 c']);
});

t.test('but a group of that name that was made anew has other events', async (t) => {
  for (const change of [
    { node: 'node-1', epoch: 2 },
    { node: 'node-2', epoch: 1 },
  ]) {
    const { gateway, clock, started, finish } = member();
    gateway.socket.run({}, { event: 'a' }, { event: 'b', socketId: '2.2' });
    await finish('a');
    gateway.socket.drop();
    clock.advance(1_000);
    const { node, epoch } = change;
    const session = new Uint8Array(16).fill(8);
    const assigned = [{ ...own(0), epoch }];
    gateway.socket.accept().welcome({ verdict: 'reset', session, node, partitions: 2, assigned });
    gateway.socket.run({ epoch }, { event: 'c' }, { event: 'd', socketId: '3.3' });
    t.same(started, ['1.1 a', '2.2 b', '1.1 c', '3.3 d'], JSON.stringify(change));
  }
});

t.test('disconnect finishes what runs, and leaves the rest to the others at once', async (t) => {
  const scripted = member();
  const { client, gateway, started, finish } = scripted;
  gateway.socket.run({}, { event: 'a' }, { event: 'b' }, { event: 'c', socketId: '2.2' });
  const over = client.disconnect();
  gateway.socket.revoke(1, 1);
  await finish('c');
  t.equal(gateway.socket.count('bye'), 0);
  await finish('a');
  await settled();
  t.same(
    gateway.socket.find('ack').positions.map(({ offset }) => offset),
    [1],
  );
  t.equal(gateway.socket.count('bye'), 1);
  t.equal(gateway.socket.count('returned'), 0, 'goodbye says it');
  gateway.socket.drop(1000);
  await over;
  t.same(started, ['1.1 a', '2.2 c']);
});

t.test('in order of channels, the events of a channel wait for each other', async (t) => {
  const { gateway, client } = member({ group: { name: 'game', order: 'channel' } });
  const started: string[] = [];
  const running: Array<() => void> = [];
  client.channels.on('event', (name, channel) => {
    started.push(`${channel} ${name}`);
    return new Promise<void>((resolve) => running.push(resolve));
  });
  gateway.socket.run(
    {},
    { event: 'a', channel: 'room' },
    { event: 'b', channel: 'hall' },
    { event: 'c', channel: 'room', socketId: '2.2' },
  );
  t.same(started, ['room a', 'hall b']);
  running[0]?.();
  await settled();
  t.same(started, ['room a', 'hall b', 'room c']);
});

t.test('sockets that went to another member are heard of no more', async (t) => {
  const scripted = member({}, [own(0)]);
  const { client, gateway } = scripted;
  client.subscribe(['socket_existence']);
  gateway.socket.snapshot(['1.1']);
  const left = client.socket('1.1').events();
  const next = left.next();
  const heard: unknown[] = [];
  client.socket('1.1').on('event', (name) => void heard.push(name));
  client.sockets.on('close', (id) => void heard.push(`close ${id}`));
  gateway.socket.revoke(0, 1).lost(0, 1);
  t.same(await next, { value: undefined, done: true }, 'a loop over its events ends');
  gateway.socket.assign(own(0, 3));
  gateway.socket.run({ generation: 3 }, { event: 'hi' });
  t.same(heard, []);
});

t.test('as long as the gateway may not know that a partition was given back', async (t) => {
  for (const heard of [true, false]) {
    const { client, gateway, clock } = member({}, [own(0)]);
    const told: string[] = [];
    client.subscribe(['socket_existence']);
    client.sockets.on('close', (id, { reason }) => void told.push(`${id} ${reason}`));
    gateway.socket.snapshot(['1.1']).revoke(0, 1);
    gateway.socket.lost(0, 0);
    if (heard) gateway.socket.lost(0, 1);
    gateway.socket.drop();
    clock.advance(1_000);
    const session = new Uint8Array(16).fill(8);
    gateway.socket.accept().welcome({ verdict: 'reset', session, node: 'node-2' });
    t.same(told, heard ? [] : ['1.1 node_lost'], 'its sockets are closed when it dies');
  }
});

t.test('a demand whose answer was lost is answered again', (t) => {
  const scripted = member({}, [own(0), own(1)]);
  const { gateway } = scripted;
  gateway.socket.snapshot(['1.1']).revoke(0, 1);
  resume(scripted, own(0), own(1));
  gateway.socket.revoke(0, 1).revoke(0, 1);
  t.equal(gateway.socket.count('returned'), 1);
  t.end();
});

t.test('members without an order are told nothing of what is true', (t) => {
  const { client, gateway } = member({ group: { name: 'game', mode: 'shared' } }, [own(0)]);
  const told: string[] = [];
  client.subscribe(['socket_existence']);
  client.sockets.on('open', (id) => void told.push(`open ${id}`));
  client.sockets.on('close', (id) => void told.push(`close ${id}`));
  gateway.socket.snapshot(['1.1']).run({}, { kind: EventKind.CLOSE, socketId: '2.2' });
  t.same(told, ['close 2.2']);
  t.end();
});

t.test('a command with a cause says which event it answers, and in which generation', async (t) => {
  const scripted = member({}, [own(0, 4)]);
  const { client, gateway, clock } = scripted;
  const metas: Meta[] = [];
  client.sockets.on('event', (_name, _id, _data, meta) => void metas.push(meta));
  gateway.socket.run({ generation: 4 }, { event: 'a' }, { event: 'b', socketId: '2.2' });
  const [first, second] = metas as [Meta, Meta];
  client.socket('1.1').trigger('x', 1, { cause: first });
  client.channel('room').trigger('x', 1, { cause: first });
  client.channel('room').trigger('x', 1);
  void client
    .socket('1.1')
    .publish('x', 1, { cause: second })
    .catch(() => undefined);
  clock.endTurn();
  t.same(
    gateway.socket.commands.map(({ origin }) => origin),
    [
      { partition: 0, generation: 4, offset: 1, index: 0 },
      { partition: 0, generation: 4, offset: 1, index: 1 },
      undefined,
      { partition: 0, generation: 4, offset: 2, index: 0 },
    ],
  );
  // Both were lost and come back, the first one finished elsewhere.
  resume(scripted, own(0, 6, 2));
  client.socket('1.1').trigger('x', 1, { cause: first });
  client.socket('1.1').trigger('x', 1, { cause: second });
  clock.endTurn();
  t.same(
    gateway.socket.commands.slice(-2).map(({ origin }) => origin?.generation),
    [5, 6],
  );
  // Commands in answer to a lost gateway's event, queued or triggered later, name an event that the next gateway does not
  // know.
  gateway.socket.drop();
  client.socket('1.1').trigger('x', 1, { cause: second });
  clock.advance(1_000);
  const session = new Uint8Array(16).fill(8);
  const assigned = [own(0, 6)];
  gateway.socket.accept().welcome({ verdict: 'reset', session, node: 'node-2', assigned });
  client.socket('1.1').trigger('x', 1, { cause: second });
  clock.endTurn();
  t.same(
    gateway.socket.commands.map(({ origin }) => origin),
    [undefined, undefined],
  );
  const bad = { cause: { ...first } };
  t.throws(() => client.channel('room').trigger('x', 1, bad), { code: 'bad_argument' });
  await t.rejects(client.channel('room').publish('x', 1, bad), { code: 'bad_argument' });
});
