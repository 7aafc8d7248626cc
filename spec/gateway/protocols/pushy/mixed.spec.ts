import { once } from 'node:events';
import t from 'tap';
import { createClient } from '../../../../lib';
import { SECRET } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { connectedPipe, subscribed } from '../pipe-2011/backend';
import { PushyClient, startPushy, trigger } from './pushy-client';

t.test('a trigger of pushy reaches subscribers of Channels, and theirs reach pushy', async (t) => {
  const gateway = await startPushy(t);
  const pushy = await PushyClient.connect(t, gateway.port);
  const browser = await TestSocket.connect(t, gateway.port);
  await pushy.subscribe('private-Room');
  await browser.subscribe('private-room');
  const { status } = await trigger(gateway.port, 'PRIVATE-room', 'said', { body: '{"a":1}' });
  t.equal(status, 201);
  t.strictSame(await browser.next(), { event: 'said', channel: 'private-room', data: '{"a":1}' });
  t.strictSame(await pushy.next('said'), {
    event: 'said',
    channel: 'private-Room',
    data: { a: 1 },
  });
  for (const [data, decoded] of [
    ['{"b":[2]}', { b: [2] }],
    ['"{\\"c\\":3}"', { c: 3 }],
    ['"plain"', 'plain'],
    ['12', 12],
  ] as const) {
    browser.text(`{"event":"client-told","channel":"private-room","data":${data}}`);
    t.strictSame((await pushy.next('client-told')).data, decoded, data);
  }
});

t.test('Pipes of 2011 and of today hear of pushy clients, and answer them', async (t) => {
  const gateway = await startPushy(t);
  const old = await connectedPipe(t, gateway);
  await subscribed(old, ['socket_existence']);
  const client = createClient({
    key: 'key',
    secret: SECRET,
    appId: 1,
    port: gateway.port,
    log: false,
  });
  t.teardown(() => client.disconnect());
  client.subscribe('channel_existence');
  await client.connect();
  const opened = once(old.sockets, 'open');
  const occupied = new Promise((resolve) => client.channels.on('occupied', resolve));
  const pushy = await PushyClient.connect(t, gateway.port);
  t.strictSame(await opened, [pushy.id]);
  await pushy.subscribe('Room');
  t.equal(await occupied, 'room');
  old.socket(pushy.id).trigger('hello', { n: 1 });
  t.strictSame(await pushy.next('hello'), { event: 'hello', data: { n: 1 } });
  client.channel('room').trigger('news', { n: 2 });
  t.strictSame(await pushy.next('news'), { event: 'news', channel: 'Room', data: { n: 2 } });
  old.channel('room').trigger('news', 'text');
  t.strictSame((await pushy.next('news')).data, 'text');
  // A backend may take a client off a channel, which it can join again.
  await client.socket(pushy.id).unsubscribe('room');
  await pushy.subscribe('room');
  const closed = once(old.sockets, 'close');
  await client.socket(pushy.id).close(4002, 'enough');
  t.strictSame(await pushy.closed, { code: 4002, reason: 'enough' });
  t.strictSame(await closed, [pushy.id]);
});

t.test('presence of a channel is decided by its first subscriber', async (t) => {
  const { port } = await startPushy(t);
  const [one, two] = [await PushyClient.connect(t, port), await PushyClient.connect(t, port)];
  await one.subscribe('private-plain');
  const plain = (await two.subscribe('private-plain', '{"name":"Bob"}')).data as object;
  t.notOk('presence' in plain, 'data of a later one do not enable it');
  await one.subscribe('private-party', '{"name":"Ada"}');
  const { data } = await two.subscribe('private-party');
  t.match(data, { presence: [{ name: 'Ada' }, { idle: false, memberId: String }] });
  t.match((await one.next('pushy:presence-add')).data, { member: { idle: false } });
  await one.subscribe('room', '{"name":"Ada"}');
  const open = (await two.subscribe('room', '{"name":"Bob"}')).data as object;
  t.notOk('presence' in open, 'and a public channel has none');
});

t.test('two apps are two servers, and each has its own path and secret', async (t) => {
  const pushyOf = (secretKey: string, prefix: string) => ({
    secretKey,
    sockjs: { prefix },
    port: 0,
  });
  const gateway = await startPushy(t, {
    apps: [
      { id: '1', key: 'one', secret: 'x', pushy: pushyOf('first', '/one') },
      { id: '2', key: 'two', secret: 'x', pushy: pushyOf('second', '/two') },
    ],
  });
  const [port = 0, other = 0] = gateway.pushyPorts;
  const one = await PushyClient.connect(t, port, { prefix: '/one' });
  const two = await PushyClient.connect(t, other, { prefix: '/two' });
  await one.subscribe('room');
  await two.subscribe('room');
  await trigger(gateway.port, 'room', 'for-two', { secret: 'second' });
  await trigger(gateway.port, 'room', 'for-one', { secret: 'first' });
  await one.next('for-one');
  await two.next('for-two');
});
