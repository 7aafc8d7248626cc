import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Old from 'pusher-client';
import PusherServer from 'pusher';
import t, { type Test } from 'tap';
import { createClient } from '../../lib';
import type { Gateway } from '../../lib/gateway';
import { Pusher } from '../../lib/subscriber';
import { askByScript } from '../../lib/subscriber/auth/jsonp';
import { APP, MASTER_KEY } from '../conformance/app-server';
import { startGateway } from '../support/start-gateway';
import { args, told } from './libraries';

// The programs of the documentation of pusher-client and of the Pipe, with the import changed and a gateway to connect to.

const at = ({ port }: Gateway) => ({ host: '127.0.0.1', wsPort: port });

function sdkOf({ port }: Gateway): PusherServer {
  return new PusherServer({
    appId: APP.id,
    key: APP.key,
    secret: APP.secret,
    host: '127.0.0.1',
    port: String(port),
    useTLS: false,
    encryptionMasterKeyBase64: MASTER_KEY,
  });
}

/** An auth endpoint that keeps what it was asked, and signs. */
async function startEndpoint(t: Test, gateway: Gateway) {
  const asked: Array<{ authorization: string | undefined; form: Record<string, string> }> = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      asked.push({ authorization: request.headers.authorization, form });
      const answer = sdkOf(gateway).authorizeChannel(
        form['socket_id'] ?? '',
        form['channel_name'] ?? '',
      );
      response.end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/auth`, asked };
}

t.test('options: both libraries sign by themselves with the secret', async (t) => {
  const gateway = await startGateway(t);
  const classes = { 'pusher-client': Old, standpipe: Pusher as unknown as typeof Old };
  for (const [name, Class] of Object.entries(classes)) {
    const pusher = new Class(APP.key, {
      ...at(gateway),
      secret: APP.secret,
      channel_data: { user_id: 'unique_user_id', user_info: { name: 'User Name' } },
    });
    t.teardown(() => pusher.disconnect());
    pusher.subscribe('private-my-channel');
    const channel = pusher.subscribe('presence-my-channel');
    const members = (await told(channel, 'pusher:subscription_succeeded')) as {
      me: object;
      count: number;
    };
    t.match(members.me, { id: 'unique_user_id', info: { name: 'User Name' } }, name);
    t.equal(pusher.allChannels().length, 2);
    t.equal(pusher.channel('private-my-channel').name, 'private-my-channel');
    t.equal(pusher.isEncrypted(), false);
    t.match(pusher.connection.socket_id, /^\d+\.\d+$/);
    // On every channel and on one, by the names that pusher-client has.
    const heard: unknown[] = [];
    pusher.bind_all((event: string, data: unknown) => heard.push([event, data]));
    const comment = new Promise((resolve) => pusher.bind('new-comment', resolve));
    const price = told(channel, 'new-price');
    await sdkOf(gateway).trigger('presence-my-channel', 'new-price', { price: 7 });
    await sdkOf(gateway).trigger('private-my-channel', 'new-comment', { text: 'hi' });
    t.strictSame(await price, { price: 7 }, name);
    t.strictSame(await comment, { text: 'hi' }, name);
    if (name === 'standpipe') {
      t.strictSame(heard, [
        ['new-price', { price: 7 }],
        ['new-comment', { text: 'hi' }],
      ]);
    }
    pusher.disconnect();
  }
});

t.test('a process without channel_data has an id of its own on presence channels', async (t) => {
  const gateway = await startGateway(t);
  const pusher = new Pusher(APP.key, { ...at(gateway), secret: APP.secret });
  t.teardown(() => pusher.disconnect());
  const channel = pusher.subscribe('presence-a');
  await told(channel, 'pusher:subscription_succeeded');
  t.equal(channel.members.myID, `node-process-${process.pid}`);
});

t.test('auth: params, headers, username and password', async (t) => {
  const gateway = await startGateway(t);
  const { url, asked } = await startEndpoint(t, gateway);
  const username = 'user123';
  const password = 'pässword456';
  const pusher = new Pusher(APP.key, {
    ...at(gateway),
    authEndpoint: url,
    auth: { params: { username, password }, username, password },
  });
  t.teardown(() => pusher.disconnect());
  await told(pusher.subscribe('private-a'), 'pusher:subscription_succeeded');
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  t.match(asked, [
    { authorization: basic, form: { channel_name: 'private-a', username, password } },
  ]);
});

t.test('cluster, encrypted, no options at all: where it connects to', async (t) => {
  Pusher.autoConnect = false;
  t.teardown(() => (Pusher.autoConnect = true));
  const where = (options?: ConstructorParameters<typeof Pusher>[1]): unknown => {
    const { useTLS, wsHost, wsPort, wssPort, httpHost } = new Pusher('API_KEY', options).config;
    return [useTLS, wsHost, useTLS ? wssPort : wsPort, httpHost];
  };
  t.strictSame(where(), [true, 'ws.pusherapp.com', 443, 'sockjs.pusher.com']);
  t.strictSame(where({ cluster: 'eu' }), [true, 'ws-eu.pusher.com', 443, 'sockjs-eu.pusher.com']);
  t.strictSame(where({ cluster: 'eu', encrypted: false }), [
    false,
    'ws-eu.pusher.com',
    80,
    'sockjs-eu.pusher.com',
  ]);
  t.strictSame(where({ host: 'a.test', wsPort: 6001 }), [false, 'a.test', 6001, 'a.test']);
  t.strictSame(where({ host: 'a.test', encrypted: true, wssPort: 6443 }), [
    true,
    'a.test',
    6443,
    'a.test',
  ]);
  t.strictSame(where({ wsHost: 'a.test' }), [true, 'a.test', 443, 'a.test']);
});

t.test('the browser library of the Pipe: back_channel and channel.trigger', async (t) => {
  const gateway = await startGateway(t);
  const client = createClient({
    appId: APP.id,
    key: APP.key,
    secret: APP.secret,
    port: gateway.port,
  });
  t.teardown(() => client.disconnect());
  client.subscribe(['socket_message', 'socket_existence']);
  await client.connect();
  const heard: unknown[] = [];
  client.sockets.on('event:my_event', (_socketId, data) => heard.push(['socket', data]));
  const onChannel = new Promise((resolve) =>
    client.channel('my_channel').on('event:my_event', (_socketId, data) => resolve(data)),
  );
  const pusher = new Pusher<{
    server: { my_event: { answer: number } };
    browser: { my_event: string };
    requests: { position: { of: string }; fails: object };
  }>(APP.key, { ...at(gateway) });
  t.teardown(() => pusher.disconnect());
  await told(pusher.connection, 'connected');

  const answered = new Promise((resolve) => pusher.back_channel.bind('my_event', resolve));
  pusher.back_channel.trigger('my_event', 'data');
  await told(pusher.subscribe('my_channel'), 'pusher:subscription_succeeded');
  pusher.channel('my_channel')?.trigger('my_event', 'on a public channel');
  t.equal(await onChannel, 'on a public channel');
  t.strictSame(heard, [['socket', 'data']]);
  const socket = client.socket(pusher.connection.socket_id ?? '');
  socket.trigger('my_event', { answer: 42 });
  t.strictSame(await answered, { answer: 42 });

  pusher.onRequest('position', ({ of }) => `${of} is here`);
  t.equal(await socket.request('position', { of: 'ann' }), 'ann is here');
  pusher.back_channel.onRequest('fails', () => Promise.reject(new Error('not now')));
  await t.rejects(socket.request('fails', {}), { message: /not now/ });
});

t.test('names of the protocol cannot be triggered', async (t) => {
  const gateway = await startGateway(t);
  const pusher = new Pusher(APP.key, at(gateway));
  t.teardown(() => pusher.disconnect());
  const channel = pusher.subscribe('room');
  t.throws(() => channel.trigger('pusher:subscribe', {}), { name: 'BadEventName' });
  t.equal(channel.trigger('anything', {}), false, 'there is no connection yet');
  const encrypted = pusher.subscribe('private-encrypted-a');
  t.throws(() => encrypted.trigger('client-a', {}), {
    message: 'Client events are not currently supported for encrypted channels',
  });
});

t.test('channels that are subscribed together are authorized in one request', async (t) => {
  const gateway = await startGateway(t);
  const client = createClient({
    appId: APP.id,
    key: APP.key,
    secret: APP.secret,
    port: gateway.port,
  });
  t.teardown(() => client.disconnect());
  client.authorize('private-no', () => false).authorize('private-*', () => true);
  client.authorize('presence-*', () => ({ userId: 'ann' }));
  await client.connect();
  let requests = 0;
  const count = (message: unknown): void => {
    const { request } = message as { request: { path: string } };
    if (request.path === '/pusher/auth') requests++;
  };
  subscribe('http.client.request.start', count);
  t.teardown(() => unsubscribe('http.client.request.start', count));
  const pusher = new Pusher(APP.key, {
    ...at(gateway),
    channelAuthorization: { endpoint: `${gateway.url}/pusher/auth`, batch: true },
  });
  t.teardown(() => pusher.disconnect());
  const names = Array.from({ length: 60 }, (_, n) => `private-${n}`);
  const channels = [...names, 'presence-a'].map((name) => pusher.subscribe(name));
  const refused = args(pusher.subscribe('private-no'), 'pusher:subscription_error');
  await Promise.all(channels.map((channel) => told(channel, 'pusher:subscription_succeeded')));
  t.match(await refused, [{ type: 'AuthError', status: 403 }]);
  t.equal(requests, 2, 'fifty at a time');
});

t.test(
  'an encrypted channel whose key was changed asks for the new one, and loses nothing',
  async (t) => {
    const gateway = await startGateway(t);
    const [before, after] = [MASTER_KEY, Buffer.alloc(32, 9).toString('base64')].map(
      (encryptionMasterKeyBase64) =>
        new PusherServer({
          appId: APP.id,
          key: APP.key,
          secret: APP.secret,
          host: '127.0.0.1',
          port: String(gateway.port),
          useTLS: false,
          encryptionMasterKeyBase64,
        }),
    ) as [PusherServer, PusherServer];
    let signer = before;
    let asked = 0;
    const pusher = new Pusher(APP.key, {
      ...at(gateway),
      channelAuthorization: {
        customHandler: ({ socketId, channelName }, callback) => {
          asked++;
          setTimeout(() => callback(null, signer.authorizeChannel(socketId, channelName)), 20);
        },
      },
    });
    t.teardown(() => pusher.disconnect());
    const name = 'private-encrypted-a';
    const channel = pusher.subscribe(name);
    await told(channel, 'pusher:subscription_succeeded');
    const heard: unknown[] = [];
    const end = new Promise<void>((resolve) =>
      channel.bind('n', (n) => {
        if (heard.push(n) === 4) resolve();
      }),
    );
    await before.trigger(name, 'n', 1);
    signer = after;
    for (const n of [2, 3, 4]) await after.trigger(name, 'n', n);
    await end;
    t.strictSame(heard, [1, 2, 3, 4]);
    t.equal(asked, 2, 'once more, however many events waited');
  },
);

t.test('a handler that throws stops nobody, and is told of', async (t) => {
  const gateway = await startGateway(t);
  const pusher = new Pusher(APP.key, at(gateway));
  t.teardown(() => pusher.disconnect());
  const warned = once(process, 'warning') as Promise<[Error]>;
  const channel = pusher.subscribe('room');
  channel.bind('pusher:subscription_succeeded', () => {
    throw new Error('a bug of the app');
  });
  await told(channel, 'pusher:subscription_succeeded');
  t.match(await warned, [{ message: 'a bug of the app' }]);
  t.equal(pusher.connection.state, 'connected');
});

t.test('with the secret and the master key it reads encrypted channels by itself', async (t) => {
  const gateway = await startGateway(t);
  const pusher = new Pusher(APP.key, {
    ...at(gateway),
    secret: APP.secret,
    encryptionMasterKeyBase64: MASTER_KEY,
  });
  t.teardown(() => pusher.disconnect());
  const channel = pusher.subscribe('private-encrypted-a');
  await told(channel, 'pusher:subscription_succeeded');
  const heard = told(channel, 'e');
  await sdkOf(gateway).trigger('private-encrypted-a', 'e', { a: 1 });
  t.strictSame(await heard, { a: 1 });
});

t.test('jsonp asks by a script and hears by a global callback', async (t) => {
  const scripts: Array<{ src: string; remove(): void }> = [];
  let removed = 0;
  const document = {
    createElement: () => ({ src: '', remove: () => removed++ }),
    head: { append: (script: { src: string; remove(): void }) => scripts.push(script) },
  };
  Object.assign(globalThis, { document });
  t.teardown(() => Reflect.deleteProperty(globalThis, 'document'));
  const answer = askByScript('https://a.test/auth', 'socket_id=1.1&channel_name=private-a');
  const { searchParams } = new URL(scripts[0]?.src ?? '');
  t.equal(searchParams.get('channel_name'), 'private-a');
  const [, id = ''] =
    /^Pusher\.auth_callbacks\['(\d+)'\]$/.exec(searchParams.get('callback') ?? '') ?? [];
  Pusher.auth_callbacks[id]?.({ auth: 'key:sig' });
  t.strictSame(await answer, { auth: 'key:sig' });
  t.strictSame([removed, Object.keys(Pusher.auth_callbacks)], [1, []]);
  t.throws(() => new Pusher('key', { userAuthentication: { transport: 'jsonp' } }), {
    message: "'jsonp' is not a recognized auth transport",
  });
});
