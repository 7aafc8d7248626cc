import { createHash } from 'node:crypto';
import Pusher from 'pusher';
import t from 'tap';
import { ApiClient } from '../support/api-client';
import { startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';

// Mistakes of other servers that belong to none of our rooms.

t.test('a socket outlives every timeout of HTTP', async (t) => {
  const limits = { headersTimeoutMs: 100, requestTimeoutMs: 100 };
  const { port } = await startGateway(t, { limits });
  const socket = await TestSocket.connect(t, port);
  // Node looks for requests that are late once a second; no clock of ours can turn that.
  await new Promise((resolve) => setTimeout(resolve, 1300));
  t.same(await socket.settled(), []);
});

t.test('nobody hears a pusher_internal event that a browser makes up', async (t) => {
  const { port } = await startGateway(t);
  const [liar, other] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  await liar.subscribe('private-a');
  await other.subscribe('private-a');
  const event = 'pusher_internal:member_removed';
  liar.send({ event, channel: 'private-a', data: { user_id: '1' } });
  t.match(await liar.settled(), [{ event: 'pusher:error', data: { code: null } }]);
  t.same(await other.settled(), []);
});

t.test('an error in band has an object for data, and its code may be null', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  socket.text('no JSON');
  t.strictSame(await socket.next(), {
    event: 'pusher:error',
    data: { code: null, message: 'Received invalid JSON' },
  });
});

t.test('members are kept as members, however many connections they have', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  for (const user of ['ada', 'ada', 'ada', 'bob']) {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('presence-a', { user_id: user });
  }
  const { body } = await api.get('/channels/presence-a', { info: 'user_count,subscription_count' });
  t.match(body, /not enabled/, 'counts of subscriptions are off in this app');
  const users = await api.get('/channels/presence-a/users');
  t.strictSame(JSON.parse(users.body), { users: [{ id: 'ada' }, { id: 'bob' }] });
  const info = await api.get('/channels/presence-a', { info: 'user_count' });
  t.strictSame(JSON.parse(info.body), { occupied: true, user_count: 2 });
});

t.test('user_info must be an object, and says so', async (t) => {
  const { port } = await startGateway(t);
  for (const user_info of ['text', 7, [1], true]) {
    const socket = await TestSocket.connect(t, port);
    const answer = await socket.subscribe('presence-a', { user_id: '1', user_info });
    const message =
      'user_info supplied to presence subscription is invalid - if supplied it must be a type of hash';
    t.strictSame(answer, { event: 'pusher:error', data: { code: null, message } });
  }
});

t.test('subscription_succeeded always has data', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  for (const channel of ['room', 'private-room', 'private-encrypted-room', 'cache-room']) {
    t.match(await socket.subscribe(channel), {
      event: 'pusher_internal:subscription_succeeded',
      channel,
      data: '{}',
    });
    await socket.settled();
  }
});

t.test('sign-in works unasked, and a bad one is told in band', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const userData = JSON.stringify({ id: 'ada' });
  socket.send({ event: 'pusher:signin', data: { auth: 'key:bad', user_data: userData } });
  t.match(await socket.next(), { event: 'pusher:error', data: { code: 4009 } });
  t.match(await socket.signIn({ id: 'ada' }), { event: 'pusher:signin_success' });
});

t.test('a full presence channel is told on the connection and on the channel', async (t) => {
  const { port } = await startGateway(t, { limits: { maxMembersPerChannel: 1 } });
  const [first, second] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  await first.subscribe('presence-a', { user_id: '1' });
  second.askFor('presence-a', { user_id: '2' });
  t.match(await second.settled(), [
    { event: 'pusher:error', data: { code: null } },
    {
      event: 'pusher:subscription_error',
      channel: 'presence-a',
      data: { type: 'LimitReached', status: 4100 },
    },
  ]);
});

t.test('over the quota is 4004, and the activity timeout is the one that is kept', async (t) => {
  const limits = { maxConnectionsPerApp: 1, activityTimeoutMs: 45_000 };
  const { port } = await startGateway(t, { limits });
  const socket = await TestSocket.open(t, port);
  const { data } = await socket.next();
  t.equal((JSON.parse(data as string) as { activity_timeout: number }).activity_timeout, 45);
  const second = await TestSocket.open(t, port);
  t.match(await second.closed(), { code: 4004, messages: [{ data: { code: 4004 } }] });
});

t.test('a terminated user stays away: its sockets are closed with 4009', async (t) => {
  const gateway = await startGateway(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.signIn({ id: 'ada' });
  const api = new ApiClient(t, gateway);
  const { status, body } = await api.post('/users/ada/terminate_connections', {});
  t.strictSame([status, body], [200, '{}']);
  t.equal((await socket.closed()).code, 4009);
});

t.test('the data of a client event may be anything', async (t) => {
  const { port } = await startGateway(t);
  const [from, to] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  await from.subscribe('private-a');
  await to.subscribe('private-a');
  const values = ['text', 7, [1, [2]], { a: null }, null, true, ''];
  for (const data of values) from.send({ event: 'client-e', channel: 'private-a', data });
  t.same(await from.settled(), []);
  t.strictSame(
    (await to.settled()).map(({ data }) => data),
    values,
  );
});

t.test('the fallback is served where pusher-js looks for it', async (t) => {
  const { url } = await startGateway(t);
  const path = '/pusher/app/key/7/abcdefgh/xhr?protocol=7&client=js&version=8.6.0&t=1&n=1';
  const answer = await fetch(url + path, { method: 'POST' });
  t.equal(answer.status, 200);
  t.match(await answer.text(), /^o\n/);
});

t.test('the secret of an encrypted channel is the one that the SDKs compute', async (t) => {
  const master = '0123456789abcdef0123456789abcdef';
  const expected = 'ssB9Jw4XlKNKH112J2oKRhfPWLBMPFcsN1yGpYcjdtE=';
  const channel = 'private-encrypted-orders';
  t.equal(createHash('sha256').update(channel).update(master).digest('base64'), expected);
  const sdk = new Pusher({
    appId: '1',
    key: 'key',
    secret: 'secret',
    cluster: '',
    encryptionMasterKeyBase64: Buffer.from(master).toString('base64'),
  });
  t.equal(sdk.authorizeChannel('1.1', channel).shared_secret, expected);
});
