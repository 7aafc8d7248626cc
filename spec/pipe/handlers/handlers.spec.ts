import t from 'tap';
import { EventKind } from '../../../lib/wire/frames';
import { connectedClient, settled } from '../../support/scripted-client';

/** Handlers that run until they are ended, in any order. */
function pending(): { run: () => Promise<void>; ends: Array<(error?: Error) => void> } {
  const ends: Array<(error?: Error) => void> = [];
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  return { run, ends };
}

t.test('no more handlers run at once than concurrency says', async (t) => {
  const { client, gateway } = connectedClient({ concurrency: 2 });
  const { run, ends } = pending();
  client.sockets.on('event', run);
  gateway.socket.events(...['1.1', '2.2', '3.3'].map((socketId) => ({ socketId, event: 'e' })));
  t.equal(ends.length, 2);
  ends[1]?.();
  await settled();
  t.equal(ends.length, 3);
});

t.test('with ack received, events are acknowledged while their handlers run', async (t) => {
  const { client, gateway, clock } = connectedClient({ ack: 'received' });
  const { run, ends } = pending();
  client.sockets.on('event', run);
  gateway.socket.events({ event: 'a' }, { event: 'b' });
  clock.advance(50);
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 2);
  ends[0]?.();
  await settled();
  ends[1]?.();
  await settled();
  clock.advance(1_000);
  t.equal(gateway.socket.count('ack'), 1, 'and not again when these have ended');
});

t.test('with ack received, no more waits for its handlers than twice the credit', async (t) => {
  const credit = { messages: 4 };
  const { client, gateway } = connectedClient({ ack: 'received', credit });
  const { run, ends } = pending();
  client.sockets.on('event', run);
  const four = Array.from({ length: 4 }, () => ({ event: 'e' }));
  gateway.socket.events(...four);
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 4);
  gateway.socket.events(...four);
  t.equal(gateway.socket.count('ack'), 1, 'from the credit on, only what is finished');
  for (let i = 0; i < 5; i += 1) {
    ends[i]?.();
    await settled();
  }
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 5);
  gateway.socket.events(...four, { event: 'e' });
  t.equal(client.state, 'open', 'three of before and five more');
  gateway.socket.events({ event: 'one too many' });
  t.match(gateway.socket.closed, { code: 4400 });
});

t.test('with ack received, data is counted as well', (t) => {
  const { client, gateway, clock } = connectedClient({ ack: 'received', credit: { bytes: 10 } });
  client.sockets.on('event', () => new Promise(() => undefined));
  const data = '"123456"';
  gateway.socket.events({ event: 'e', data }, { event: 'e', data }, { event: 'e', data });
  clock.advance(50);
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 2);
  t.end();
});

t.test('an event whose handler failed counts as handled', async (t) => {
  const { client, gateway, clock, errors } = connectedClient();
  client.sockets.on('event', () => Promise.reject(new Error('no')));
  gateway.socket.events({ event: 'a' });
  await settled();
  clock.advance(50);
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 1);
  t.match(errors, [{ code: 'handler_failed' }]);
  t.equal(client.state, 'open');
});

t.test(
  'onHandlerError stop: neither it nor what ends later is acknowledged, and the client leaves',
  async (t) => {
    for (const fails of ['throws', 'rejects']) {
      const { client, gateway, clock, errors } = connectedClient({
        onHandlerError: 'stop',
        name: 'chat',
      });
      const { run, ends } = pending();
      client.sockets.on('event:slow', run);
      client.sockets.on('event:bad', () => {
        const error = new Error('no');
        if (fails === 'throws') throw error;
        return Promise.reject(error);
      });
      gateway.socket.events({ event: 'good' }, { event: 'slow' });
      gateway.socket.events({ event: 'bad', socketId: '2.2' });
      await settled();
      t.match(errors, [{ code: 'handler_failed' }], fails);
      t.equal(client.state, 'open', 'running handlers are waited for');
      ends[0]?.();
      await settled();
      clock.advance(50);
      t.equal(client.state, 'closing');
      t.equal(gateway.socket.find('ack').positions[0]?.offset, 1);
      gateway.socket.drop(1000);
      await settled();

      void client.connect();
      gateway.socket.open().events({ event: 'good' });
      clock.advance(50);
      t.equal(gateway.socket.find('ack').positions[0]?.offset, 1, 'until it connects again');
    }
  },
);

t.test('onHandlerError stop: no later event begins, of the same run either', async (t) => {
  const { client, gateway, clock } = connectedClient({ onHandlerError: 'stop', name: 'chat' });
  const begun: string[] = [];
  client.sockets.on('event', (event) => {
    begun.push(event);
    if (event === 'bad') throw new Error('no');
  });
  const events = ['good', 'bad', 'same key', 'other'].map((event, n) => {
    return { event, socketId: n === 3 ? '2.2' : '1.1' };
  });
  gateway.socket.events(...events);
  await settled();
  clock.advance(50);
  t.same(begun, ['good', 'bad']);
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 1);
});

t.test('a failing handler of the client itself stops nothing', (t) => {
  const { client, gateway } = connectedClient({ onHandlerError: 'stop', name: 'chat' });
  client.on('gap', () => {
    throw new Error('no');
  });
  gateway.socket.say({
    type: 'gap',
    partition: 0,
    oldEpoch: 1,
    after: 0,
    newEpoch: 1,
    first: 5,
    cause: 'overflow',
    count: 4,
  });
  t.equal(client.state, 'open');
  t.end();
});

t.test('a handler that runs for long is told of once, with what waits for it', async (t) => {
  const { client, gateway, clock, lines } = connectedClient({
    slowHandlerMs: 1_000,
    deadMs: 100_000,
  });
  const { run, ends } = pending();
  const told: unknown[] = [];
  client.on('handler_slow', (info) => void told.push(info));
  client.sockets.on('event', run).on('open', run);
  client.channels.on('occupied', run);
  gateway.socket.events({ event: 'quick' });
  clock.advance(900);
  gateway.socket.events({ kind: EventKind.OPEN, socketId: '2.2' });
  ends[0]?.();
  await settled();
  clock.advance(999);
  t.same(told, []);
  gateway.socket.events(
    { event: 'later' },
    { kind: EventKind.OCCUPIED, socketId: '', channel: 'room' },
  );
  clock.advance(1);
  t.same(told, [{ event: 'open', key: '2.2', runningMs: 1_000 }]);
  clock.advance(10_000);
  t.same(told.slice(1), [
    { event: 'event:later', key: '1.1', runningMs: 1_000 },
    { event: 'occupied', key: 'room', runningMs: 1_000 },
  ]);
  t.match(
    lines
      .filter(({ message }) => !message.includes('hears nothing'))
      .map(({ level, details }) => [level, details]),
    told.map((info) => ['warn', info]),
  );
});

t.test('handlers that still run after disconnect leave no timer', async (t) => {
  const { client, gateway, clock } = connectedClient();
  client.sockets.on('event', () => new Promise(() => undefined));
  gateway.socket.events({ event: 'a' });
  const over = client.disconnect();
  await settled();
  clock.advance(10_000);
  await settled();
  gateway.socket.drop(1000);
  await over;
  t.equal(clock.timers, 0);
});
