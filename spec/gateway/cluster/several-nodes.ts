import type { Test } from 'tap';
import { createClient } from '../../../lib';
import { ApiClient } from '../../support/api-client';
import type { ClusterOptions, StartCluster } from '../../support/start-cluster';
import { SECRET } from '../../support/start-gateway';
import { Reader } from '../../support/reader';
import { type Message, TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';
import { WebhookEndpoint } from '../../support/webhook-endpoint';

const SUCCEEDED = 'pusher_internal:subscription_succeeded';
const ADDED = 'pusher_internal:member_added';
const REMOVED = 'pusher_internal:member_removed';
const COUNT = 'pusher_internal:subscription_count';
const WATCHED = 'pusher_internal:watchlist_events';

function dataOf({ data }: Message): Record<string, unknown> {
  return JSON.parse(data as string) as Record<string, unknown>;
}

/** Two gateways, and browsers on either. */
interface Cluster {
  ports: [number, number];
  api: [ApiClient, ApiClient];
  browser(node: 0 | 1): Promise<Reader>;
  subscribed(node: 0 | 1, channel: string, member?: object): Promise<Reader>;
}

async function startTwo(t: Test, start: StartCluster, options?: ClusterOptions): Promise<Cluster> {
  const [first, second] = await start(t, 2, options);
  if (first === undefined || second === undefined) throw new Error('two were asked for');
  const ports: [number, number] = [first.port, second.port];
  const browser = async (node: 0 | 1): Promise<Reader> =>
    new Reader(await TestSocket.connect(t, ports[node]));
  return {
    ports,
    api: [new ApiClient(t, first), new ApiClient(t, second)],
    browser,
    async subscribed(node, channel, member) {
      const reader = await browser(node);
      reader.socket.askFor(channel, member);
      await reader.next(SUCCEEDED);
      return reader;
    },
  };
}

/** Shows that browsers, HTTP calls, webhooks and triggers of backends work on two gateways as if they were one. */
export function showSeveralNodes(t: Test, start: StartCluster): void {
  t.test('an event reaches the browsers of both nodes, but those it excludes', async (t) => {
    const { api, subscribed } = await startTwo(t, start);
    const browsers = [await subscribed(0, 'room'), await subscribed(1, 'room')];
    const other = await subscribed(1, 'room');
    for (const from of [0, 1] as const) {
      const body = { name: `e${from}`, channel: 'room', data: 'd', socket_id: other.socket.id };
      t.equal((await api[from].post('/events', body)).status, 200);
      for (const each of browsers) t.match(await each.next(`e${from}`), { data: 'd' });
    }
    await api[0].post('/events', { name: 'last', channel: 'room', data: 'd' });
    await other.next('last');
    for (const each of browsers) await each.next('last');
    t.strictSame(
      [...browsers, other].flatMap(({ rest }) => rest),
      [],
    );
  });

  t.test('events of one channel come in one order on both nodes', async (t) => {
    const { api, subscribed } = await startTwo(t, start);
    const browsers = [await subscribed(0, 'room'), await subscribed(1, 'room')];
    const posts = Array.from({ length: 40 }, (_, n) =>
      api[(n % 2) as 0 | 1].post('/events', { name: 'e', channel: 'room', data: String(n) }),
    );
    await Promise.all(posts);
    await api[0].post('/events', { name: 'last', channel: 'room', data: 'd' });
    const seen = browsers.map(async (each) => {
      await until(() => each.rest.includes('last'));
      return each.messages.map(({ data }) => data);
    });
    const [one, two] = await Promise.all(seen);
    t.strictSame(one, two);
    t.equal(one?.length, 41);
  });

  t.test('a client event reaches the browsers of the other node, and not its sender', async (t) => {
    const { subscribed } = await startTwo(t, start);
    const sender = await subscribed(0, 'private-room');
    const others = [await subscribed(0, 'private-room'), await subscribed(1, 'private-room')];
    sender.socket.send({ event: 'client-e', channel: 'private-room', data: { x: 1 } });
    for (const each of others) t.match(await each.next('client-e'), { data: { x: 1 } });
    t.strictSame(sender.rest, []);
  });

  t.test('a presence channel has the members of both nodes, each once', async (t) => {
    const { api, subscribed, browser } = await startTwo(t, start);
    const room = 'presence-room';
    const ann = await subscribed(0, room, { user_id: 'ann', user_info: { n: 1 } });
    const bob = await subscribed(1, room, { user_id: 'bob' });
    t.match(dataOf(await ann.next(ADDED)), { user_id: 'bob' });
    const again = await browser(1);
    again.socket.askFor(room, { user_id: 'ann', user_info: { n: 2 } });
    const presence = dataOf(await again.next(SUCCEEDED)).presence as {
      hash: object;
      ids: string[];
    };
    t.strictSame(presence.ids.sort(), ['ann', 'bob']);
    t.strictSame(presence.hash, { ann: { n: 1 }, bob: null }, 'as of the first connection');
    const users = await api[1].get('/channels/presence-room/users');
    t.strictSame(JSON.parse(users.body), { users: [{ id: 'ann' }, { id: 'bob' }] });
    ann.socket.drop();
    const cid = await subscribed(0, room, { user_id: 'cid' });
    t.match(dataOf(await bob.next(ADDED)), { user_id: 'cid' }, 'ann is there over another node');
    again.socket.send({ event: 'pusher:unsubscribe', data: { channel: room } });
    for (const each of [bob, cid]) {
      t.match(dataOf(await each.next(REMOVED)), { user_id: 'ann' });
      t.strictSame(each.rest, []);
    }
  });

  t.test('a full presence channel is full for both nodes', async (t) => {
    const { subscribed, browser } = await startTwo(t, start, {
      limits: { maxMembersPerChannel: 2 },
    });
    await subscribed(0, 'presence-room', { user_id: 'ann' });
    await subscribed(0, 'presence-room', { user_id: 'bob' });
    const late = await browser(1);
    late.socket.askFor('presence-room', { user_id: 'cid' });
    t.match(await late.next('pusher:subscription_error'), { channel: 'presence-room' });
    late.socket.askFor('presence-room', { user_id: 'ann' });
    await late.next(SUCCEEDED);
  });

  t.test('a browser that leaves or asks again while it waits is not let in twice', async (t) => {
    const { api, browser, subscribed } = await startTwo(t, start);
    const stays = await subscribed(0, 'presence-room', { user_id: 'ann' });
    const [hasty, gone] = [await browser(1), await browser(1)];
    hasty.socket.askFor('presence-room', { user_id: 'bob' });
    hasty.socket.send({ event: 'pusher:unsubscribe', data: { channel: 'presence-room' } });
    hasty.socket.askFor('presence-room', { user_id: 'cid' });
    hasty.socket.askFor('presence-room', { user_id: 'cid' });
    gone.socket.askFor('presence-room', { user_id: 'dan' });
    gone.socket.drop();
    t.match(await hasty.next('pusher:error'), { data: { message: /^Existing subscription/ } });
    await hasty.next(SUCCEEDED);
    const ids = async (): Promise<string[]> => {
      const { body } = await api[0].get('/channels/presence-room/users');
      return (JSON.parse(body) as { users: Array<{ id: string }> }).users
        .map(({ id }) => id)
        .sort();
    };
    while ((await ids()).join() !== 'ann,cid');
    t.strictSame(stays.closed, undefined);
  });

  t.test('counts of subscribers are those of both nodes', async (t) => {
    const { api, subscribed } = await startTwo(t, start, { app: { subscriptionCount: true } });
    const one = await subscribed(0, 'room');
    t.match(dataOf(await one.next(COUNT)), { subscription_count: 1 });
    const two = await subscribed(1, 'room');
    for (const each of [one, two]) {
      t.match(dataOf(await each.next(COUNT)), { subscription_count: 2 });
    }
    const info = await api[0].get('/channels/room', { info: 'subscription_count' });
    t.strictSame(JSON.parse(info.body), { occupied: true, subscription_count: 2 });
    two.socket.drop();
    t.match(dataOf(await one.next(COUNT)), { subscription_count: 1 });
  });

  t.test('a cache channel has one last event, whichever node is asked', async (t) => {
    const { api, subscribed } = await startTwo(t, start);
    const early = await subscribed(0, 'cache-room');
    await early.next('pusher:cache_miss');
    await api[1].post('/events', { name: 'e', channel: 'cache-room', data: 'd' });
    t.match(await early.next('e'), { data: 'd' });
    const late = [await subscribed(0, 'cache-room'), await subscribed(1, 'cache-room')];
    for (const each of late) t.match(await each.next('e'), { data: 'd' });
    const info = await api[0].get('/channels/cache-room', { info: 'cache' });
    t.match(JSON.parse(info.body), { cache: { data: 'd' } });
    t.strictSame(
      [early, ...late].flatMap(({ rest }) => rest),
      [],
    );
  });

  t.test(
    'a browser that comes to a busy cache channel misses nothing behind its first',
    async (t) => {
      const { api, browser } = await startTwo(t, start);
      let isOver = false;
      const publishing = (async () => {
        for (let n = 1; !isOver; n++) {
          const event = { name: 'e', channel: 'cache-room', data: String(n) };
          await api[(n % 2) as 0 | 1].post('/events', event);
        }
      })();
      for (let i = 0; i < 10; i++) {
        const each = await browser((i % 2) as 0 | 1);
        each.socket.askFor('cache-room');
        await until(() => each.rest.filter((event) => event === 'e').length >= 5);
        const seen = each.messages.flatMap(({ event, data }) =>
          event === 'e' ? Number(data) : [],
        );
        const first = seen[0] ?? 0;
        t.strictSame(
          seen,
          seen.map((_, k) => first + k),
        );
        each.socket.drop();
      }
      isOver = true;
      await publishing;
    },
  );

  t.test('users are watched, spoken to and sent away over both nodes', async (t) => {
    const { api, browser } = await startTwo(t, start);
    const bob = await browser(0);
    const ann = await browser(1);
    ann.socket.askToSignIn({ id: 'ann', watchlist: ['bob'] });
    t.match(await ann.next(WATCHED), { data: /offline.*bob/ });
    bob.socket.askToSignIn({ id: 'bob' });
    t.match(await ann.next(WATCHED), { data: /online.*bob/ });
    bob.socket.send({ event: 'pusher:subscribe', data: { channel: '#server-to-user-bob' } });
    await bob.next(SUCCEEDED);
    await api[1].post('/events', { name: 'e', channel: '#server-to-user-bob', data: 'd' });
    t.match(await bob.next('e'), { data: 'd' });
    t.equal((await api[1].post('/users/bob/terminate_connections')).status, 200);
    await until(() => bob.closed !== undefined);
    t.equal(bob.closed, 4009);
  });

  t.test('channels are listed alike by both nodes, without those of users', async (t) => {
    const { api, subscribed } = await startTwo(t, start);
    await subscribed(0, 'room');
    await subscribed(1, 'presence-a', { user_id: '1' });
    await subscribed(0, 'presence-a', { user_id: '2' });
    for (const each of api) {
      const all = await each.get('/channels');
      t.same(JSON.parse(all.body), { channels: { 'presence-a': {}, room: {} } });
      const counted = await each.get('/channels', {
        filter_by_prefix: 'presence-',
        info: 'user_count',
      });
      t.same(JSON.parse(counted.body), { channels: { 'presence-a': { user_count: 2 } } });
    }
  });

  t.test('a publish repeated on the other node under its key is answered again', async (t) => {
    const { api, subscribed } = await startTwo(t, start);
    const browser = await subscribed(0, 'room');
    const headers = { 'Idempotency-Key': 'k' };
    const event = { name: 'e', channel: 'room', data: 'd' };
    t.match(await api[0].post('/events', event, { headers }), { status: 200, body: '{}' });
    let repeated = await api[1].post('/events', event, { headers });
    // The answer of the first one may still be on its way to the engine.
    while (repeated.status === 409) repeated = await api[1].post('/events', event, { headers });
    t.match(repeated, { status: 200, body: '{}' });
    const other = { ...event, data: 'x' };
    t.equal((await api[1].post('/events', other, { headers })).status, 422);
    await api[0].post('/events', { ...event, name: 'last' });
    await browser.next('e');
    await browser.next('last');
    t.strictSame(browser.rest, []);
  });

  t.test('webhooks are told once, and nothing of a return over the other node', async (t) => {
    const endpoint = await WebhookEndpoint.start(t);
    const { subscribed, api } = await startTwo(t, start, {
      app: { webhooks: [{ url: endpoint.url }], subscriptionCount: true },
      webhookAllow: ['127.0.0.1'],
    });
    const room = 'presence-room';
    const told = (channel: string): string[] =>
      endpoint.webhooks
        .flatMap(({ events }) => events as Array<{ name: string; channel: string }>)
        .filter((event) => event.channel === channel)
        .map(({ name }) => name);
    const first = await subscribed(0, room, { user_id: 'ann' });
    const second = await subscribed(1, room, { user_id: 'ann' });
    await until(() => told(room).length >= 2);
    // Everybody leaves, and is back on the other node.
    first.socket.drop();
    second.socket.drop();
    const isOccupied = async (): Promise<boolean> =>
      (await api[0].get(`/channels/${room}`)).body.includes('true');
    while (await isOccupied());
    const back = await subscribed(1, room, { user_id: 'ann' });
    const cache = [await subscribed(0, 'cache-a'), await subscribed(1, 'cache-a')];
    back.socket.drop();
    while (await isOccupied());
    for (const each of cache) each.socket.drop();
    await until(() => told(room).length >= 4 && told('cache-a').includes('channel_vacated'));
    const once = ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed'];
    t.strictSame(told(room).sort(), once);
    const cached = told('cache-a').filter((name) => name !== 'subscription_count');
    t.strictSame(cached.sort(), ['cache_miss', 'channel_occupied', 'channel_vacated']);
  });

  t.test('a backend reaches the browsers of both nodes, together and one by one', async (t) => {
    const { ports, subscribed } = await startTwo(t, start);
    const [here, there] = [await subscribed(0, 'room'), await subscribed(1, 'room')];
    const client = createClient({
      ...{ key: 'key', secret: SECRET, appId: '1', host: '127.0.0.1', port: ports[0] },
    });
    t.teardown(() => client.disconnect());
    await client.connect();
    client.channel('room').trigger('all', { x: 1 });
    for (const each of [here, there]) t.match(await each.next('all'), { data: '{"x":1}' });
    const far = client.socket(there.socket.id);
    far.trigger('one', 1);
    t.match(await there.next('one'), { data: '1' });
    const given = far.subscribe('private-given');
    client.channel('private-given').trigger('behind', 2);
    t.match(await there.next(SUCCEEDED), { channel: 'private-given' });
    t.match(await there.next('behind'), { data: '2' });
    await given;
    t.match(await far.info(), { id: far.id, channels: ['room', 'private-given'] });
    t.match(await client.channel('room').publish('counted', 3, { ack: 'delivered' }), {
      sockets: 2,
    });
    await far.close(4200);
    await until(() => there.closed !== undefined);
    t.equal(there.closed, 4200);
    await here.next('counted');
    t.strictSame(here.rest, []);
  });
}
