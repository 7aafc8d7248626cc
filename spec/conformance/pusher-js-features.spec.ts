import Pusher, { type Channel } from 'pusher-js';
import PusherServer from 'pusher';
import t, { type Test } from 'tap';
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
  unbind(event: string, handler: (data: never) => void): unknown;
}

/** The next time something is told, with what it says. */
function next<T>(on: Bound, event: string): Promise<T> {
  return new Promise((resolve) => {
    const handler = (data: T): void => {
      on.unbind(event, handler);
      resolve(data);
    };
    on.bind(event, handler);
  });
}

interface World {
  gateway: Gateway;
  server: PusherServer;
  /** A browser; signed in when a user is given. */
  browser(user?: { id: string; watchlist?: string[]; user_info?: object }): Pusher;
}

/** The app's backend with the unmodified server SDK, and browsers with the unmodified pusher-js. */
async function world(t: Test): Promise<World> {
  const gateway = await startGateway(t, { app: { subscriptionCount: true } });
  const server = new PusherServer({
    appId: '1',
    key: 'key',
    secret: SECRET,
    host: '127.0.0.1',
    port: String(gateway.port),
    useTLS: false,
    encryptionMasterKeyBase64: Buffer.alloc(32, 7).toString('base64'),
  });
  const browser: World['browser'] = (user) => {
    const pusher = new Pusher('key', {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: gateway.port,
      forceTLS: false,
      enabledTransports: ['ws'],
      channelAuthorization: {
        transport: 'ajax',
        endpoint: '',
        customHandler: ({ socketId, channelName }, callback) => {
          const member = { user_id: socketId };
          // A signed-in user needs no channel_data of its own.
          const data = channelName.startsWith('presence-') && !user ? member : undefined;
          callback(null, server.authorizeChannel(socketId, channelName, data));
        },
      },
      userAuthentication: {
        transport: 'ajax',
        endpoint: '',
        customHandler: ({ socketId }, callback) =>
          callback(null, server.authenticateUser(socketId, user as { id: string })),
      },
    });
    t.teardown(() => pusher.disconnect());
    if (user !== undefined) pusher.signin();
    return pusher;
  };
  return { gateway, server, browser };
}

async function subscribed(pusher: Pusher, name: string): Promise<Channel> {
  const channel = pusher.subscribe(name);
  await next(channel, 'pusher:subscription_succeeded');
  return channel;
}

/** Resolves when the user's own channel is subscribed, and so the sign-in is over. */
async function signedIn(pusher: Pusher): Promise<void> {
  for (;;) {
    const { event, channel } = await next<{ event: string; channel?: string }>(
      pusher.connection,
      'message',
    );
    if (event.endsWith(':subscription_succeeded') && channel?.startsWith('#') === true) return;
  }
}

t.test('sign-in and sendToUser', async (t) => {
  const { server, browser } = await world(t);
  const tabs = [browser({ id: 'ann' }), browser({ id: 'ann' })];
  const other = browser({ id: 'bob' });
  await Promise.all([...tabs, other].map(signedIn));
  other.user.bind('hello', () => t.fail('this was for ann'));
  const heard = tabs.map((tab) => next(tab.user, 'hello'));
  await server.sendToUser('ann', 'hello', { a: 1 });
  t.strictSame(await Promise.all(heard), [{ a: 1 }, { a: 1 }]);
  t.match(tabs[0]?.user.user_data, { id: 'ann' });
});

t.test('terminateUserConnections: no retry by itself, but connect() works', async (t) => {
  const { server, browser } = await world(t);
  const ann = browser({ id: 'ann' });
  const bob = browser({ id: 'bob' });
  await Promise.all([ann, bob].map(signedIn));
  const error = next<{ data: { code: number } }>(ann.connection, 'error');
  const gone = next(ann.connection, 'disconnected');
  await server.terminateUserConnections('ann');
  t.match(await error, { data: { code: 4009 } });
  await gone;
  t.equal(bob.connection.state, 'connected');
  ann.connect();
  await signedIn(ann);
  t.equal(ann.connection.state, 'connected');
});

t.test('watchlists', async (t) => {
  const { browser } = await world(t);
  const ann = browser({ id: 'ann', watchlist: ['bob', 'cid'] });
  const { watchlist } = ann.user;
  t.match(await next(watchlist, 'offline'), { user_ids: ['bob', 'cid'] });
  const online = next(watchlist, 'online');
  browser({ id: 'bob' });
  t.match(await online, { name: 'online', user_ids: ['bob'] });
});

t.test('encrypted channels, the cached one too', async (t) => {
  const { server, browser } = await world(t);
  const name = 'private-encrypted-cache-x';
  await server.trigger(name, 'secret', { a: 'ä' });
  const channel = browser().subscribe(name);
  t.strictSame(await next(channel, 'secret'), { a: 'ä' }, 'decrypted from the cache');
  const again = next(channel, 'again');
  await server.trigger(name, 'again', [1]);
  t.strictSame(await again, [1]);
});

t.test('cache channels', async (t) => {
  const { server, browser } = await world(t);
  const early = browser().subscribe('cache-x');
  await next(early, 'pusher:cache_miss');
  const heard = next(early, 'last');
  await server.trigger('cache-x', 'last', { a: 1 });
  await heard;
  const late = browser().subscribe('cache-x');
  late.bind('pusher:cache_miss', () => t.fail('there is an event'));
  t.strictSame(await next(late, 'last'), { a: 1 });
});

t.test('subscription counts', async (t) => {
  const { browser } = await world(t);
  const [one, two] = [browser(), browser()];
  const channel = await subscribed(one, 'room');
  const counted = next(channel, 'pusher:subscription_count');
  t.equal(channel.subscriptionCount, 1);
  await subscribed(two, 'room');
  t.strictSame(await counted, { subscription_count: 2 });
  const less = next(channel, 'pusher:subscription_count');
  two.unsubscribe('room');
  await less;
  t.equal(channel.subscriptionCount, 1);
});

t.test('presence through sign-in: the user is one member over two connections', async (t) => {
  const { browser } = await world(t);
  const user = { id: 'ann', user_info: { name: 'Ann' } };
  const guest = browser();
  const channel = await subscribed(guest, 'presence-x');
  const added = next(channel, 'pusher:member_added');
  const [one, two] = [browser(user), browser(user)];
  const mine = await subscribed(one, 'presence-x');
  const { me, count } = (mine as unknown as { members: { me: object; count: number } }).members;
  t.match({ me, count }, { me: { id: 'ann', info: { name: 'Ann' } }, count: 2 });
  t.match(await added, { id: 'ann' });
  channel.bind('pusher:member_added', () => t.fail('ann is there already'));
  await subscribed(two, 'presence-x');
  const removed = next(channel, 'pusher:member_removed');
  one.disconnect();
  two.disconnect();
  t.match(await removed, { id: 'ann' });
});
