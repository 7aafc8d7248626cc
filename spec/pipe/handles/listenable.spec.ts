import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import type { Handler } from '../../../lib/util/emitter';
import { EventKind } from '../../../lib/wire/frames';
import { connectedClient, settled } from '../../support/scripted-client';

t.test('on, once and off chain, on every handle', (t) => {
  const { client, gateway } = connectedClient();
  const heard: string[] = [];
  const always = (): void => void heard.push('always');
  const never = (): void => void heard.push('never');
  const once = (): void => void heard.push('once');
  const { sockets } = client;
  const socket = client.socket('1.1');
  t.equal(sockets.on('event:e', always).once('event:e', once), sockets);
  t.equal(sockets.on('event:e', never).off('event:e', never), sockets);
  t.equal(socket.on('event:e', always).once('event:e', once), socket);
  t.equal(socket.on('event:e', never).off('event:e', never), socket);
  gateway.socket.events({ event: 'e' }, { event: 'e' });
  t.same(heard, ['always', 'once', 'always', 'once', 'always', 'always']);
  client.sockets.off('event:e');
  socket.off('event:e');
  gateway.socket.events({ event: 'e' });
  t.equal(heard.length, 6);
  t.end();
});

t.test('two handles of one name are the same thing', (t) => {
  const { client, gateway } = connectedClient();
  let heard = 0;
  const handler = (): void => void (heard += 1);
  client.channel('room').on('event:e', handler);
  gateway.socket.events({ event: 'e', channel: 'room' });
  client.channel('room').off('event:e', handler);
  gateway.socket.events({ event: 'e', channel: 'room' });
  t.equal(heard, 1);
  t.end();
});

t.test('a word that is no event, or a handler that is no function, is refused', (t) => {
  const { client } = connectedClient();
  const loose = <H extends object>(handle: H) =>
    handle as H & { on(event: string, handler: unknown): void };
  const handler = (): void => undefined;
  for (const event of ['opne', 'event:', 'event', '*', '__proto__']) {
    if (event !== 'event')
      t.throws(() => loose(client.sockets).on(event, handler), { code: 'bad_argument' });
    t.throws(() => loose(client).on(event, handler), { code: 'bad_argument' });
    t.throws(() => loose(client.channels).on('event', event), { code: 'bad_argument' });
  }
  t.throws(() => loose(client.channels).on('open', handler), {
    message:
      /occupied, vacated, moved, event, member_added, member_removed, cache_miss, event:NAME/,
  });
  t.throws(() => loose(client).on('error', undefined), { code: 'bad_argument' });
  t.end();
});

t.test('handlers of a socket go with its close, after they were told', (t) => {
  const { client, gateway } = connectedClient();
  const heard: string[] = [];
  const socket = client.socket('1.1');
  socket.on('event', (name) => void heard.push(name));
  socket.on('close', (meta) => void heard.push(`close ${meta.code}`));
  gateway.socket.events({ event: 'a' }, { kind: EventKind.CLOSE, code: 1001 }, { event: 'late' });
  t.same(heard, ['a', 'close 1001']);
  t.end();
});

t.test('a closed socket waits for its running handlers before close is told', async (t) => {
  const { client, gateway } = connectedClient();
  const heard: string[] = [];
  client.sockets.on('open', async (id) => {
    await settled();
    client.socket(id).on('event', (name) => void heard.push(name));
    client.socket(id).on('close', () => void heard.push('close'));
  });
  gateway.socket.events({ kind: EventKind.OPEN }, { event: 'a' }, { kind: EventKind.CLOSE });
  t.same(heard, []);
  await settled();
  await settled();
  t.same(heard, ['a', 'close']);
});

t.test('for await gives the events of a socket until it closes', async (t) => {
  const { client, gateway } = connectedClient();
  const events = client.socket('1.1').events();
  gateway.socket.events({ event: 'a', data: '1' }, { event: 'b', socketId: '2.2' });
  const heard: unknown[] = [];
  setImmediate(() => gateway.socket.events({ event: 'c', data: '3' }, { kind: EventKind.CLOSE }));
  for await (const { event, socketId, data, meta } of events) {
    heard.push([event, socketId, data, meta.position.offset]);
  }
  t.same(heard, [
    ['a', '1.1', 1, 1],
    ['c', '1.1', 3, 3],
  ]);
  t.same(await events.next(), { value: undefined, done: true });
});

t.test('leaving the loop removes its handlers', async (t) => {
  const { client, gateway } = connectedClient();
  gateway.socket.events({ event: 'before' });
  const events = client.channel('room').events();
  gateway.socket.events({ event: 'a', channel: 'room' }, { event: 'b', channel: 'room' });
  for await (const { event } of events) {
    t.equal(event, 'a');
    break;
  }
  gateway.socket.events({ event: 'c', channel: 'room' });
  t.same(await events.next(), { value: undefined, done: true });
});

t.test('an event of a loop is finished when the loop asks for the next one', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const events = client.channel('room').events();
  const acked = async (): Promise<unknown> => {
    await settled();
    clock.advance(50);
    const { offset, finished } = gateway.socket.find('ack').positions[0] ?? {};
    return finished === undefined ? offset : [offset, ...finished];
  };
  gateway.socket.events({ event: 'elsewhere' });
  gateway.socket.events(
    ...Array.from({ length: 1_000 }, (_, n) => ({
      socketId: `${n}.1`,
      event: `${n}`,
      channel: 'room',
    })),
  );
  t.equal(await acked(), 1, 'nothing was asked for');
  t.match(await events.next(), { value: { event: '0' } });
  t.equal(await acked(), 1, 'the loop is busy with it');
  t.match(await events.next(), { value: { event: '1' } });
  t.equal(await acked(), 2);
  for (let n = 2; n < 1_000; n += 1) {
    const { value } = await events.next();
    if (value?.event !== `${n}`) t.fail(`${n} has not come`);
  }
  t.equal(await acked(), 1_000);
  const next = events.next();
  t.equal(await acked(), 1_001, 'all of it');
  gateway.socket.events({ event: 'last', channel: 'room' });
  t.match(await next, { value: { event: 'last' } });
  t.equal(await acked(), 1_001, 'one that the loop waited for is no different');
  await events.return?.();
  t.equal(await acked(), 1_002, 'or when the loop is left');
});

t.test('events that wait for a loop that is left are finished with it', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const events = client.channel('room').events();
  gateway.socket.events({ event: 'a', channel: 'room' }, { socketId: '2.2', channel: 'room' });
  await events.next();
  await events.return?.();
  await settled();
  clock.advance(50);
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 2);
});

t.test(
  'handles, and handlers that come and go, leave no memory behind, however many they were',
  (t) => {
    const { client, gateway } = connectedClient();
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const handler: Handler<[]> = () => undefined;
    const round = (count: number): void => {
      for (let i = 0; i < count; i += 1) {
        client.channel(`room-${i}`);
        client.socket(`${i}.1`);
        client.channel(`room-${i}`).on('event', handler).off('event', handler);
      }
    };
    round(1_000);
    gc();
    const before = process.memoryUsage().heapUsed;
    round(200_000);
    gc();
    const after = process.memoryUsage().heapUsed;
    t.ok(after / before < 1.02, `the heap went from ${before} to ${after}`);

    for (let i = 0; i < 1_000; i += 1) client.socket(`${i}.2`).on('event', handler);
    gateway.socket.events(
      ...Array.from({ length: 1_000 }, (_, i) => ({ kind: EventKind.CLOSE, socketId: `${i}.2` })),
    );
    let heard = 0;
    client.sockets.on('event', () => (heard += 1));
    gateway.socket.events({ event: 'e', socketId: '5.2' });
    t.equal(heard, 1);
    t.end();
  },
);
