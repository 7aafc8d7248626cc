import t from 'tap';
import { createClient, type PipeClient } from '../../../../lib';
import type { Gateway } from '../../../../lib/gateway/gateway';
import { ApiClient } from '../../../support/api-client';
import { SECRET, startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { turns, until } from '../../../support/until';
import type { Test } from 'tap';

async function backend(t: Test, { port }: Gateway): Promise<PipeClient> {
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port });
  t.teardown(() => client.disconnect());
  await client.connect();
  return client;
}

t.test('a page that joins as another member than a backend has put it in is told so', async (t) => {
  const gateway = await startGateway(t);
  const client = await backend(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await client.socket(socket.id).subscribe('presence-a', { userId: 'X' });
  await socket.settled();
  const wrong = await socket.subscribe('presence-a', { user_id: 'Y' });
  const message = /has put this connection on channel presence-a as member X already/;
  t.match(wrong, { event: 'pusher:error', data: { message } });
  t.match(await socket.settled(), [
    { event: 'pusher:subscription_error', channel: 'presence-a', data: { type: 'AuthError' } },
  ]);
  t.match(await socket.subscribe('presence-a', { user_id: 'X' }), {
    event: 'pusher_internal:subscription_succeeded',
    data: /"ids":\["X"\]/,
  });
});

t.test('an observer changes nothing that a browser is told', async (t) => {
  const gateway = await startGateway(t, { app: { clientEvents: false } });
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('private-a');
  const told = async (): Promise<object[]> => {
    socket.send({ event: 'client-x', channel: 'private-a', data: 1 });
    return socket.settled();
  };
  const alone = await told();
  t.match(alone, [{ event: 'pusher:error', data: { message: /set clientEvents to true/ } }]);
  const client = await backend(t, gateway);
  const heard: string[] = [];
  client.sockets.on('event', (name) => void heard.push(name));
  client.channels.on('event', (name) => void heard.push(name));
  client.subscribe(['socket_message']);
  await client.subscribed();
  t.strictSame(await told(), alone);
  await until(() => heard.length === 1);
});

t.test('messages of a signed-in socket name its user, whatever their channel', async (t) => {
  const gateway = await startGateway(t);
  const client = await backend(t, gateway);
  const users: Array<[event: string, userId: string | undefined]> = [];
  client.subscribe(['socket_message']);
  client.sockets.on('event', (name, _, __, { userId }) => void users.push([name, userId]));
  client.channels.on('event', (name, _, __, ___, { userId }) => void users.push([name, userId]));
  await client.subscribed();
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('private-a');
  socket.send({ event: 'before', channel: 'private-a', data: 1 });
  await socket.signIn({ id: 'ann' });
  socket.send({ event: 'private', channel: 'private-a', data: 1 });
  socket.send({ event: 'none', data: 1 });
  await socket.subscribe('presence-b', { user_id: 'bob' });
  socket.send({ event: 'presence', channel: 'presence-b', data: 1 });
  await until(() => users.length === 4);
  t.strictSame(users, [
    ['before', undefined],
    ['private', 'ann'],
    ['none', 'ann'],
    ['presence', 'bob'],
  ]);
});

t.test('a terminated browser that never answers its close is no member any more', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const stubborn = await TestSocket.connect(t, gateway.port);
  await stubborn.signIn({ id: 'ann' });
  await stubborn.subscribe('presence-a', { user_id: 'ann' });
  const witness = await TestSocket.connect(t, gateway.port);
  await witness.subscribe('presence-a', { user_id: 'bob' });
  stubborn.raw.stream.pause();
  t.equal((await api.post('/users/ann/terminate_connections', '{}')).status, 200);
  await turns(10);
  t.match(await witness.settled(), [{ event: 'pusher_internal:member_removed', data: /ann/ }]);
  t.notOk(stubborn.raw.stream.destroyed);
});
