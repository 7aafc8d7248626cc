import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import PusherServer from 'pusher';
import Pusher from 'pusher-js';
import t, { type Test } from 'tap';
import type { Gateway } from '../../lib/gateway';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { certificate } from '../support/tls';

/** The unmodified SDK of the hosted service against one gateway, and the unmodified browser library beside it. */
interface SdkEnvironment {
  gateway: Gateway;
  sdk: PusherServer;
  /** The SDK with other credentials. */
  sdkWith(credentials: Partial<PusherServer.Options>): PusherServer;
  /** Opens a browser; it signs in when it has a user. */
  browser(userId?: string): Promise<Pusher>;
}

for (const scheme of ['plain', 'tls'] as const) {
  const test = (name: string, run: (t: Test, env: SdkEnvironment) => Promise<void>): void => {
    void t.test(`${name} (${scheme})`, async (t) => run(t, await makeEnvironment(t, scheme)));
  };

  test('trigger reaches all channels but the excluded socket', async (t, { sdk, browser }) => {
    const [one, two] = [await browser(), await browser()];
    const [a, b] = [await hear(one, 'room'), await hear(two, 'room')];
    const c = await hear(two, 'private-x');
    const answer = await sdk.trigger(['room', 'private-x'], 'hi', { text: 'ä "𝄞"' });
    t.equal(await answer.text(), '{}');
    for (const events of [a, b, c]) t.strictSame(await events.next(), ['hi', { text: 'ä "𝄞"' }]);
    await sdk.trigger('room', 'not for one', 1, { socket_id: one.connection.socket_id });
    await sdk.trigger('room', 'for both', 'plain');
    t.strictSame(await a.next(), ['for both', 'plain']);
    t.strictSame(await b.next(), ['not for one', 1]);
    t.strictSame(await b.next(), ['for both', 'plain']);
  });

  test('trigger and triggerBatch tell the counts that info asks for', async (t, env) => {
    const { sdk, browser } = env;
    await hear(await browser(), 'presence-p');
    await hear(await browser(), 'presence-p');
    const info = 'user_count,subscription_count';
    const sent = await sdk.trigger(['presence-p', 'room'], 'e', {}, { info });
    t.strictSame(await sent.json(), {
      channels: {
        'presence-p': { user_count: 1, subscription_count: 2 },
        room: { subscription_count: 0 },
      },
    });
    const batch = await sdk.triggerBatch([
      { channel: 'presence-p', name: 'e', data: {}, info: 'user_count' },
      { channel: 'room', name: 'e', data: {} },
    ]);
    t.strictSame(await batch.json(), { batch: [{ user_count: 1 }, {}] });
  });

  test('triggerBatch publishes each event on its channel, in order', async (t, env) => {
    const { sdk, browser } = env;
    const socket = await browser();
    const [a, b] = [await hear(socket, 'a'), await hear(socket, 'b')];
    const names = Array.from({ length: 10 }, (_, i) => `e${i}`);
    const events = names.flatMap((name, i) => ({ channel: i % 2 ? 'b' : 'a', name, data: { i } }));
    const answer = await sdk.triggerBatch(events);
    t.equal(await answer.text(), '{}');
    for (const [i, name] of names.entries()) {
      t.strictSame(await (i % 2 ? b : a).next(), [name, { i }]);
    }
    const eleven = sdk.triggerBatch(new Array(11).fill(0).map(() => ({ ...events[0]! })));
    t.equal(await refusal(eleven), '400 Batch too large (11 > 10)\n');
  });

  test('an encrypted event is read by the browser and by nobody between', async (t, env) => {
    const { sdk, browser } = env;
    const socket = await browser();
    const events = await hear(socket, 'private-encrypted-x');
    const seen: string[] = [];
    socket.connection.bind('message', (message: { event: string; data: object }) => {
      if (message.event === 'secret') seen.push(Object.keys(message.data).sort().join());
    });
    await sdk.trigger('private-encrypted-x', 'secret', { to: 'you' });
    t.strictSame(await events.next(), ['secret', { to: 'you' }]);
    await sdk.triggerBatch([{ channel: 'private-encrypted-x', name: 'secret', data: [1] }]);
    t.strictSame(await events.next(), ['secret', [1]]);
    t.strictSame(seen, ['ciphertext,nonce', 'ciphertext,nonce']);
  });

  test('get asks for channels, one channel and its users', async (t, { sdk, browser }) => {
    const ask = async (path: string, params: Record<string, string> = {}): Promise<unknown> =>
      (await sdk.get({ path, params })).json();
    t.strictSame(await ask('/channels'), { channels: {} });
    const socket = await browser();
    for (const channel of ['room', 'private-x', 'presence-p']) await hear(socket, channel);
    t.strictSame(await ask('/channels'), {
      channels: { room: {}, 'private-x': {}, 'presence-p': {} },
    });
    const query = { filter_by_prefix: 'presence-', info: 'user_count' };
    t.strictSame(await ask('/channels', query), { channels: { 'presence-p': { user_count: 1 } } });
    t.strictSame(await ask('/channels/room', { info: 'subscription_count' }), {
      occupied: true,
      subscription_count: 1,
    });
    t.strictSame(await ask('/channels/nobody'), { occupied: false });
    t.strictSame(await ask('/channels/presence-p/users'), { users: [{ id: 'everybody' }] });
    await sdk.trigger('cache-x', 'last', { a: 1 });
    t.strictSame(await ask('/channels/cache-x', { info: 'cache' }), {
      occupied: false,
      cache: { data: '{"a":1}', ttl: 1800 },
    });
    const info = ask('/channels/room', { info: 'user_count' });
    t.equal(
      await refusal(info),
      '400 Cannot retrieve the user count unless the channel is a presence channel\n',
    );
  });

  test('sendToUser reaches every browser of the user', async (t, { sdk, browser }) => {
    const users = await Promise.all(['ann', 'ann', 'bob'].map((id) => browser(id)));
    const heard = users.map((user) => queue((push) => user.user.bind('note', push)));
    const answer = await sdk.sendToUser('ann', 'note', { n: 1 });
    t.equal(await answer.text(), '{}');
    await sdk.sendToUser('bob', 'note', { n: 2 });
    t.strictSame(await Promise.all(heard.map((each) => each.next())), [
      { n: 1 },
      { n: 1 },
      { n: 2 },
    ]);
  });

  test('terminateUserConnections ends the connections of the user', async (t, env) => {
    const { gateway, sdk, browser } = env;
    const bob = await browser('bob');
    // No pusher-js: its WebSocket library waits 30 s after a close that did not come from itself.
    const ann = await TestSocket.connect(t, gateway.port);
    await ann.signIn({ id: 'ann' });
    const answer = await sdk.terminateUserConnections('ann');
    t.equal(await answer.text(), '{}');
    t.equal((await ann.closed()).code, 4009);
    t.equal((await sdk.terminateUserConnections('nobody')).status, 200);
    t.equal(bob.connection.state, 'connected');
  });

  test('a wrong signature is refused with the text to sign', async (t, { sdkWith }) => {
    const wrong = await refusal(sdkWith({ secret: 'wrong' }).trigger('room', 'e', {}));
    t.match(
      wrong,
      /^401 Invalid signature: you should have sent HmacSHA256Hex\("POST\\n\/apps\/1\/events\\n/,
    );
    t.match(wrong, /, your_secret_key\), but you sent "[0-9a-f]{64}"\n$/);
    for (const credentials of [{ key: 'unknown' }, { appId: '2' }]) {
      t.match(
        await refusal(sdkWith(credentials).get({ path: '/channels' })),
        /^401 Unknown auth_key/,
      );
    }
  });

  test('a query for something that does not exist is refused by its text', async (t, {
    sdk,
    browser,
  }) => {
    await hear(await browser(), 'presence-p');
    await hear(await browser(), 'room');
    const rows: Array<[path: string, params: Record<string, string>, text: string]> = [
      [
        '/channels',
        { info: 'user_count' },
        'user_count may only be requested for presence channels - please supply filter_by_prefix begining with presence-\n',
      ],
      ['/channels/room/users', {}, 'Users can only be retrieved for presence channels\n'],
      ['/channels/room', { info: 'colour' }, 'info should be a comma separated list of attributes'],
      ['/channels', { colour: 'red' }, 'query string parameters are extraneous: colour\n'],
    ];
    for (const [path, params, text] of rows) {
      const said = await refusal(sdk.get({ path, params }));
      t.ok(said.startsWith('400 ') && said.includes(text), said);
    }
    const nobody = await sdk.get({ path: '/channels/presence-nobody/users' });
    t.strictSame(await nobody.json(), { users: [] });
  });

  test('the deprecated endpoints answer too', async (t, { sdk, browser }) => {
    const events = await hear(await browser(), 'presence-p');
    const stats = await sdk.get({ path: '/channels/presence-p/stats' });
    t.match(await stats.json(), { occupied: true, user_count: 1 });
    const params = { name: 'old' };
    const sent = await sdk.post({ path: '/channels/presence-p/events', params, body: 'raw' });
    t.equal(sent.status, 202);
    t.strictSame(await events.next(), ['old', 'raw']);
  });

  test('a refused call rejects with its status and text', async (t, { sdk }) => {
    const large = sdk.trigger('room', 'e', 'x'.repeat(10_241));
    t.match(await refusal(large), /^413 The data content of this event exceeds/);
    const nothing = sdk.get({ path: '/nothing' });
    t.equal(await refusal(nothing), '404 Not found\n');
    const users = sdk.get({ path: '/channels/presence-p/users', params: { info: 'x' } });
    const text = 'The following query string parameters are extraneous: info';
    t.equal(await refusal(users), `400 ${text}\n`);
  });
}

async function makeEnvironment(t: Test, scheme: 'plain' | 'tls'): Promise<SdkEnvironment> {
  const tls = scheme === 'tls' ? await certificate() : undefined;
  const app = { subscriptionCount: true };
  const gateway = await startGateway(
    t,
    tls === undefined ? { app } : { app, tls: { port: 0, ...tls } },
  );
  const agent =
    tls === undefined
      ? new Agent({ keepAlive: true })
      : new TlsAgent({ ca: tls.cert, keepAlive: true });
  t.teardown(() => agent.destroy());
  const sdkWith: SdkEnvironment['sdkWith'] = (credentials) =>
    new PusherServer({
      appId: '1',
      key: 'key',
      secret: SECRET,
      host: '127.0.0.1',
      port: String(tls === undefined ? gateway.port : gateway.tlsPort),
      useTLS: tls !== undefined,
      agent,
      encryptionMasterKeyBase64: Buffer.alloc(32, 7).toString('base64'),
      ...credentials,
    });
  const sdk = sdkWith({});
  return { gateway, sdk, sdkWith, browser: (userId) => open(t, gateway, sdk, userId) };
}

async function open(
  t: Test,
  { port }: Gateway,
  sdk: PusherServer,
  userId: string | undefined,
): Promise<Pusher> {
  const pusher = new Pusher('key', {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws'],
    channelAuthorization: {
      transport: 'ajax',
      endpoint: '',
      customHandler: ({ socketId, channelName }, callback) => {
        const member = channelName.startsWith('presence-') ? { user_id: 'everybody' } : undefined;
        callback(null, sdk.authorizeChannel(socketId, channelName, member));
      },
    },
    userAuthentication: {
      transport: 'ajax',
      endpoint: '',
      customHandler: ({ socketId }, callback) => {
        callback(null, sdk.authenticateUser(socketId, { id: userId ?? '' }));
      },
    },
  });
  t.teardown(() => pusher.disconnect());
  await new Promise((resolve) => pusher.connection.bind('connected', resolve));
  if (userId === undefined) return pusher;
  const ready = new Promise<void>((resolve) => {
    pusher.connection.bind('message', (message: { event: string; channel?: string }) => {
      const own = message.channel === `#server-to-user-${userId}`;
      if (own && message.event === 'pusher_internal:subscription_succeeded') resolve();
    });
  });
  pusher.signin();
  await ready;
  return pusher;
}

/** The error with which the SDK rejects. */
async function refusal(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => ({ status: 200, body: '' }),
    (thrown: PusherServer.RequestError) => thrown,
  );
  return `${error.status} ${error.body}`;
}

interface Queue {
  next(): Promise<unknown>;
}

/** Keeps what was pushed until somebody asks for it. */
function queue(fill: (push: (value: unknown) => void) => void): Queue {
  const values: unknown[] = [];
  let wake: (() => void) | undefined;
  fill((value) => {
    values.push(value);
    wake?.();
  });
  return {
    async next() {
      while (values.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return values.shift();
    },
  };
}

/** Subscribes, and gives the events of the channel that are not the protocol's own. */
async function hear(pusher: Pusher, name: string): Promise<Queue> {
  const channel = pusher.subscribe(name);
  await new Promise<void>((resolve, reject) => {
    channel.bind('pusher:subscription_succeeded', () => resolve());
    channel.bind('pusher:subscription_error', (error: object) =>
      reject(new Error(JSON.stringify(error))),
    );
  });
  return queue((push) => {
    channel.bind_global((event: string, data: unknown) => {
      if (!event.startsWith('pusher:')) push([event, data]);
    });
  });
}
