import { generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:tls';
import t, { type Test } from 'tap';
import { createClient } from '../../lib';
import type { GatewayOptions } from '../../lib/gateway';
import { Gateway } from '../../lib/gateway/gateway';
import { CLOSE_CODES } from '../../lib/wire/close-codes';
import { FakeBrowser } from '../../lib/testing/fake-browser';
import { PushyClient, PUSHY_SECRET } from './protocols/pushy/pushy-client';
import { WirePipe } from './protocols/pipe-2011/backend';
import { ApiClient } from '../support/api-client';
import { ManualClock } from '../support/manual-clock';
import { Opcode } from '../support/raw-socket';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { certificate } from '../support/tls';
import { turns, until } from '../support/until';
import { WebhookEndpoint } from '../support/webhook-endpoint';
import { WireClient } from '../support/wire-client';

type Limits = NonNullable<GatewayOptions['limits']>;
type App = GatewayOptions['apps'][number];

const ONE: App = { id: '1', key: 'key', secret: SECRET, clientEvents: true };
const TWO: App = { id: '2', key: 'two', secret: SECRET, clientEvents: true };

/** Lines of a log, without the objects of levels that nobody asks for. */
class Lines {
  readonly all: Array<[level: string, about: unknown, message: unknown]> = [];
  readonly log = Object.fromEntries(
    ['debug', 'info', 'warn', 'error'].map((level) => [
      level,
      (about: unknown, message: unknown) => void this.all.push([level, about, message]),
    ]),
  ) as unknown as NonNullable<GatewayOptions['log']>;
}

async function start(t: Test, options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  return startGateway(t, { apps: [ONE, TWO], ...options });
}

t.test('apps come and go while the others stay', async (t) => {
  const lines = new Lines();
  const gateway = await start(t, { log: lines.log });
  const [stays, goes] = [
    await TestSocket.connect(t, gateway.port),
    await TestSocket.connect(t, gateway.port, { key: 'two' }),
  ];
  const three = { ...TWO, id: '3', key: 'three' };
  const apps = [{ ...ONE, clientEvents: false }, three];
  const result = { added: ['3'], removed: ['2'], changed: ['app 1: clientEvents'] };
  const kept = ['port', 'limits.pingMs'];
  const reloaded = gateway.reload({ port: 1, apps, limits: { pingMs: 7 } });
  t.strictSame(reloaded, { ...result, kept });
  const { code, reason, messages } = await goes.closed();
  t.strictSame([code, reason], [4001, 'App key two does not exist']);
  t.match(messages, [{ event: 'pusher:error', data: { code: 4001 } }], 'it is told before');
  t.strictSame(await stays.settled(), []);
  await TestSocket.connect(t, gateway.port, { key: 'three' });
  const unknown = await TestSocket.open(t, gateway.port, { key: 'two' });
  t.equal((await unknown.closed()).code, 4001);
  const told = lines.all.filter(([level]) => level !== 'debug');
  t.strictSame(told.slice(1), [
    ['info', result, 'reloaded'],
    ['warn', { kept }, 'options that need a restart stay as they were'],
  ]);
});

t.test('a changed secret holds for new signatures, and what is connected stays', async (t) => {
  const gateway = await start(t);
  const socket = await TestSocket.connect(t, gateway.port);
  t.match(await socket.subscribe('private-a'), { channel: 'private-a' });
  gateway.reload({ apps: [{ ...ONE, secret: 'another-secret-of-the-specs' }, TWO] });
  socket.askFor('private-b');
  const refused = { event: 'pusher:subscription_error', channel: 'private-b' };
  t.match(await socket.settled(), [{ event: 'pusher:error' }, refused]);
  socket.send({ event: 'client-a', channel: 'private-a', data: {} });
  t.strictSame(await socket.settled(), [], 'it is still on its channel');
});

t.test('client events, origins and limits of new sockets follow a reload', async (t) => {
  const gateway = await start(t);
  const apps = [{ ...ONE, allowedOrigins: ['https://a.example'] }];
  gateway.reload({ apps, limits: { maxConnectionsPerApp: 1 } });
  const headers = { Origin: 'https://b.example' };
  const foreign = await TestSocket.open(t, gateway.port, { headers });
  t.equal((await foreign.closed()).code, 4009);
  await TestSocket.connect(t, gateway.port);
  const second = await TestSocket.open(t, gateway.port);
  t.equal((await second.closed()).code, 4004);
  gateway.reload({ apps, limits: { maxConnectionsPerAddress: 1 } });
  t.equal((await TestSocket.connect(t, gateway.port)).raw.status, 101, 'counted from then on');
  await t.rejects(TestSocket.connect(t, gateway.port));
});

t.test('the address of a client follows a reload of trusted proxies', async (t) => {
  const gateway = await start(t);
  gateway.reload({
    apps: [ONE],
    trustedProxies: ['127.0.0.1'],
    limits: { maxConnectionsPerAddress: 1 },
  });
  const headers = { 'X-Forwarded-For': '192.0.2.1' };
  await TestSocket.connect(t, gateway.port, { headers });
  await TestSocket.connect(t, gateway.port, { headers: { 'X-Forwarded-For': '192.0.2.2' } });
  await t.rejects(TestSocket.connect(t, gateway.port, { headers }), 'the second of its address');
});

t.test('sockets of an app that is switched off are told and closed', async (t) => {
  const gateway = await start(t);
  const socket = await TestSocket.connect(t, gateway.port);
  gateway.reload({ apps: [{ ...ONE, enabled: false }, TWO] });
  t.equal((await socket.closed()).code, 4003);
});

t.test('thousands of sockets of a removed app are closed some in each turn', async (t) => {
  const gateway = new Gateway({ apps: [ONE, TWO] }, new ManualClock({ turns: 'real' }));
  const query = new URLSearchParams({ protocol: '7' });
  const codes: number[] = [];
  for (let n = 0; n < 2_000; n++) {
    const browser = new FakeBrowser({ key: 'two', secret: SECRET }, (carrier) =>
      gateway.openSocket('two', query, carrier),
    );
    void browser.closed.then(({ code }) => codes.push(code));
  }
  await turns(2);
  gateway.reload({ apps: [ONE] });
  let rounds = 0;
  for (; codes.length < 2_000 && rounds < 1_000; rounds++) await turns(1);
  t.ok(rounds >= 20, `others had ${rounds} turns`);
  await until(() => gateway.socketCount === 0);
  t.same(new Set(codes), new Set([4001]));
});

const RATES: Record<string, { message: unknown; limits: Limits; raised: Limits; refused: RegExp }> =
  {
    'client events to other browsers': {
      message: { event: 'client-a', channel: 'private-a', data: {} },
      limits: { maxClientEventsPerSecond: 4 },
      raised: { maxClientEventsPerSecond: 1_000 },
      refused: /limit of 4 events per second/,
    },
    'events to backends': {
      message: { event: 'a', data: {} },
      limits: { maxBackChannelEventsPerSecond: 4 },
      raised: { maxBackChannelEventsPerSecond: 1_000 },
      refused: /limit of 4 events per second/,
    },
    subscriptions: {
      message: { event: 'pusher:subscribe', data: { channel: 'private-b', auth: 'none' } },
      limits: { maxSubscriptionsPerSecond: 1, maxChannelsPerSocket: 3 },
      raised: { maxSubscriptionsPerSecond: 1_000 },
      refused: /^Too many subscriptions: the limit is 1 per second/,
    },
  };

for (const [name, { message, limits, raised, refused }] of Object.entries(RATES)) {
  t.test(`the rate of ${name} of connected sockets follows a reload`, async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    const gateway = await startGateway(t, { clock });
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('private-a');
    const refusalsOf20 = async (): Promise<number> => {
      for (let n = 0; n < 20; n++) socket.send(message);
      const texts = (await socket.settled()).map(
        ({ data }) => (data as { message?: string }).message,
      );
      return texts.filter((text) => refused.test(text ?? '')).length;
    };
    socket.send(message);
    await socket.settled();
    gateway.reload({ apps: [ONE], limits });
    t.equal(await refusalsOf20(), 16, 'it has no more left than the new burst');
    gateway.reload({ apps: [ONE], limits: raised });
    clock.advance(1_000);
    t.equal(await refusalsOf20(), 0);
  });
}

t.test('malformed messages that are forgiven follow a reload', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const pushy = { secretKey: PUSHY_SECRET };
  const gateway = await startGateway(t, { clock, app: { pushy } });
  const { raw: browser } = await TestSocket.connect(t, gateway.port);
  const { raw: pipe } = await WirePipe.connect(t, gateway.port);
  const client = await PushyClient.connect(t, gateway.port);
  for (const raw of [browser, pipe]) raw.send(Opcode.TEXT, 'x');
  client.text('x');
  await until(() => gateway.metrics.malformedMessages === 3);
  const apps = [{ ...ONE, pushy }];
  gateway.reload({ apps, limits: { maxMalformedMessages: 4 } });
  for (const raw of [browser, pipe]) {
    for (let n = 0; n < 5; n++) raw.send(Opcode.TEXT, 'x');
    for (let frame = await raw.next(); frame !== undefined; frame = await raw.next()) {
      if (frame.opcode === Opcode.CLOSE) raw.send(Opcode.CLOSE, frame.payload);
    }
    t.match(raw.close, { code: 4100, reason: /^Too many malformed messages/ });
  }
  for (let n = 0; n < 5; n++) client.text('x');
  t.match(await client.closed, { code: 4100 });
  t.equal(gateway.metrics.malformedMessages, 3 + 3 * 5);
});

t.test('rates of an app follow a reload', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, { clock, app: { maxRequestsPerSecond: 1_000 } });
  const api = new ApiClient(t, gateway);
  const refusalsOf10 = async (): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.get('/channels')));
    return answers.filter(({ status }) => status === 429).length;
  };
  t.equal(await refusalsOf10(), 0);
  gateway.reload({ apps: [{ ...ONE, maxRequestsPerSecond: 4 }] });
  t.equal(await refusalsOf10(), 6);
});

t.test('options that are wrong are refused as a whole, and nobody is cut', async (t) => {
  const [own, other] = [await certificate(), await certificate()];
  const gateway = await start(t, { tls: { port: 0, ...own } });
  const socket = await TestSocket.connect(t, gateway.port, { key: 'two' });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsa = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const tls = (more: object): GatewayOptions['tls'] => ({ port: 0, ...own, ...more });
  for (const [options, message] of [
    [{ apps: [{ ...ONE, key: '' }] }, /^apps\[0\]\.key/],
    [{ apps: [ONE, { ...TWO, id: '1' }] }, /^apps\[1\]\.id: '1' belongs to apps\[0\]\.id already/],
    [{ apps: [ONE], tls: tls({ key: other.key }) }, /^tls: the certificate or the key/],
    [{ apps: [ONE], tls: tls({ key: rsa }) }, /^tls: .* belongs to another certificate$/],
    [{ apps: [ONE], tls: tls({ cert: '' }) }, /^tls: .* it is empty$/],
    [{ apps: [ONE], tls: tls({ cert: 'no PEM' }) }, /^tls: /],
  ] as Array<[GatewayOptions, RegExp]>) {
    t.throws(() => gateway.reload(options), { code: 'bad_option', message });
  }
  t.strictSame(await socket.settled(), [], 'the app that all of them leave out is still there');
});

t.test('a renewed certificate is that of new connections', async (t) => {
  const [old, renewed] = [await certificate(), await certificate()];
  const gateway = await start(t, { tls: { port: 0, ...old } });
  const handshake = (ca: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: gateway.tlsPort, ca }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  t.ok(await handshake(old.cert));
  gateway.reload({ apps: [ONE], tls: { port: 0, ...renewed } });
  t.strictSame([await handshake(old.cert), await handshake(renewed.cert)], [false, true]);
});

t.test(
  'connections of backends are closed when their app is switched off or gone, greeted or not',
  async (t) => {
    for (const [apps, reason] of [
      [[{ ...ONE, enabled: false }, TWO], 'the app is switched off'],
      [[TWO], 'the app was taken out of this gateway'],
    ] as const) {
      const gateway = await start(t);
      const greeted = await WireClient.open(t, gateway.port);
      await greeted.hello();
      const silent = await WireClient.open(t, gateway.port);
      gateway.reload({ apps: [...apps] });
      for (const client of [greeted, silent]) {
        const { code, reason: why } = await client.closed();
        t.strictSame([code, why], [CLOSE_CODES.going_away.code, reason]);
      }
    }
  },
);

t.test('a backend of a removed app comes back when the app does', async (t) => {
  const gateway = await start(t);
  const { port } = gateway;
  const options = { port, appId: '2', key: 'two', secret: SECRET };
  const backoff = { baseMs: 5, maxMs: 20 };
  const client = createClient({ ...options, backoff, log: false });
  t.teardown(() => client.disconnect());
  const errors: string[] = [];
  client.on('error', ({ message }) => errors.push(message));
  await client.connect();
  const lost = new Promise((resolve) => client.once('disconnected', resolve));
  gateway.reload({ apps: [ONE] });
  await lost;
  await until(() => errors.some((message) => message.includes('no app has this id')));
  const back = new Promise((resolve) => client.once('connected', resolve));
  gateway.reload({ apps: [ONE, TWO] });
  await back;
  t.equal(client.state, 'open');
  t.equal(await client.sockets.count(), 0);
});

t.test(
  'the events of a webhook that stays wait on, those of a removed one are dropped',
  async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    const lines = new Lines();
    const [stays, goes] = [await WebhookEndpoint.start(t), await WebhookEndpoint.start(t)];
    for (const endpoint of [stays, goes]) {
      endpoint.answer = (response) => response.writeHead(503).end();
    }
    const webhooks = (urls: string[], more: object = {}): Partial<GatewayOptions> => ({
      webhookAllow: ['127.0.0.1'],
      apps: [{ ...ONE, webhooks: urls.map((url) => ({ url, batch: false, ...more })) }],
    });
    const gateway = await startGateway(t, {
      clock,
      log: lines.log,
      ...webhooks([stays.url, goes.url]),
    });
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('room');
    await stays.received(1, clock);
    await goes.received(1, clock);
    await until(() => gateway.metrics.webhookFailures === 2, clock);
    gateway.reload(webhooks([stays.url], { headers: { 'X-Mine': 'yes' } }) as GatewayOptions);
    const { webhookEventsDropped, webhookEventsWaiting } = gateway.metrics;
    t.strictSame([webhookEventsDropped, webhookEventsWaiting], [1, 1]);
    const { host } = new URL(goes.url);
    const why = 'the endpoint was taken out of the configuration';
    t.strictSame(
      lines.all.find(([, , message]) => message === '1 webhook events are dropped')?.[1],
      { appId: '1', host, why },
    );
    stays.answer = (response) => response.end();
    clock.advance(2_000);
    await stays.received(2, clock);
    t.strictSame(stays.webhooks[1]?.events, [{ name: 'channel_occupied', channel: 'room' }]);
    await socket.subscribe('other');
    await stays.received(3, clock);
    t.equal(stays.webhooks[2]?.headers['x-mine'], 'yes');
  },
);

t.test('webhooks may begin and end with a reload', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const endpoint = await WebhookEndpoint.start(t);
  const gateway = await startGateway(t, { clock });
  const webhooks = [{ url: endpoint.url, batch: false }];
  gateway.reload({ apps: [{ ...ONE, webhooks }], webhookAllow: ['127.0.0.1'] });
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await endpoint.received(1, clock);
  gateway.reload({ apps: [ONE] });
  await socket.subscribe('other');
  await socket.settled();
  t.equal(gateway.metrics.webhookEventsWaiting, 0);
  t.equal(endpoint.webhooks.length, 1);
});

t.test('the path of authorization without a key is that of an only app', async (t) => {
  const gateway = await startGateway(t);
  const ask = async (): Promise<number> => {
    const body = new URLSearchParams({ socket_id: '1.1', channel_name: 'private-a' });
    return (await fetch(`${gateway.url}/pusher/auth`, { method: 'POST', body })).status;
  };
  t.equal(await ask(), 503, 'no backend decides');
  gateway.reload({ apps: [ONE, TWO] });
  t.equal(await ask(), 400, 'which app');
  gateway.reload({ apps: [TWO] });
  t.equal(await ask(), 503);
});

t.test('clients of pushy come, hear of another secret and go with reloads', async (t) => {
  const gateway = await startGateway(t);
  gateway.reload({ apps: [{ ...ONE, pushy: { secretKey: PUSHY_SECRET } }] });
  const client = await PushyClient.connect(t, gateway.port);
  t.match((await client.subscribe('private-a')).data, { channel: 'private-a' });
  gateway.reload({ apps: [{ ...ONE, pushy: { secretKey: 'another' } }] });
  client.command('subscribe', { channel: 'private-b', auth: 'x', timestamp: 1 });
  t.match((await client.next('pushy:subscription-failed')).data, { reason: 'Invalid credentials' });
  gateway.reload({ apps: [ONE] });
  await client.closed;
  t.equal((await fetch(`${gateway.url}/pushy/socket/info`)).status, 404);
});

t.test('a gateway that stops takes no other options', async (t) => {
  const gateway = await startGateway(t, { limits: { drainDelayMs: 1, drainMs: 10 } });
  const drained = gateway.drain();
  t.throws(() => gateway.reload({ apps: [TWO] }), { code: 'refused' });
  await drained;
  t.throws(() => gateway.reload({ apps: [TWO] }), { code: 'refused' });
});

t.test('options that come before the start hold from the start', async (t) => {
  const gateway = new Gateway({ port: 0, apps: [ONE] });
  t.teardown(() => gateway.stop());
  gateway.reload({ port: 0, apps: [TWO] });
  await gateway.start();
  await TestSocket.connect(t, gateway.port, { key: 'two' });
});
