import t, { type Test } from 'tap';
import type { Gateway } from '../../../lib/gateway/gateway';
import { checkGatewayOptions } from '../../../lib/gateway/options/options';
import { ManualClock } from '../../support/manual-clock';
import { SECRET, startGateway, type StartOptions } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';
import { WebhookEndpoint } from '../../support/webhook-endpoint';

type WebhookSettings = NonNullable<NonNullable<StartOptions['app']>['webhooks']>[number];

interface WebhookGateway {
  clock: ManualClock;
  gateway: Gateway;
  endpoint: WebhookEndpoint;
  /** Resolves when everything that happened was told. */
  told: () => Promise<object[]>;
}

async function gatewayWithWebhook(
  t: Test,
  webhook: Partial<WebhookSettings> = {},
  { app, ...options }: StartOptions = {},
): Promise<WebhookGateway> {
  const clock = new ManualClock({ turns: 'real' });
  const endpoint = await WebhookEndpoint.start(t);
  const gateway = await startGateway(t, {
    clock,
    webhookAllow: ['127.0.0.1'],
    // Webhooks that share no request wait for no clock.
    app: { ...app, webhooks: [{ url: endpoint.url, batch: false, ...webhook }] },
    ...options,
  });
  const told = async (): Promise<object[]> => {
    await until(() => gateway.metrics.webhookEventsWaiting === 0, clock);
    return endpoint.events;
  };
  return { clock, gateway, endpoint, told };
}

async function leave(socket: TestSocket, channel: string): Promise<void> {
  socket.send({ event: 'pusher:unsubscribe', data: { channel } });
  await socket.settled();
}

t.test('the unmodified SDK reads webhooks of an occupied and vacated channel', async (t) => {
  const { clock, gateway, endpoint, told } = await gatewayWithWebhook(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  t.strictSame(await told(), [{ name: 'channel_occupied', channel: 'room' }]);
  await leave(socket, 'room');
  clock.advance(3000);
  t.strictSame((await told())[1], { name: 'channel_vacated', channel: 'room' });
  t.ok(endpoint.webhooks.every(({ valid }) => valid));
  t.equal(endpoint.connections, 1, 'over one connection');
});

t.test('the body is time_ms, a whole number, and events', async (t) => {
  const { clock, gateway, endpoint, told } = await gatewayWithWebhook(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await told();
  const [webhook] = endpoint.webhooks;
  const expected = `{"time_ms":${clock.wall()},"events":[{"name":"channel_occupied","channel":"room"}]}`;
  t.equal(webhook?.body, expected);
});

t.test('the headers are those of the SDKs, letter by letter', async (t) => {
  const { gateway, endpoint, told } = await gatewayWithWebhook(t);
  await (await TestSocket.connect(t, gateway.port)).subscribe('room');
  await told();
  const { headers, body } = endpoint.webhooks[0] as (typeof endpoint.webhooks)[0];
  t.equal(headers['content-type'], 'application/json');
  t.equal(headers['x-pusher-key'], 'key');
  t.match(headers['x-pusher-signature'], /^[0-9a-f]{64}$/);
  t.equal(headers['content-length'], String(Buffer.byteLength(body)));
});

t.test('members are told by user: first connection, last connection', async (t) => {
  const { clock, gateway, told } = await gatewayWithWebhook(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('presence-room', { user_id: 10, user_info: { name: 'Ada' } });
  t.strictSame(
    new Set((await told()).map((event) => JSON.stringify(event))),
    new Set([
      '{"name":"channel_occupied","channel":"presence-room"}',
      '{"name":"member_added","channel":"presence-room","user_id":"10"}',
    ]),
    'the user id is a string',
  );
  socket.drop();
  await until(() => gateway.socketCount === 0, clock);
  clock.advance(3000);
  t.strictSame((await told()).slice(2), [
    { name: 'member_removed', channel: 'presence-room', user_id: '10' },
    { name: 'channel_vacated', channel: 'presence-room' },
  ]);
});

t.test('a second connection of a user is told by no webhook', async (t) => {
  const { clock, gateway, told } = await gatewayWithWebhook(t, {
    events: ['member_added', 'member_removed'],
  });
  const [one, two] = [
    await TestSocket.connect(t, gateway.port),
    await TestSocket.connect(t, gateway.port),
  ];
  await one.subscribe('presence-room', { user_id: 'u' });
  await two.subscribe('presence-room', { user_id: 'u' });
  await leave(one, 'presence-room');
  clock.advance(3000);
  const added = { name: 'member_added', channel: 'presence-room', user_id: 'u' };
  t.strictSame(await told(), [added]);
  await leave(two, 'presence-room');
  clock.advance(3000);
  t.strictSame(await told(), [added, { ...added, name: 'member_removed' }]);
});

t.test('a reload within 3 s is told by no webhook', async (t) => {
  const { clock, gateway, told } = await gatewayWithWebhook(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('presence-room', { user_id: 'u' });
  t.equal((await told()).length, 2);
  socket.drop();
  await until(() => gateway.socketCount === 0, clock);
  clock.advance(2999);
  const again = await TestSocket.connect(t, gateway.port);
  await again.subscribe('presence-room', { user_id: 'u' });
  clock.advance(10_000);
  t.equal((await told()).length, 2);
  await leave(again, 'presence-room');
  clock.advance(2999);
  t.equal((await told()).length, 2);
  clock.advance(1);
  t.equal((await told()).length, 4, 'and leaving for good is');
});

t.test('client events are told with data as a string, whatever was sent', async (t) => {
  const { gateway, told } = await gatewayWithWebhook(t, { events: ['client_event'] });
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('private-room');
  await socket.subscribe('presence-room', { user_id: 7 });
  const from = { name: 'client_event', channel: 'private-room', event: 'client-x' };
  const { id: socket_id } = socket;
  const rows: Array<[data: string, told: string]> = [
    ['{"yolo": "woot"}', '{"yolo": "woot"}'],
    ['"{\\"yolo\\":\\"woot\\"}"', '{"yolo":"woot"}'],
    ['"tab\\tand \\u00e9"', 'tab\tand é'],
    ['12.50', '12.50'],
    ['null', 'null'],
    ['[1,"2"]', '[1,"2"]'],
  ];
  for (const [data, string] of rows) {
    socket.text(`{"event":"client-x","channel":"private-room","data":${data}}`);
    await socket.settled();
    t.strictSame((await told()).at(-1), { ...from, data: string, socket_id }, data);
  }
  socket.text('{"event":"client-x","channel":"private-room"}');
  await socket.settled();
  t.strictSame((await told()).at(-1), { ...from, data: '', socket_id }, 'none at all');
  socket.send({ event: 'client-x', channel: 'presence-room', data: '1' });
  await socket.settled();
  t.strictSame(
    (await told()).at(-1),
    { ...from, channel: 'presence-room', data: '1', socket_id, user_id: '7' },
    'a presence channel knows the user',
  );
});

t.test('only client events that others were sent are told', async (t) => {
  const { gateway, told } = await gatewayWithWebhook(t, { events: ['client_event'] });
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await socket.subscribe('private-room');
  for (const [event, channel] of [
    ['client-x', 'room'],
    ['say', 'private-room'],
    ['client-x', 'private-other'],
    ['client-x', undefined],
  ]) {
    socket.send({ event, channel, data: {} });
  }
  socket.send({ event: 'client-y', channel: 'private-room', data: {} });
  await socket.settled();
  t.match(await told(), [{ event: 'client-y' }]);
  t.equal((await told()).length, 1);
  for (let i = 0; i < 12; i++) socket.send({ event: 'client-z', channel: 'private-room' });
  await socket.settled();
  t.equal((await told()).length, 10, 'and none beyond the rate');
});

t.test('without clientEvents there are none', async (t) => {
  const { gateway, told } = await gatewayWithWebhook(t, {}, { app: { clientEvents: false } });
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('private-room');
  socket.send({ event: 'client-x', channel: 'private-room', data: {} });
  t.match(await socket.settled(), [{ event: 'pusher:error' }]);
  t.match(await told(), [{ name: 'channel_occupied' }]);
  t.equal((await told()).length, 1);
});

t.test('a cache miss is told once for each empty channel', async (t) => {
  const { gateway, told } = await gatewayWithWebhook(t, { events: ['cache_miss'] });
  for (let i = 0; i < 3; i++) {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('cache-room');
    t.match(await socket.settled(), [{ event: 'pusher:cache_miss' }]);
  }
  t.strictSame(await told(), [{ name: 'cache_miss', channel: 'cache-room' }]);
});

t.test('the number of subscribers is told on each change, as a number', async (t) => {
  const app = { subscriptionCount: true };
  const { gateway, told } = await gatewayWithWebhook(
    t,
    { events: ['subscription_count'] },
    { app },
  );
  const sockets = [
    await TestSocket.connect(t, gateway.port),
    await TestSocket.connect(t, gateway.port),
  ] as const;
  for (const socket of sockets) await socket.subscribe('room');
  for (const socket of sockets) await leave(socket, 'room');
  const name = 'subscription_count';
  t.strictSame(
    await told(),
    [1, 2, 1, 0].map((count) => ({ name, channel: 'room', subscription_count: count })),
  );
  await sockets[0].subscribe('presence-room', { user_id: 'u' });
  await told();
  t.equal((await told()).length, 4, 'but not of presence channels');
});

t.test('above 100 subscribers the number is told every 5 s while it changes', async (t) => {
  const app = { subscriptionCount: true };
  const { clock, gateway, told } = await gatewayWithWebhook(
    t,
    { events: ['subscription_count'] },
    { app },
  );
  const sockets = [];
  for (let i = 0; i < 105; i++) {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('room');
    sockets.push(socket);
  }
  t.equal((await told()).length, 101);
  clock.advance(5000);
  t.match((await told()).slice(101), [{ subscription_count: 105 }]);
  clock.advance(20_000);
  t.equal((await told()).length, 102);
});

t.test('nothing is told of the channel of a user', async (t) => {
  const app = { subscriptionCount: true };
  const { clock, gateway, endpoint, told } = await gatewayWithWebhook(t, {}, { app });
  const socket = await TestSocket.connect(t, gateway.port);
  const userData = '{"id":"ada"}';
  const auth = socket.auth(':user:', userData);
  socket.send({ event: 'pusher:signin', data: { auth, user_data: userData } });
  t.match(await socket.next(), { event: 'pusher:signin_success' });
  socket.askFor('#server-to-user-ada');
  t.match(await socket.next(), { event: 'pusher_internal:subscription_succeeded' });
  await leave(socket, '#server-to-user-ada');
  clock.advance(5000);
  await told();
  t.equal(endpoint.webhooks.length, 0);
});

t.test('filtered events are neither sent nor signed, and the others share a request', async (t) => {
  const webhook = { channels: ['chat-*', 'lobby'], batch: undefined };
  const { clock, gateway, endpoint, told } = await gatewayWithWebhook(t, webhook);
  const socket = await TestSocket.connect(t, gateway.port);
  for (const channel of ['chat-1', 'other', 'lobby', 'lobby-2', 'chat-2']) {
    await socket.subscribe(channel);
  }
  clock.advance(50);
  t.strictSame(
    await told(),
    ['chat-1', 'lobby', 'chat-2'].map((channel) => ({ name: 'channel_occupied', channel })),
  );
  t.equal(endpoint.webhooks.length, 1);
  t.equal(endpoint.webhooks[0]?.valid, true);
});

t.test('a flood of one address takes no places from the webhooks of another', async (t) => {
  const { clock, gateway, endpoint } = await gatewayWithWebhook(
    t,
    {},
    { limits: { maxWebhookEvents: 40 }, trustedProxies: ['127.0.0.1'] },
  );
  const held: Array<() => void> = [];
  endpoint.answer = (response) => held.push(() => response.end());
  const from = (address: string): Promise<TestSocket> =>
    TestSocket.connect(t, gateway.port, { headers: { 'X-Forwarded-For': address } });
  const [flooder, other] = [await from('192.0.2.1'), await from('192.0.2.2')];
  for (let i = 0; i < 60; i++) await flooder.subscribe(`junk-${i}`);
  for (let i = 0; i < 10; i++) await other.subscribe(`room-${i}`);
  await until(() => held.length === 8, clock);
  endpoint.answer = (response) => response.end();
  for (const end of held) end();
  await until(() => gateway.metrics.webhookEventsWaiting === 0, clock);
  const rooms = endpoint.events.map((event) => (event as { channel: string }).channel);
  t.equal(rooms.filter((name) => name.startsWith('room-')).length, 10);
  t.equal(gateway.metrics.webhookEventsDropped, 30);
});

t.test('without batch each event has a request of its own', async (t) => {
  const { gateway, endpoint, told } = await gatewayWithWebhook(t);
  const socket = await TestSocket.connect(t, gateway.port);
  for (let i = 0; i < 12; i++) await socket.subscribe(`room-${i}`);
  await told();
  t.equal(endpoint.webhooks.length, 12);
  t.ok(endpoint.webhooks.every(({ valid, events }) => valid && events.length === 1));
});

t.test('an endpoint that is down stops no socket', async (t) => {
  const { clock, gateway, endpoint } = await gatewayWithWebhook(t);
  endpoint.answer = () => undefined;
  const socket = await TestSocket.connect(t, gateway.port);
  for (let i = 0; i < 50; i++) await socket.subscribe(`room-${i}`);
  await until(() => endpoint.webhooks.length === 8, clock);
  t.strictSame(await socket.settled(), []);
  t.equal(gateway.metrics.webhookEventsWaiting, 50);
});

t.test('a drain gives what waits its chance, and tells nobody vacated by it', async (t) => {
  const { clock, gateway, endpoint } = await gatewayWithWebhook(
    t,
    {},
    { limits: { drainMs: 1000 } },
  );
  endpoint.answer = (response) => response.writeHead(500).end();
  const [one, two] = [
    await TestSocket.connect(t, gateway.port),
    await TestSocket.connect(t, gateway.port),
  ];
  await one.subscribe('stays');
  await two.subscribe('left');
  await endpoint.received(2, clock);
  endpoint.answer = (response) => response.end();
  await leave(two, 'left');
  await turned(clock, gateway.drain());
  const kinds = endpoint.events.slice(2) as Array<{ name: string; channel: string }>;
  t.strictSame(kinds.map(({ name, channel }) => `${name} ${channel}`).sort(), [
    'channel_occupied left',
    'channel_occupied stays',
    'channel_vacated left',
  ]);
  t.equal(gateway.metrics.webhookEventsDropped, 0);
});

t.test('a drain ends in time though nobody takes the webhooks', async (t) => {
  const { clock, gateway, endpoint } = await gatewayWithWebhook(
    t,
    {},
    { limits: { drainMs: 1000, drainDelayMs: 1 } },
  );
  endpoint.answer = () => undefined;
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await endpoint.received(1, clock);
  const before = clock.now();
  await turned(clock, gateway.drain());
  t.ok(clock.now() - before <= 1200, 'drainMs and the time to stop');
  t.equal(gateway.metrics.webhookEventsDropped, 1);
  t.equal(gateway.metrics.webhookEventsWaiting, 0);
});

t.test('a webhook that could never be told, or is misspelt, is refused', async (t) => {
  const rows: Array<[webhook: object, message: RegExp]> = [
    [{ events: ['channel_ocupied'] }, /^apps\[0\]\.webhooks\[0\]\.events\[0\]: /],
    [{ events: [] }, /^apps\[0\]\.webhooks\[0\]\.events: /],
    [{ channels: [] }, /^apps\[0\]\.webhooks\[0\]\.channels: /],
    [{ channels: [''] }, /^apps\[0\]\.webhooks\[0\]\.channels\[0\]: /],
    [
      { channels: ['room-*', 'a*b'] },
      /^apps\[0\]\.webhooks\[0\]\.channels\[1\]: .*such as room-\*/,
    ],
    [{ channels: ['bad name'] }, /^apps\[0\]\.webhooks\[0\]\.channels\[0\]: /],
    [{ batch: 1 }, /^apps\[0\]\.webhooks\[0\]\.batch: /],
    [{ event: 'client_event' }, /^apps\[0\]\.webhooks\[0\]\.event: .*did you mean events/],
  ];
  for (const [webhook, message] of rows) {
    const webhooks = [{ url: 'https://a.example/', ...webhook }];
    const app = { id: '1', key: 'key', secret: SECRET, webhooks };
    t.throws(() => checkGatewayOptions({ apps: [app] }), { code: 'bad_option', message });
  }
});

/** Turns a clock until something has come to its end. */
async function turned(clock: ManualClock, end: Promise<unknown>): Promise<void> {
  let over = false;
  void end.then(() => (over = true));
  while (!over) {
    clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
