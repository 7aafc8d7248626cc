import t from 'tap';
import { ApiClient } from '../../../support/api-client';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';

const BAD_INFO = 'info should be a comma separated list of attributes\n';
const NOT_COUNTED =
  'Cannot retrieve the subscription count because subscription counting is not enabled: set subscriptionCount to true for this app\n';

t.test('the occupied channels of all kinds are listed, as an object', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  t.match(await api.get('/channels'), { status: 200, body: '{"channels":{}}' });
  const socket = await TestSocket.connect(t, gateway.port);
  for (const channel of ['room', 'private-a', '__proto__']) await socket.subscribe(channel);
  await socket.subscribe('presence-p', { user_id: '1' });
  t.equal(
    (await api.get('/channels')).body,
    '{"channels":{"room":{},"private-a":{},"__proto__":{},"presence-p":{}}}',
  );
  const filtered = await api.get('/channels', { filter_by_prefix: 'pr' });
  t.equal(filtered.body, '{"channels":{"private-a":{},"presence-p":{}}}');
  t.equal((await api.get('/channels', { filter_by_prefix: 'zz' })).body, '{"channels":{}}');
  socket.send({ event: 'pusher:unsubscribe', data: { channel: 'room' } });
  await socket.settled();
  t.equal((await api.get('/channels', { filter_by_prefix: 'room' })).body, '{"channels":{}}');
});

t.test('user counts are told of presence channels only', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const text =
    'user_count may only be requested for presence channels - ' +
    'please supply filter_by_prefix begining with presence-\n';
  for (const filter_by_prefix of ['', 'presence', 'x']) {
    const answer = await api.get('/channels', { filter_by_prefix, info: 'user_count' });
    t.match(answer, { status: 400, body: text });
  }
  for (const user_id of ['1', '1', '2']) {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('presence-a', { user_id });
  }
  const query = { filter_by_prefix: 'presence-', info: 'user_count' };
  t.equal((await api.get('/channels', query)).body, '{"channels":{"presence-a":{"user_count":2}}}');
  t.match(await api.get('/channels', { info: 'nothing' }), { status: 400, body: BAD_INFO });
  t.match(await api.get('/channels', { info: 'subscription_count' }), {
    status: 400,
    body: NOT_COUNTED,
  });
});

t.test('the channels of users are not listed', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.signIn({ id: 'ann' });
  await socket.subscribe('#server-to-user-ann');
  t.equal((await api.get('/channels')).body, '{"channels":{}}');
});

t.test('a channel is occupied or not, and nothing is added that was not asked for', async (t) => {
  const gateway = await startGateway(t, { app: { subscriptionCount: true } });
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('presence-p', { user_id: '1' });
  await socket.subscribe('room');
  const rows: Array<[string, string | undefined, string]> = [
    ['room', undefined, '{"occupied":true}'],
    ['room', '', '{"occupied":true}'],
    ['nobody', undefined, '{"occupied":false}'],
    ['room', 'subscription_count', '{"occupied":true,"subscription_count":1}'],
    ['nobody', 'subscription_count', '{"occupied":false,"subscription_count":0}'],
    ['presence-p', 'user_count', '{"occupied":true,"user_count":1}'],
    ['presence-none', 'user_count', '{"occupied":false,"user_count":0}'],
    [
      'presence-p',
      'user_count,subscription_count',
      '{"occupied":true,"user_count":1,"subscription_count":1}',
    ],
  ];
  for (const [channel, info, body] of rows) {
    const query: Record<string, string> = info === undefined ? {} : { info };
    t.match(await api.get(`/channels/${channel}`, query), { status: 200, body });
  }
});

t.test('an attribute that a channel does not have is refused by name', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  const rows: Array<[string, string, string]> = [
    [
      'room',
      'user_count',
      'Cannot retrieve the user count unless the channel is a presence channel\n',
    ],
    ['room', 'subscription_count', NOT_COUNTED],
    ['room', 'colour', BAD_INFO],
    ['presence-p', 'user_count,', BAD_INFO],
    ['a%20b', '', 'Invalid channel name: a b\n'],
  ];
  for (const [channel, info, body] of rows) {
    t.match(await api.get(`/channels/${channel}`, { info }), { status: 400, body });
  }
});

t.test('the cached event is told with the seconds it is still kept, or null', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock, limits: { cacheTtlMs: 60_000 } });
  const api = new ApiClient(t, gateway);
  const timestamp = (): number => Math.floor(clock.wall() / 1000);
  const cached = async (): Promise<string> => {
    const query = [['info', 'cache']] as const;
    return (await api.send({ path: '/channels/cache-x', query, timestamp: timestamp() })).body;
  };
  t.equal(await cached(), '{"occupied":false,"cache":null}');
  const event = { name: 'e', channel: 'cache-x', data: '{"a":"ä"}' };
  await api.post('/events', event, { timestamp: timestamp() });
  t.equal(await cached(), '{"occupied":false,"cache":{"data":"{\\"a\\":\\"ä\\"}","ttl":60}}');
  clock.advance(20_500);
  t.match(JSON.parse(await cached()), { cache: { ttl: 40 } });
  clock.advance(39_500);
  t.equal(await cached(), '{"occupied":false,"cache":null}');
});

t.test('the users of a presence channel are told once each, their ids as strings', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  for (const user_id of [1, '1', 'b']) {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('presence-p', { user_id });
  }
  t.match(await api.get('/channels/presence-p/users'), {
    status: 200,
    body: '{"users":[{"id":"1"},{"id":"b"}]}',
  });
  t.match(await api.get('/channels/presence-none/users'), { status: 200, body: '{"users":[]}' });
  t.match(await api.get('/channels/room/users'), {
    status: 400,
    body: 'Users can only be retrieved for presence channels\n',
  });
});

t.test('all connections of a signed-in user are closed, and only those', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const sockets = await Promise.all([1, 2, 3].map(() => TestSocket.connect(t, gateway.port)));
  const [one, two, other] = sockets as [TestSocket, TestSocket, TestSocket];
  await one.signIn({ id: 'a=b;c' });
  await two.signIn({ id: 'a=b;c' });
  await other.subscribe('presence-p', { user_id: 'a=b;c' });
  for (const id of ['a%3Db%3Bc', 'nobody', 'pres%2Fence', 'a%253Db']) {
    const answer = await api.post(`/users/${id}/terminate_connections`, {});
    t.match(answer, { status: 200, body: '{}' });
  }
  for (const socket of [one, two]) {
    const { code, messages } = await socket.closed();
    t.equal(code, 4009);
    t.match(messages.at(-1), { event: 'pusher:error', data: { code: 4009 } });
  }
  t.strictSame(await other.settled(), []);
  const back = await TestSocket.connect(t, gateway.port);
  t.match(await back.signIn({ id: 'a=b;c' }), { event: 'pusher:signin_success' });
  t.equal((await api.post('/users/a=b;c/terminate_connections', {})).status, 200, 'not escaped');
  t.equal((await back.closed()).code, 4009);
});

t.test('the deprecated statistics of a channel', async (t) => {
  const plain = new ApiClient(t, await startGateway(t));
  t.equal((await plain.get('/channels/room/stats')).body, '{"occupied":false}');
  const gateway = await startGateway(t, { app: { subscriptionCount: true } });
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('presence-p', { user_id: '1' });
  t.equal(
    (await api.get('/channels/presence-p/stats')).body,
    '{"occupied":true,"user_count":1,"connection_count":1}',
  );
  t.match(await api.get('/channels/!/stats'), { status: 400 });
});
