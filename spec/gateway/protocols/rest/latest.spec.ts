import t from 'tap';
import { ApiClient } from '../../../support/api-client';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';

const event = { name: 'e', channel: 'room', data: 'd' };

t.test('events of a batch with latest give their place to the last of their key', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  const batch = [
    { ...event, data: '1', latest: 'a' },
    { ...event, data: '2', latest: true },
    { ...event, data: '3', latest: event.name },
    { ...event, data: '4', latest: 'a' },
    { ...event, data: '5', volatile: true },
  ];
  t.match(await api.post('/batch_events', { batch }), { status: 200 });
  t.strictSame(
    (await socket.settled()).map(({ data }) => data),
    ['3', '4', '5'],
    'the key of true is the name',
  );
  t.match(await api.post('/events', { ...event, latest: false, volatile: false }), { status: 200 });
  t.match(await api.post('/events', { ...event, latest: null, volatile: null }), { status: 200 });
  t.equal((await socket.settled()).length, 2);
});

t.test('a rule of the app makes events latest, whichever SDK publishes them', async (t) => {
  const channels = [
    { channels: ['price-eur'] },
    { channels: ['price-*', 'presence-room'], latest: { events: ['e', 'tick-*'] } },
    { channels: ['*'], latest: {} },
  ];
  const gateway = await startGateway(t, { app: { channels } });
  const api = new ApiClient(t, gateway);
  const heard: Record<string, unknown[]> = {};
  for (const channel of ['price-eur', 'price-usd', 'room']) {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe(channel);
    const batch = ['e', 'tick-1', 'other', 'e', 'tick-1', 'other'].map((name, i) => {
      return { name, channel, data: `${i}` };
    });
    await api.post('/batch_events', { batch });
    heard[channel] = (await socket.settled()).map(({ data }) => data);
  }
  t.strictSame(heard, {
    'price-eur': ['0', '1', '2', '3', '4', '5'],
    'price-usd': ['2', '3', '4', '5'],
    room: ['3', '4', '5'],
  });
});

t.test('latest and volatile are checked', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const refusals: Array<[object, string]> = [
    [{ latest: '' }, 'Invalid latest: expected true or a text of 1 to 200 characters'],
    [{ latest: 7 }, 'Invalid latest: expected true or a text of 1 to 200 characters'],
    [{ latest: 'x'.repeat(201) }, 'Invalid latest: expected true or a text of 1 to 200 characters'],
    [{ volatile: 'yes' }, 'Invalid volatile: expected a boolean'],
    [{ latest: true, volatile: true }, 'An event is either latest or volatile, not both'],
  ];
  for (const [wrong, why] of refusals) {
    t.match(await api.post('/events', { ...event, ...wrong }), { status: 400, body: `${why}\n` });
  }
});
