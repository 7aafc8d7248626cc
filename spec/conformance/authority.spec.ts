import { createHash } from 'node:crypto';
import Pusher, { type Options } from 'pusher-js';
import PusherServer from 'pusher';
import t, { type Test } from 'tap';
import { createClient, type PipeClient } from '../../lib';
import type { Gateway } from '../../lib/gateway';
import { SECRET, startGateway } from '../support/start-gateway';

// The WebSocket library of pusher-js starts a timer of 30 s for a close that did not come from itself, and forgets it.
const { setTimeout: start } = globalThis;
globalThis.setTimeout = ((run: () => void, ms?: number) => {
  const timer = start(run, ms);
  return ms === 30_000 ? timer.unref() : timer;
}) as typeof setTimeout;

interface Bound {
  bind(event: string, handler: (data: never) => void): unknown;
}

function next<T>(on: Bound, event: string): Promise<T> {
  return new Promise((resolve) => on.bind(event, resolve));
}

const MASTER_KEY = Buffer.alloc(32, 7);
/** As the server SDK derives it, so that what it encrypts can be read. */
const keyOf = (channel: string): Buffer =>
  createHash('sha256').update(channel).update(MASTER_KEY).digest();
const USERS = new Map([['token-of-ada', { id: 'ada', userInfo: { name: 'Ada' } }]]);

/** A gateway, and a backend without any HTTP that decides by the token in a header. */
async function startWithBackend(t: Test): Promise<{ gateway: Gateway; backend: PipeClient }> {
  const gateway = await startGateway(t);
  const backend = createClient({ key: 'key', secret: SECRET, appId: 1, port: gateway.port });
  t.teardown(() => backend.disconnect());
  const userOf = (headers: ReadonlyMap<string, string>): { id: string } | undefined =>
    USERS.get(headers.get('authorization') ?? '');
  backend
    .authorize('private-encrypted-*', ({ channel }) => ({ sharedSecret: keyOf(channel) }))
    .authorize('private-*', ({ headers, body, channel }) => {
      return userOf(headers) !== undefined && channel === `private-${body.get('room')}`;
    })
    .authorize('presence-users', () => true)
    .authorize('presence-*', ({ headers }) => {
      const user = USERS.get(headers.get('authorization') ?? '');
      return user && { userId: user.id, userInfo: user.userInfo };
    })
    .authenticate(({ headers }) => userOf(headers));
  await backend.connect();
  return { gateway, backend };
}

/** An unmodified pusher-js that asks the gateway, and has no handlers of its own. */
async function browser(t: Test, { port, url }: Gateway, token: string): Promise<Pusher> {
  const how = { transport: 'ajax', headers: { Authorization: token }, params: { room: 'room' } };
  const pusher = new Pusher('key', {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws'],
    channelAuthorization: { ...how, endpoint: `${url}/pusher/auth` },
    userAuthentication: { ...how, endpoint: `${url}/pusher/user-auth` },
  } as Options);
  t.teardown(() => pusher.disconnect());
  await next(pusher.connection, 'connected');
  return pusher;
}

t.test('pusher-js subscribes to a private channel', async (t) => {
  const { gateway, backend } = await startWithBackend(t);
  const channel = (await browser(t, gateway, 'token-of-ada')).subscribe('private-room');
  await next(channel, 'pusher:subscription_succeeded');
  const greeting = next(channel, 'greeting');
  backend.channel('private-room').trigger('greeting', 'hello');
  t.equal(await greeting, 'hello');
});

t.test('pusher-js is told of a refusal with its status', async (t) => {
  const { gateway } = await startWithBackend(t);
  const pusher = await browser(t, gateway, 'no token');
  const refused = next(pusher.subscribe('private-room'), 'pusher:subscription_error');
  t.match(await refused, { type: 'AuthError', status: 403 });
});

t.test('pusher-js is told that no backend is there', async (t) => {
  const gateway = await startGateway(t);
  const pusher = await browser(t, gateway, 'token-of-ada');
  const refused = next(pusher.subscribe('private-room'), 'pusher:subscription_error');
  t.match(await refused, { type: 'AuthError', status: 503 });
});

t.test('pusher-js joins a presence channel as whom the backend says', async (t) => {
  const { gateway } = await startWithBackend(t);
  const channel = (await browser(t, gateway, 'token-of-ada')).subscribe('presence-room');
  await next(channel, 'pusher:subscription_succeeded');
  t.match(channel, { members: { me: { id: 'ada', info: { name: 'Ada' } }, count: 1 } });
});

t.test('pusher-js signs in, and then joins a presence channel as that user', async (t) => {
  const { gateway } = await startWithBackend(t);
  const pusher = await browser(t, gateway, 'token-of-ada');
  pusher.signin();
  await pusher.user.signinDonePromise;
  t.match(pusher.user.user_data, { id: 'ada', user_info: { name: 'Ada' } });
  const channel = pusher.subscribe('presence-users');
  await next(channel, 'pusher:subscription_succeeded');
  t.match(channel, { members: { me: { id: 'ada' } } });
});

t.test('pusher-js is told that it may not sign in', async (t) => {
  const { gateway } = await startWithBackend(t);
  const pusher = await browser(t, gateway, 'no token');
  pusher.signin();
  await pusher.user.signinDonePromise;
  t.equal(pusher.user.user_data, null);
});

t.test('pusher-js reads an encrypted channel with the key of the backend', async (t) => {
  const { gateway } = await startWithBackend(t);
  const pusher = await browser(t, gateway, 'token-of-ada');
  const channel = pusher.subscribe('private-encrypted-room');
  await next(channel, 'pusher:subscription_succeeded');
  const server = new PusherServer({
    appId: '1',
    key: 'key',
    secret: SECRET,
    host: '127.0.0.1',
    port: String(gateway.port),
    useTLS: false,
    encryptionMasterKeyBase64: MASTER_KEY.toString('base64'),
  });
  const told = next(channel, 'secret');
  await server.trigger('private-encrypted-room', 'secret', { x: 1 });
  t.strictSame(await told, { x: 1 });
});
