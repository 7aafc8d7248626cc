import Pusher from 'pusher';
import t, { type Test } from 'tap';
import { createClient, type PipeClient } from '../../lib';
import { Pusher as HttpClient } from '../../lib/http';
import { type Gateway, type GatewayOptions } from '../../lib/gateway';
import { ApiClient } from '../support/api-client';
import { askAuth } from '../support/auth-request';
import { deciding } from '../support/deciding-backend';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { until } from '../support/until';
import { WebhookEndpoint } from '../support/webhook-endpoint';
import { RawSocket } from '../support/raw-socket';
import { signedPath, WirePipe } from './protocols/pipe-2011/backend';

type App = GatewayOptions['apps'][number];
type FurtherKey = NonNullable<App['keys']>[number];

const OLD: FurtherKey = { key: 'old', secret: 'the-secret-of-the-old-key' };
const APP: App = { id: '1', key: 'key', secret: SECRET, clientEvents: true };

/** Calls of the unmodified SDK by the permission that each of them needs. */
const CALLS: Record<'publish' | 'read' | 'terminate', (sdk: Pusher) => Promise<unknown>> = {
  publish: (sdk) => sdk.trigger('room', 'hi', {}),
  read: (sdk) => sdk.get({ path: '/channels' }),
  terminate: (sdk) => sdk.terminateUserConnections('ada'),
};

function keyWith(...permissions: NonNullable<FurtherKey['permissions']>): FurtherKey {
  return { ...OLD, permissions };
}

function sdkOf({ port }: Gateway, { key, secret } = OLD): Pusher {
  return new Pusher({ appId: '1', key, secret, host: '127.0.0.1', port: String(port) });
}

/** Status of a call that is refused, 200 of any other. */
async function statusOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 200,
    (error: { status?: number }) => error.status ?? 0,
  );
}

/** Subscribes to private-a with a given signature, and answers with the next message. */
async function subscribe(socket: TestSocket, auth: string): Promise<unknown> {
  socket.send({ event: 'pusher:subscribe', data: { channel: 'private-a', auth } });
  return socket.next();
}

/** Client of a backend that ends with the test, with the codes of its errors. */
function backend(t: Test, { port }: Gateway, { key, secret } = OLD): [PipeClient, string[]] {
  const client = createClient({ appId: '1', key, secret, port });
  const errors: string[] = [];
  client.on('error', ({ code }) => void errors.push(code));
  t.teardown(() => client.disconnect());
  return [client, errors];
}

t.test('a further key is as good as the first one, for everybody', async (t) => {
  const gateway = await startGateway(t, { app: { keys: [OLD] } });
  for (const each of [OLD, { key: 'key', secret: SECRET }]) {
    const socket = await TestSocket.connect(t, gateway.port, { key: each.key });
    const sdk = sdkOf(gateway, each);
    const { auth } = sdk.authorizeChannel(socket.id, 'private-a');
    const subscribed = 'pusher_internal:subscription_succeeded';
    t.match(await subscribe(socket, auth), { event: subscribed });
    for (const call of Object.values(CALLS)) t.equal(await statusOf(call(sdk)), 200);
    const [client] = backend(t, gateway, each);
    await client.connect();
    const ours = new HttpClient({ appId: '1', ...each, host: '127.0.0.1', port: gateway.port });
    t.equal((await ours.trigger('room', 'hi', {})).status, 200, 'standpipe/http');
    await WirePipe.connect(t, gateway.port, each);
  }
});

t.test('a subscription may be signed with another key than its page has', async (t) => {
  const gateway = await startGateway(t, { app: { keys: [OLD] } });
  const page = await TestSocket.connect(t, gateway.port, { key: 'key' });
  const { auth } = sdkOf(gateway).authorizeChannel(page.id, 'private-a');
  t.match(await subscribe(page, auth), { channel: 'private-a' });
  const user = sdkOf(gateway).authenticateUser(page.id, { id: 'ada' });
  page.send({ event: 'pusher:signin', data: user });
  t.match(await page.settled(), [{ event: 'pusher:signin_success' }]);
});

t.test(
  'each call of the HTTP API wants its permission, and says which one is missing',
  async (t) => {
    for (const had of Object.keys(CALLS) as Array<keyof typeof CALLS>) {
      const gateway = await startGateway(t, { app: { keys: [keyWith(had)] } });
      for (const [wanted, call] of Object.entries(CALLS)) {
        t.equal(
          await statusOf(call(sdkOf(gateway))),
          wanted === had ? 200 : 403,
          `${had} ${wanted}`,
        );
      }
    }
    const gateway = await startGateway(t, { app: { keys: [keyWith('read', 'pipe')] } });
    const api = new ApiClient(t, gateway);
    const body = { name: 'hi', channel: 'room', data: '{}' };
    t.match(await api.post('/events', body, OLD), {
      status: 403,
      body: 'Key old lacks the permission publish: it has read, pipe (apps[].keys[].permissions)\n',
    });
    t.match(await api.post('/events', body, { ...OLD, secret: 'x' }), { status: 401 });
  },
);

t.test('a key without read publishes, and is told of no subscribers', async (t) => {
  const gateway = await startGateway(t, {
    app: { subscriptionCount: true, keys: [keyWith('publish')] },
  });
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  socket.send({ event: 'pusher:subscribe', data: { channel: 'room' } });
  t.match(await socket.next(), { channel: 'room' });
  await socket.settled();
  const event = { name: 'hi', channel: 'room', data: '{}' };
  const asking = { ...event, info: 'subscription_count' };
  const body =
    'info: Key old lacks the permission read: it has publish (apps[].keys[].permissions)\n';
  t.match(await api.post('/events', asking, OLD), { status: 403, body });
  t.match(await api.post('/batch_events', { batch: [event, asking] }, OLD), { status: 403, body });
  t.strictSame(await socket.settled(), [], 'nothing of it is published');
  t.match(await api.post('/events', event, OLD), { status: 200 });
  t.match(await api.post('/events', asking), { status: 200, body: /"subscription_count":1/ });
  const headers = { 'Idempotency-Key': 'once' };
  const told = await api.post('/events', asking, { headers });
  t.match(told, { status: 200, body: /"subscription_count":1/ });
  const repeated = await api.post('/events', asking, { ...OLD, headers });
  t.not(repeated.status, 200, 'nor is it told what an answer to another key has kept');
  t.notMatch(repeated.body, 'subscription_count":');
});

t.test('browsers come with a key that is for browsers, and are signed for by one', async (t) => {
  const gateway = await startGateway(t, { app: { keys: [keyWith('publish', 'read', 'pipe')] } });
  const refused = await TestSocket.open(t, gateway.port, { key: 'old' });
  const { code, reason } = await refused.closed();
  t.equal(code, 4009);
  t.match(reason, /^Key old lacks the permission browsers/);
  const socket = await TestSocket.connect(t, gateway.port);
  const { auth } = sdkOf(gateway).authorizeChannel(socket.id, 'private-a');
  socket.send({ event: 'pusher:subscribe', data: { channel: 'private-a', auth } });
  const message = "Invalid key in subscription auth data: 'old'";
  t.match(await socket.settled(), [{ data: { message } }, { channel: 'private-a' }]);
  const user = sdkOf(gateway).authenticateUser(socket.id, { id: 'ada' });
  socket.send({ event: 'pusher:signin', data: user });
  t.match(await socket.settled(), [{ data: { message: /^Invalid key in signin auth data/ } }]);
  await deciding(t, gateway, (client) => client.authorize('private-*', () => true));
  t.equal((await askAuth(gateway, { path: '/pusher/auth/old' })).status, 403);
  t.equal((await askAuth(gateway, { path: '/pusher/auth/key' })).status, 200);
});

t.test('a backend needs the permission for the Pipe, and comes when it gets it', async (t) => {
  const gateway = await startGateway(t, { app: { keys: [keyWith('browsers', 'publish')] } });
  const [client] = backend(t, gateway);
  const failed: string[] = [];
  client.on('error', ({ message }) => void failed.push(message));
  const connected = client.connect();
  await until(() => failed.length > 0);
  t.match(failed[0], /status 403: Key old lacks the permission pipe/);
  t.equal((await RawSocket.upgrade(gateway.port, signedPath(OLD))).status, 403);
  gateway.reload({ apps: [{ ...APP, keys: [OLD] }] });
  await connected;
});

t.test('keys are replaced by reloads without a cut or a refused call', async (t) => {
  const endpoint = await WebhookEndpoint.start(t);
  const webhooks = [{ url: endpoint.url, batch: false }];
  const first = { key: 'key', secret: SECRET };
  const hooked = { ...APP, webhooks };
  const gateway = await startGateway(t, { app: hooked, webhookAllow: ['127.0.0.1'] });
  const next = { key: 'next', secret: 'the-secret-of-the-next-key' };
  const [client, errors] = backend(t, gateway, first);
  await client.connect();
  const page = await TestSocket.connect(t, gateway.port);
  const reload = (app: Partial<App>): unknown =>
    gateway.reload({ apps: [{ ...hooked, ...app }], webhookAllow: ['127.0.0.1'] });

  // The next key is known before anybody uses it.
  reload({ keys: [next] });
  await page.subscribe('one');
  await until(() => endpoint.webhooks.length > 0);
  t.equal(endpoint.webhooks[0]?.headers['x-pusher-key'], 'key');
  t.equal(await statusOf(sdkOf(gateway, next).trigger('room', 'hi', {})), 200);

  // The next key signs, and the first one is still taken.
  const changed = ['app 1: key', 'app 1: secret', 'app 1: keys'];
  t.match(reload({ ...next, keys: [first] }), { added: [], removed: [], changed });
  await page.subscribe('two');
  await until(() => endpoint.webhooks.length > 1);
  const { headers, body: rawBody } = endpoint.webhooks[1] as { headers: object; body: string };
  t.ok(sdkOf(gateway, first).webhook({ headers, rawBody }).isValid(next), 'by the next key');
  for (const each of [first, next]) {
    t.equal(await statusOf(sdkOf(gateway, each).trigger('room', 'hi', {})), 200);
    await TestSocket.connect(t, gateway.port, { key: each.key });
  }
  const [other, otherErrors] = backend(t, gateway, next);
  await other.connect();
  t.equal(client.state, 'open');

  // The first one goes: its browsers stay, and its backend is told.
  reload({ ...next, keys: [] });
  await until(() => errors.length > 0);
  t.strictSame([errors, otherErrors], [['bad_credentials'], []]);
  t.equal(other.state, 'open');
  t.strictSame(await page.settled(), []);
  t.equal(await statusOf(sdkOf(gateway, first).trigger('room', 'hi', {})), 401);
  const late = await TestSocket.open(t, gateway.port, { key: 'key' });
  t.equal((await late.closed()).code, 4001);
});

t.test('a backend of 2011 is closed with its key', async (t) => {
  const gateway = await startGateway(t, { app: { keys: [OLD] } });
  const [goes, stays] = [
    await WirePipe.connect(t, gateway.port, OLD),
    await WirePipe.connect(t, gateway.port),
  ];
  gateway.reload({ apps: [{ ...APP, keys: [keyWith('publish')] }] });
  t.equal(await goes.raw.closeCode(), 4200);
  t.match(await stays.ask('{"id":1,"method":"none"}'), { id: 1 }, 'it is answered');
});

t.test(
  'metrics count the uses of each key, so that an old one is known to be unused',
  async (t) => {
    const gateway = await startGateway(t, { app: { keys: [OLD] } });
    const uses = async (): Promise<string[]> =>
      (await gateway.metrics.registry.metrics()).match(/^standpipe_key_uses_total.*$/gm) ?? [];
    const count = (old: number, first: number): string[] => [
      `standpipe_key_uses_total{app="1",key="key"} ${first}`,
      `standpipe_key_uses_total{app="1",key="old"} ${old}`,
    ];
    t.strictSame(await uses(), count(0, 0));
    const socket = await TestSocket.connect(t, gateway.port, { key: 'old' });
    const { auth } = sdkOf(gateway).authorizeChannel(socket.id, 'private-a');
    await subscribe(socket, auth);
    await sdkOf(gateway).trigger('room', 'hi', {});
    await statusOf(sdkOf(gateway, { ...OLD, secret: 'x' }).trigger('room', 'hi', {}));
    await sdkOf(gateway, { key: 'key', secret: SECRET }).trigger('room', 'hi', {});
    t.strictSame(await uses(), count(3, 1));
    gateway.reload({ apps: [{ ...APP, keys: [OLD, { ...OLD, key: 'third' }] }] });
    t.equal((await uses())[1], count(3, 1)[1], 'a reload forgets no count');
    gateway.reload({ apps: [APP] });
    t.strictSame(await uses(), [], 'nothing of an app with one key');
  },
);

t.test('keys are unique over all apps, and their secrets are long where others reach them', (t) => {
  const two = { ...APP, id: '2', key: 'two' };
  const wrong: Array<[Partial<GatewayOptions>, RegExp]> = [
    [
      { apps: [{ ...APP, keys: [{ ...OLD, key: 'key' }] }] },
      /^apps\[0\]\.keys\[0\]\.key: 'key' bel/,
    ],
    [{ apps: [APP, { ...two, keys: [{ ...OLD, key: 'key' }] }] }, /belongs to apps\[0\]\.key/],
    [{ apps: [{ ...APP, keys: [keyWith()] }] }, /permissions: must not be empty/],
    [
      { apps: [{ ...APP, keys: [{ ...OLD, permissions: ['write' as 'read'] }] }] },
      /permissions\[0\]: must be one of browsers, publish, read, terminate, pipe/,
    ],
    [
      { host: '0.0.0.0', apps: [{ ...APP, keys: [{ ...OLD, secret: 'short' }] }] },
      /^apps\[0\]\.keys\[0\]\.secret: must have at least 20/,
    ],
  ];
  return startGateway(t).then((gateway) => {
    for (const [options, message] of wrong) {
      t.throws(() => gateway.reload({ apps: [APP], ...options }), { code: 'bad_option', message });
    }
  });
});
