import Pusher from 'pusher-js';
import t, { type Test } from 'tap';
import { attachBackChannel, type BackChannel } from '../../../lib/back-channel';
import type { Gateway } from '../../../lib/gateway';
import { createClient, type PipeClient } from '../../../lib/index';
import { SECRET, startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';

type Browser = Pusher & { back_channel: BackChannel };

async function backend(t: Test, options: { group?: string } = {}): Promise<[Gateway, PipeClient]> {
  const gateway = await startGateway(t);
  return [gateway, await member(t, gateway, options)];
}

async function member(
  t: Test,
  { port }: Gateway,
  options: { group?: string } = {},
): Promise<PipeClient> {
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port, ...options });
  t.teardown(() => client.disconnect());
  await client.connect();
  return client;
}

/** A stock pusher-js with the back channel, connected. */
async function browser(t: Test, gateway: Gateway): Promise<[Browser, string]> {
  const pusher = attachBackChannel(
    new Pusher('key', {
      wsHost: '127.0.0.1',
      wsPort: gateway.port,
      forceTLS: false,
      enabledTransports: ['ws'],
      cluster: '',
    }),
  );
  t.teardown(async () => {
    pusher.disconnect();
    // A close that nobody answers would keep the process alive for half a minute.
    await until(() => gateway.socketCount === 0);
  });
  await new Promise<void>((resolve) => pusher.connection.bind('connected', () => resolve()));
  return [pusher, pusher.connection.socket_id];
}

t.test('a stock pusher-js with the back channel answers requests', async (t) => {
  const [gateway, client] = await backend(t);
  const [pusher, id] = await browser(t, gateway);
  pusher.back_channel
    .handle('add', (data) => (data as number[]).reduce((a, b) => a + b))
    .handle('fail', () => Promise.reject(new Error('out of order')));
  const socket = client.socket(id);
  t.equal(await socket.request('add', [1, 2, 39]), 42);
  await t.rejects(socket.request('fail'), { message: /out of order/ });
  await t.rejects(socket.request('other'), { message: /nothing here answers other/ });
  pusher.back_channel.handle('never', () => new Promise(() => undefined));
  await t.rejects(socket.request('never', null, { timeoutMs: 50 }), { code: 'timeout' });
  const gone = t.rejects(socket.request('never'), {
    code: 'refused',
    message: /closed unanswered/,
  });
  pusher.disconnect();
  await gone;
});

t.test('in a group the member that asked gets the answer', async (t) => {
  const [gateway, one] = await backend(t, { group: 'g' });
  const two = await member(t, gateway, { group: 'g' });
  const heard: unknown[] = [];
  for (const client of [one, two]) {
    client.subscribe(['socket_message']).sockets.on('event', (...args) => void heard.push(args));
  }
  const [pusher, id] = await browser(t, gateway);
  pusher.back_channel.handle('who', (data) => data);
  t.same(
    await Promise.all([one.socket(id).request('who', 1), two.socket(id).request('who', 2)]),
    [1, 2],
  );
  t.same(heard, [], 'and nobody hears it as an event');
});

t.test('a browser that is put on a channel hears it, also with a handler of its own', async (t) => {
  const [gateway, client] = await backend(t);
  const [pusher, id] = await browser(t, gateway);
  const socket = client.socket(id);
  await socket.subscribe('private-room');
  t.same(await socket.info(), { id, channels: ['private-room'] });
  const first = new Promise((resolve) => pusher.bind('news', resolve));
  client.channel('private-room').trigger('news', 1);
  t.equal(await first, 1);

  await socket.subscribe('room');
  const room = pusher.subscribe('room');
  await new Promise((resolve) => room.bind('pusher:subscription_succeeded', resolve));
  const second = new Promise((resolve) => room.bind('news', resolve));
  client.channels(['room', 'elsewhere']).trigger('news', 2);
  t.equal(await second, 2);
  await socket.unsubscribe('room');
  t.match(await client.channel('room').info(), { occupied: false, subscriptionCount: 0 });
});

t.test('a closed browser stays away, or comes back when the code says so', async (t) => {
  const [gateway, client] = await backend(t);
  const [pusher, id] = await browser(t, gateway);
  const back = new Promise<void>((resolve) => pusher.connection.bind('connected', () => resolve()));
  await client.socket(id).close(4200);
  await back;
  t.not(pusher.connection.socket_id, id);
  // pusher-js keeps the process alive for half a minute after a code that keeps it away.
  const socket = await TestSocket.connect(t, gateway.port);
  await client.socket(socket.id).close();
  t.match(await socket.closed(), { code: 4009 });
});

t.test('a query after a command knows of the command', async (t) => {
  const [gateway, client] = await backend(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.signIn({ id: 'ada', user_info: { age: 36 } });
  void client.socket(socket.id).subscribe('presence-lounge');
  t.same(await client.channel('presence-lounge').members(), [
    { userId: 'ada', userInfo: { age: 36 } },
  ]);
  t.same(await client.channels.list({ prefix: 'presence-', info: ['userCount'] }), [
    { name: 'presence-lounge', userCount: 1 },
  ]);
  t.match(await client.user('ada').info(), { socketCount: 1, sockets: [socket.id] });
  t.match(await client.stats(), { sockets: 1, channels: 1, users: 1, pipes: 1 });
  void client.user('ada').terminate();
  t.match(await socket.closed(), { code: 4009 });
});
