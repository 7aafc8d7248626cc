import t from 'tap';
import { Pusher } from '../support/http-sdk';
import { APP, gatewayOf, server } from './servers';

t.test('events of one turn share requests, and each trigger has its own answer', async (t) => {
  const gateway = await gatewayOf(t);
  const requests: string[] = [];
  const pusher = new Pusher({
    ...gateway.client,
    fetch: (url, init) => {
      requests.push(new URL(url).pathname);
      return fetch(url, init);
    },
  });
  const socket = await (await gateway.browser()).subscribe('room');
  const info = 'subscription_count';
  const sent = Array.from({ length: 25 }, (_, i) =>
    pusher.trigger('room', `e${i}`, i, i === 3 ? { info } : undefined),
  );
  const bad = pusher.trigger('x'.repeat(180), 'e', 1);
  const alone = pusher.trigger(['room', 'other'], 'both', 1);
  const answers = await Promise.all(sent);
  t.strictSame(await answers[3]?.json(), { channels: { room: { subscription_count: 1 } } });
  t.strictSame(await answers[4]?.json(), {});
  await t.rejects(bad, { code: 'refused', status: 400, body: /^Invalid channel name: x/ });
  await alone;
  const heard = socket.received.map(({ event }) => event).filter((event) => /^e\d/.test(event));
  t.strictSame([...heard].sort(), answers.map((_, i) => `e${i}`).sort(), 'each is published once');
  const counts = (path: string): number => requests.filter((one) => one === path).length;
  t.equal(counts('/apps/1/batch_events'), 3, '10, 10, and 5 with the one that is refused');
  t.equal(counts('/apps/1/events'), 7, 'the two-channel event, and the six of the refused batch');
  requests.length = 0;
  for (let i = 0; i < 3; i += 1) await pusher.trigger('room', 'e', i);
  t.strictSame(requests, new Array(3).fill('/apps/1/events'), 'one at a time: as upstream');
});

t.test('requests leave in the order of the calls, also where events share one', async (t) => {
  const sent: string[] = [];
  const pusher = new Pusher({
    ...APP,
    host: '127.0.0.1',
    fetch: (url, { body = '{}' }) => {
      const { batch, name } = JSON.parse(body) as {
        batch?: Array<{ name: string }>;
        name?: string;
      };
      sent.push(batch?.map((event) => event.name).join() ?? name ?? new URL(url).pathname);
      return Promise.resolve(new Response('{}'));
    },
  });
  const trigger = (name: string, channel: string | string[] = 'a'): unknown =>
    pusher.trigger(channel, name, 1);
  await Promise.all([
    ...[trigger('1'), trigger('2'), trigger('3', ['a', 'b']), trigger('4')],
    pusher.triggerBatch([{ channel: 'a', name: '5', data: 1 }]),
    ...[trigger('6'), pusher.get({ path: '/channels' })],
    ...[trigger('7'), pusher.post({ path: '/events', body: { name: '8' } })],
    ...[trigger('9'), trigger('10')],
  ]);
  t.strictSame(sent, ['1,2', '3', '4', '5', '6', '/apps/1/channels', '7', '8', '9,10']);
});

t.test('with coalesce false, and where there are no batches, each event goes alone', async (t) => {
  const gateway = await gatewayOf(t);
  const requests: string[] = [];
  const through = (refuse: boolean) => async (url: string, init: object) => {
    const { pathname } = new URL(url);
    requests.push(pathname);
    if (refuse && pathname.endsWith('batch_events'))
      return new Response('Not found', { status: 404 });
    return fetch(url, init);
  };
  const many = (pusher: Pusher): Promise<unknown> =>
    Promise.all(Array.from({ length: 4 }, (_, i) => pusher.trigger('room', 'e', i)));
  await many(new Pusher({ ...gateway.client, coalesce: false, fetch: through(false) }));
  t.strictSame(requests.splice(0), new Array(4).fill('/apps/1/events'));
  const old = new Pusher({ ...gateway.client, fetch: through(true) });
  await many(old);
  t.strictSame(requests.splice(0), [
    '/apps/1/batch_events',
    ...new Array<string>(4).fill('/apps/1/events'),
  ]);
  await many(old);
  t.strictSame(requests, new Array(4).fill('/apps/1/events'), 'it is not tried again');
});

t.test('a lost connection fails every event of its request', async (t) => {
  const { options } = await server(t, (response) => response.destroy());
  const pusher = new Pusher(options);
  const sent = await Promise.allSettled([1, 2, 3].map((data) => pusher.trigger('room', 'e', data)));
  for (const one of sent) {
    t.match(one, {
      status: 'rejected',
      reason: { name: 'PusherRequestError', code: 'unknown_outcome' },
    });
  }
});

t.test('batches above 10 are split, in order, with one answer', async (t) => {
  const gateway = await gatewayOf(t);
  const pusher = new Pusher(gateway.client);
  const socket = await (await gateway.browser()).subscribe('room');
  const batch = Array.from({ length: 23 }, (_, i) => ({
    channel: 'room',
    name: `e${i}`,
    data: { i },
  }));
  const before = structuredClone(batch);
  t.strictSame(await (await pusher.triggerBatch(batch)).json(), {});
  t.strictSame(batch, before, 'what was given is not changed');
  await socket.next('e22');
  const heard = socket.received.map(({ event }) => event).filter((event) => /^e\d/.test(event));
  t.strictSame(
    heard,
    batch.map(({ name }) => name),
  );
  const informed = batch.map((event, i) =>
    i === 12 ? { ...event, info: 'subscription_count' } : event,
  );
  const { batch: answer } = await (await pusher.triggerBatch(informed)).json();
  t.equal(answer?.length, 23);
  t.strictSame(answer?.[12], { subscription_count: 1 });
  const broken = batch.map((event, i) => (i === 15 ? { ...event, channel: '?' } : event));
  await t.rejects(pusher.triggerBatch(broken), { code: 'refused', status: 400, accepted: 10 });
  t.strictSame(await (await pusher.triggerBatch([])).json(), {});
});

t.test('retries repeat a publish under one key, and it is published once', async (t) => {
  const gateway = await gatewayOf(t);
  const keys: unknown[] = [];
  let failures = 2;
  const pusher = new Pusher({
    ...gateway.client,
    retries: 3,
    fetch: async (url, init) => {
      keys.push(init.headers['idempotency-key']);
      const response = await fetch(url, init);
      // The event was published, and its answer got lost.
      if (failures-- > 0) throw new TypeError('fetch failed');
      return response;
    },
  });
  const socket = await (await gateway.browser()).subscribe('room');
  await pusher.trigger('room', 'once', 1);
  await pusher.trigger('room', 'last', 2);
  await socket.next('last');
  t.equal(socket.received.filter(({ event }) => event === 'once').length, 1);
  t.equal(keys.length, 4);
  t.match(keys[0], /^[0-9a-f]{32}$/);
  t.strictSame([keys[1], keys[2]], [keys[0], keys[0]]);
  t.not(keys[3], keys[0]);
});

t.test('retries wait as a server asks, and give up on what will not change', async (t) => {
  const { seen, options } = await server(t, (response, _seen, count) => {
    if (count === 1) response.writeHead(429, { 'retry-after': '0' }).end('Too many\n');
    else if (count === 2) response.writeHead(503).end('Busy\n');
    else if (count === 3) response.end('{}');
    else response.writeHead(400).end('No\n');
  });
  const pusher = new Pusher({ ...options, retries: 5 });
  t.equal((await pusher.get({ path: '/channels' })).status, 200);
  t.equal(seen.length, 3);
  await t.rejects(pusher.trigger('a', 'e', 1), { code: 'refused', status: 400 });
  t.equal(seen.length, 4);
  const { seen: others, options: elsewhere } = await server(t, (response) =>
    response.writeHead(500).end(),
  );
  await t.rejects(new Pusher(elsewhere).trigger('a', 'e', 1), { status: 500, code: 'refused' });
  await t.rejects(new Pusher({ ...elsewhere, retries: 5 }).post({ path: '/own', body: {} }), {
    code: 'refused',
    status: 500,
  });
  t.equal(others.length, 2, 'without retries once; a POST that may not be repeated once');
  t.equal(others[0]?.headers['idempotency-key'], undefined);
});
