import t from 'tap';
import { ApiClient, type ApiAnswer } from '../../../support/api-client';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';

const event = { name: 'e', channel: 'room', data: 'd', info: 'subscription_count' };

t.test('a repeated publish gets the first answer and publishes nothing', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock, app: { subscriptionCount: true } });
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await socket.settled();
  const headers = { 'Idempotency-Key': 'one' };
  const send = (path = '/events', body: object = event): Promise<ApiAnswer> => {
    const timestamp = Math.floor(clock.wall() / 1000);
    return api.post(path, body, { headers, timestamp });
  };
  const first = await send();
  t.equal(first.body, '{"channels":{"room":{"subscription_count":1}}}');
  const other = await TestSocket.connect(t, gateway.port);
  await other.subscribe('room');
  clock.advance(119_999);
  t.match(await send(), { status: 200, body: first.body }, 'signed anew');
  t.match(await send('/events', { ...event, data: 'other' }), {
    status: 422,
    body: 'This Idempotency-Key was used for another request\n',
  });
  t.equal((await send('/batch_events', { batch: [event] })).status, 422);
  const published = (await socket.settled()).filter((message) => message.event === 'e');
  t.equal(published.length, 1);
  clock.advance(1);
  t.equal((await send()).body, '{"channels":{"room":{"subscription_count":2}}}');
  t.match(await socket.settled(), [{ event: 'e' }], 'after two minutes it is another one');
});

t.test('two equal publishes without a key are two', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  const timestamp = Math.floor(Date.now() / 1000);
  await api.post('/events', event, { timestamp });
  await api.post('/events', event, { timestamp });
  t.equal((await socket.settled()).length, 2);
});

t.test('a refused request may be tried again under its key', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  const headers = { 'Idempotency-Key': 'k' };
  t.equal((await api.post('/events', { ...event, name: '' }, { headers })).status, 400);
  t.equal((await api.post('/events', event, { headers })).status, 200);
  t.equal((await api.post('/events', { ...event, name: '' }, { headers })).status, 422);
});

t.test(
  'a key counts for the requests of its app that publish, the deprecated one too',
  async (t) => {
    const apps = ['1', '2'].map((id) => ({ id, key: `key${id}`, secret: `secret${id}` }));
    const gateway = await startGateway(t, { apps });
    const api = new ApiClient(t, gateway);
    const headers = { 'Idempotency-Key': 'k' };
    const as = (id: string): object => ({ key: `key${id}`, secret: `secret${id}`, headers });
    t.equal((await api.post('/apps/1/events', event, as('1'))).status, 200);
    t.equal((await api.post('/apps/2/events', { ...event, data: 'x' }, as('2'))).status, 200);
    const raw = { ...as('1'), query: [['name', 'n'] as const] };
    t.equal((await api.post('/apps/1/channels/room/events', 'x', raw)).status, 422);
    t.equal((await api.post('/apps/1/users/u/terminate_connections', {}, as('1'))).status, 200);
    const socket = await TestSocket.connect(t, gateway.port, { key: 'key1' });
    await socket.subscribe('room');
    const fresh = { ...raw, headers: { 'Idempotency-Key': 'l' } };
    for (let i = 0; i < 2; i++) {
      const answer = await api.post('/apps/1/channels/room/events', 'x', fresh);
      t.match(answer, { status: 202, body: '{}' });
    }
    t.equal((await socket.settled()).length, 1);
  },
);

t.test('a key has 1 to 255 characters', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  for (const [key, status] of [
    ['', 400],
    ['k'.repeat(255), 200],
    ['k'.repeat(256), 400],
    ['__proto__', 200],
  ] as const) {
    const answer = await api.post('/events', event, { headers: { 'Idempotency-Key': key } });
    t.equal(answer.status, status, `${key.length} characters`);
  }
});
