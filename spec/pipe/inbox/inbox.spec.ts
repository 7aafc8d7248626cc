import { createHmac } from 'node:crypto';
import t from 'tap';
import { connectedClient, settled } from '../../support/scripted-client';

t.test('handled events are acknowledged after fifty milliseconds, once', (t) => {
  const { gateway, clock } = connectedClient();
  gateway.socket.events({ event: 'a' }, { event: 'b' });
  t.equal(gateway.socket.count('ack'), 0);
  clock.advance(50);
  t.match(gateway.socket.find('ack').positions, [
    { partition: 0, generation: 1, epoch: 1, offset: 2 },
  ]);
  clock.advance(1_000);
  t.equal(gateway.socket.count('ack'), 1);
  t.end();
});

t.test('a quarter of the credit is acknowledged at once', (t) => {
  const { gateway } = connectedClient({ credit: { messages: 40 } });
  gateway.socket.events(...Array.from({ length: 9 }, () => ({ event: 'e' })));
  t.equal(gateway.socket.count('ack'), 0);
  gateway.socket.events({ event: 'e' });
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 10);
  t.end();
});

t.test('an acknowledgement rides on commands when there are some', (t) => {
  const { client, gateway, clock } = connectedClient();
  client.sockets.on('event', (_name, id) => void client.socket(id).trigger('answer'));
  gateway.socket.events({ event: 'question' });
  clock.endTurn();
  t.equal(gateway.socket.find('commands').ack?.positions[0]?.offset, 1);
  clock.advance(1_000);
  t.equal(gateway.socket.count('ack'), 0);
  t.end();
});

t.test('nothing is acknowledged beyond the first event whose handler still runs', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const running: Array<() => void> = [];
  client.socket('1.1').on('event', () => new Promise<void>((resolve) => running.push(resolve)));
  gateway.socket.events({ socketId: '2.2' }, { socketId: '1.1' }, { socketId: '2.2' });
  clock.advance(50);
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 1);
  clock.advance(10_000);
  t.equal(gateway.socket.count('ack'), 1);
  running[0]?.();
  await settled();
  clock.advance(50);
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 3);
});

t.test('repeated offsets are dropped and a jump that nobody announced is a protocol error', (t) => {
  const { client, gateway } = connectedClient();
  const heard: unknown[] = [];
  client.sockets.on('event', (name) => void heard.push(name));
  gateway.socket.eventsFrom(1, { event: 'a' }, { event: 'b' });
  gateway.socket.eventsFrom(1, { event: 'a' }, { event: 'b' }, { event: 'c' });
  t.same(heard, ['a', 'b', 'c']);
  gateway.socket.eventsFrom(5, { event: 'e' });
  t.match(gateway.socket.closed, { code: 4400 });
  t.equal(client.state, 'waiting');
  t.end();
});

t.test(
  'events of a partition or epoch that was not given, or beyond the credit, are protocol errors',
  (t) => {
    const event = { kind: 2 as const, socketId: '1.1', event: 'e', time: 1 };
    const run = { partition: 0, generation: 1, epoch: 1, firstOffset: 1, events: [event] };
    for (const wrong of [
      { partition: 1 },
      { epoch: 2 },
      { events: Array.from({ length: 11 }, () => event) },
    ]) {
      const { gateway } = connectedClient({ credit: { messages: 10 } });
      gateway.socket.say({ type: 'events', runs: [{ ...run, ...wrong }] });
      t.match(gateway.socket.closed, { code: 4400 }, JSON.stringify(wrong));
    }
    const { client, gateway } = connectedClient();
    gateway.socket.say({ type: 'events', runs: [{ ...run, generation: 0 }] });
    t.equal(client.state, 'open', 'but those of an older generation are late, not wrong');
    t.end();
  },
);

t.test('a partition that begins before the first event is a protocol error', (t) => {
  const { gateway } = connectedClient();
  gateway.socket.assign({ partition: 0, generation: 2, epoch: 1, firstOffset: 0 });
  t.match(gateway.socket.closed, { code: 4400 });
  t.end();
});

t.test('a gap is told, and events go on behind it', (t) => {
  const { client, gateway, clock } = connectedClient();
  const told: unknown[] = [];
  client.on('gap', (info) => void told.push(info));
  client.sockets.on('event', (name) => void told.push(name));
  gateway.socket.eventsFrom(1, { event: 'before' });
  const gap = {
    type: 'gap',
    partition: 0,
    oldEpoch: 1,
    after: 1,
    newEpoch: 1,
    cause: 'overflow',
  } as const;
  gateway.socket.say({ ...gap, first: 5, count: 3 }).eventsFrom(5, { event: 'after' });
  gateway.socket.say({ ...gap, newEpoch: 2, first: 1, cause: 'store_lost', count: 0 });
  t.same(told, [
    'before',
    { partition: 0, cause: 'overflow', count: 3 },
    'after',
    { partition: 0, cause: 'store_lost', count: undefined },
  ]);
  clock.advance(50);
  t.equal(client.state, 'open');
  gateway.socket.say({ ...gap, newEpoch: 1, first: 9, count: 0 });
  t.match(gateway.socket.closed, { code: 4400 }, 'a gap that leads back is refused');
  t.end();
});

t.test('a gap is acknowledged though nothing comes behind it', (t) => {
  const { gateway, clock } = connectedClient();
  clock.advance(100);
  const gap = { type: 'gap', partition: 0, oldEpoch: 1, after: 0, newEpoch: 1, first: 8 } as const;
  gateway.socket.say({ ...gap, cause: 'expired', count: 7 });
  clock.advance(50);
  t.match(gateway.socket.find('ack').positions, [{ partition: 0, epoch: 1, offset: 7 }]);
  t.end();
});

t.test(
  'a resumed session proves itself, says its positions and handles nothing twice',
  async (t) => {
    const { client, gateway, clock } = connectedClient();
    const heard: unknown[] = [];
    const resets: unknown[] = [];
    const running: Array<() => void> = [];
    client.on('reset', (info) => void resets.push(info));
    client.sockets.on('event', (name, id) => {
      heard.push(name);
      return id === '1.1' ? undefined : new Promise<void>((resolve) => running.push(resolve));
    });
    t.equal(gateway.socket.hello.session.length, 0);
    t.same(gateway.socket.hello.attempt, 1);
    gateway.socket.events({ event: 'a' }, { event: 'b', socketId: '2.2' }, { event: 'c' });
    gateway.socket.drop();
    clock.advance(1_000);
    gateway.socket.accept('fresh');
    const { session, proof, attempt, positions } = gateway.socket.hello;
    t.same(Buffer.from(session), Buffer.alloc(16, 7));
    t.same(
      Buffer.from(proof),
      createHmac('sha256', Buffer.alloc(32, 9)).update('fresh.2').digest(),
    );
    t.equal(attempt, 2);
    const finished = [{ first: 3, last: 3 }];
    t.match(positions, [{ partition: 0, generation: 1, epoch: 1, offset: 1, finished }]);
    gateway.socket.welcome({
      verdict: 'resumed',
      session: new Uint8Array(0),
      secret: new Uint8Array(0),
      assigned: [{ partition: 0, generation: 1, epoch: 1, firstOffset: 2 }],
    });
    gateway.socket.eventsFrom(2, { event: 'b', socketId: '2.2' }, { event: 'c' }, { event: 'd' });
    t.same(heard, ['a', 'b', 'c', 'd']);
    running[0]?.();
    await settled();
    clock.advance(50);
    t.equal(gateway.socket.find('ack').positions[0]?.offset, 4);
    t.same(resets, []);
  },
);

t.test('a session that was lost starts anew and is told as reset', (t) => {
  for (const verdict of ['new', 'reset'] as const) {
    const { client, gateway, clock } = connectedClient();
    const told: unknown[] = [];
    client.on('connected', ({ session }) => void told.push(session));
    client.on('reset', (info) => void told.push(info));
    client.sockets.on('event', (name) => void told.push(name));
    gateway.socket.events({ event: 'a' });
    gateway.socket.drop();
    clock.advance(1_000);
    gateway.socket
      .accept()
      .welcome({ verdict, reason: 'expired', session: new Uint8Array(16).fill(8) });
    gateway.socket.events({ event: 'b' });
    t.same(told, ['a', 'reset', { reason: 'expired' }, 'b']);
  }
  t.end();
});

t.test('a handler of a lost session acknowledges nothing in the next one', async (t) => {
  const { client, gateway, clock } = connectedClient();
  let finish: () => void = () => t.fail('the handler did not run');
  client.sockets.on('event', () => new Promise<void>((resolve) => (finish = resolve)));
  gateway.socket.events({ event: 'a' });
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept().welcome({ session: new Uint8Array(16).fill(8) });
  finish();
  await settled();
  clock.advance(1_000);
  t.same(gateway.socket.find('ack').positions, [], 'there is more credit, and no position');
});

t.test(
  'running events count against the credit of the next connection, until they end or come again',
  async (t) => {
    for (const ends of [true, false]) {
      const { client, gateway, clock } = connectedClient({ credit: { messages: 10 } });
      const running: Array<() => void> = [];
      client.sockets.on('event', () => new Promise<void>((resolve) => running.push(resolve)));
      const sockets = ['1.1', '2.2', '3.3', '4.4'].map((socketId) => ({ socketId }));
      gateway.socket.events(...sockets);
      t.equal(gateway.socket.hello.credit.messages, 10);
      gateway.socket.drop();
      clock.advance(1_000);
      gateway.socket.accept();
      t.equal(gateway.socket.hello.credit.messages, 6);
      gateway.socket.welcome({ verdict: 'resumed' });
      if (ends) running[3]?.();
      else gateway.socket.eventsFrom(1, ...sockets.slice(0, 3));
      await settled();
      clock.advance(50);
      t.match(gateway.socket.find('ack'), { positions: [], credit: { messages: ends ? 7 : 9 } });
      if (ends) for (const end of running) end();
      else gateway.socket.eventsFrom(4, ...sockets.slice(3));
      await settled();
      clock.advance(50);
      t.equal(gateway.socket.find('ack').credit?.messages, 10);
      t.equal(running.length, 4);
    }
  },
);

t.test('a session whose proof the gateway does not take is given up for a new one', (t) => {
  const { client, gateway, clock } = connectedClient();
  const resets: unknown[] = [];
  client.on('reset', (info) => void resets.push(info));
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept().drop(4403, 'bad proof');
  clock.advance(30_000);
  gateway.socket.accept();
  t.equal(gateway.socket.hello.session.length, 0);
  gateway.socket.welcome();
  t.equal(resets.length, 1);
  t.end();
});
