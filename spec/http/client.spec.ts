import { createServer, Agent, type IncomingMessage } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import * as sdk from '../../lib/http';
import { RULES, RuleError } from '../../lib/http';
import { createTestGateway } from '../../lib/testing';
import { Pusher } from '../support/http-sdk';
import { APP, gatewayOf, server } from './servers';

const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
  version: string;
};

t.test('a socket id may stand in the place of params, and a callback is called last', async (t) => {
  const { seen, options } = await server(t);
  const pusher = new Pusher(options);
  await pusher.trigger('room', 'e', 1, '1302.1081607');
  t.match(JSON.parse(seen[0]?.body ?? ''), { channels: ['room'], socket_id: '1302.1081607' });
  t.throws(() => pusher.trigger('room', 'e', 1, 'nobody'), {
    message: "Invalid socket id: 'nobody'",
  });
  const call = (start: (done: (...args: unknown[]) => void) => unknown): Promise<unknown[]> =>
    new Promise((resolve) => start((...args) => resolve(args)));
  for (const start of [
    (done: never) => pusher.trigger('room', 'e', 1, done),
    (done: never) => pusher.trigger('room', 'e', 1, '1.1', done),
    (done: never) => pusher.trigger('room', 'e', 1, { socket_id: '1.1' }, done),
    (done: never) => pusher.trigger('room', 'e', 1, null, done),
    (done: never) => pusher.triggerBatch([{ channel: 'room', name: 'e', data: 1 }], done),
    (done: never) => pusher.post({ path: '/events', body: {} }, done),
    (done: never) => pusher.get({ path: '/channels', params: {} }, done),
  ]) {
    const [error, request, response] = await call(start as never);
    t.equal(error, null);
    t.match(request, { method: /GET|POST/, url: /^http:\/\/127\.0\.0\.1:\d+\/apps\/1\// });
    t.match(response, { statusCode: 200, body: '{}' });
  }
});

t.test('a callback hears of a refusal with the answer, of a lost server without one', async (t) => {
  const { options } = await server(t, (response) => response.writeHead(400).end('No\n'));
  const refused = await new Promise<unknown[]>((resolve) => {
    void new Pusher(options).get({ path: '/channels' }, (...args) => resolve(args));
  });
  t.match(refused, [
    { name: 'PusherRequestError', code: 'refused', status: 400, statusCode: 400 },
    {},
    {},
  ]);
  t.match(refused[2], { statusCode: 400, body: 'No\n' });
  const lost = await new Promise<unknown[]>((resolve) => {
    void new Pusher({ ...options, port: 1 }).trigger('a', 'e', 1, (...args) => resolve(args));
  });
  t.match(lost[0], { name: 'PusherRequestError', code: 'connect_failed' });
  t.match(lost[1], { method: 'POST' });
  t.equal(lost[2], undefined);
});

t.test('an argument that breaks a rule names the rule and says what is allowed', async (t) => {
  const pusher = new Pusher({ ...APP, host: '127.0.0.1' });
  try {
    void pusher.trigger('abc$', 'e', 1);
    t.fail('it was taken');
  } catch (error) {
    t.ok(error instanceof RuleError && error instanceof Pusher.RuleError);
    t.match(error, { code: 'bad_argument', rule: 'channel_name', hint: RULES.channel_name });
  }
  t.throws(() => pusher.trigger('a', 'e', 1, { except: ['x'] }), {
    code: 'bad_argument',
    rule: 'socket_id',
  });
  for (const options of [{}, { appId: '1' }, { key: 'k', secret: 's' }]) {
    const incomplete = new Pusher(options);
    for (const run of [
      () => incomplete.trigger('a', 'e', 1),
      () => incomplete.get({ path: '/channels' }),
    ]) {
      t.throws(run, { code: 'bad_option', rule: 'no_credentials' });
    }
  }
});

t.test('an option of its own that is wrong is refused at once, with what is allowed', (t) => {
  for (const [rule, options, message] of [
    ...['x', -1, Infinity, 1.5].map(
      (retries) =>
        [
          ...(['retries', { retries }] as const),
          /^retries: must be a whole number from 0 on, not /,
        ] as const,
    ),
    ...['x', 0, Infinity].flatMap(
      (given) =>
        [
          [
            'maxInFlight',
            { maxInFlight: given },
            /^maxInFlight: must be a whole number from 1 on, not /,
          ],
          [
            'maxConnections',
            { maxConnections: given },
            /^maxConnections: must be .* from 1 on, not /,
          ],
        ] as const,
    ),
    ['coalesce', { coalesce: 'no' }, /^coalesce: must be true or false, not 'no'$/],
    [
      'timeout',
      { timeout: 'x' },
      /^timeout: x is no time; give milliseconds, or 0 to wait for ever$/,
    ],
  ] as const) {
    t.throws(() => new Pusher({ ...APP, ...options } as object), {
      code: 'bad_option',
      rule,
      message,
    });
  }
  for (const options of [null, 'x', 7]) {
    const message = /^options: must be an object, not /;
    t.throws(() => new Pusher(options as never), { code: 'bad_option', rule: 'options', message });
  }
  t.end();
});

t.test('the class by require has the names of the module', (t) => {
  const statics = new Map<string, unknown>(
    Object.getOwnPropertyNames(Pusher).map((name) => [name, Reflect.get(Pusher, name)]),
  );
  for (const [name, value] of Object.entries(sdk)) t.equal(statics.get(name), value, name);
  t.end();
});

t.test('except names sockets that do not get an event', async (t) => {
  const gateway = await gatewayOf(t);
  const pusher = new Pusher(gateway.client);
  const sockets = [await gateway.browser(), await gateway.browser(), await gateway.browser()];
  for (const socket of sockets) await socket.subscribe('room');
  await pusher.trigger('room', 'some', 1, { except: sockets.slice(0, 2).map(({ id }) => id) });
  await pusher.trigger('room', 'all', 1);
  for (const socket of sockets) await socket.next('all');
  t.strictSame(
    sockets.map(({ received }) => received.some(({ event }) => event === 'some')),
    [false, false, true],
  );
});

t.test('latest and volatile reach the gateway, of one event and in batches', async (t) => {
  const gateway = await gatewayOf(t);
  const pusher = new Pusher(gateway.client);
  const browser = await gateway.browser();
  await browser.subscribe('room');
  const price = { channel: 'room', name: 'price', latest: 'ACME' } as const;
  await pusher.triggerBatch([
    { ...price, data: 1 },
    { ...price, data: 2 },
    { channel: 'room', name: 'typing', data: 3, volatile: true },
  ]);
  t.match(await browser.next('typing'), { data: 3 });
  const heard = browser.received.filter(({ channel }) => channel === 'room');
  t.strictSame(
    heard.flatMap(({ event, data }) => (event.startsWith('pusher') ? [] : data)),
    [2, 3],
  );
  const both = await pusher
    .trigger('room', 'e', 1, { latest: true, volatile: true })
    .catch((error: unknown) => error);
  t.match(both, { status: 400, body: /either latest or volatile/ });
});

t.test('connections are used again, unless keepAlive is false', async (t) => {
  const { options, connections } = await server(t);
  const three = async (more: object): Promise<number> => {
    const before = connections();
    const pusher = new Pusher({ ...options, ...more });
    for (let i = 0; i < 3; i += 1) await pusher.trigger('room', 'e', i);
    return connections() - before;
  };
  t.equal(await three({}), 1);
  t.equal(await three({ keepAlive: false }), 3);
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  t.equal(await three({ agent }), 1);
  const { connections: parallel, options: slow } = await server(t, (response) => {
    setTimeout(() => response.end('{}'), 20);
  });
  const pusher = new Pusher({ ...slow, coalesce: false, maxConnections: 2 });
  await Promise.all([1, 2, 3, 4, 5].map((data) => pusher.trigger('room', 'e', data)));
  t.equal(parallel(), 2);
});

t.test('a proxy carries the requests', async (t) => {
  const gateway = await gatewayOf(t);
  const { request } = await import('node:http');
  let carried = 0;
  const proxy = createServer((incoming, answer) => {
    carried += 1;
    const { method, headers, url = '' } = incoming;
    incoming.pipe(
      request(url, { method, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 0, response.headers);
        response.pipe(answer);
      }),
    );
  });
  const { connect } = await import('node:net');
  proxy.on('connect', ({ url = '' }: IncomingMessage, socket) => {
    carried += 1;
    const [host = '', port] = url.split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  t.teardown(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const { port } = proxy.address() as AddressInfo;
  const pusher = new Pusher({ ...gateway.client, proxy: `http://127.0.0.1:${port}` });
  t.equal((await pusher.trigger('room', 'e', 1)).status, 200);
  t.equal(carried, 1);
});

t.test('a path prefix is sent, and signed', async (t) => {
  const app = { id: '1', key: 'key', secret: 'secret' };
  const gateway = await createTestGateway({ apps: [app], path: '/realtime' });
  t.teardown(() => gateway.close());
  const { port } = gateway.client;
  for (const path of ['/realtime', 'realtime/']) {
    const pusher = new Pusher({ ...APP, host: '127.0.0.1', port, path });
    t.match((await pusher.get({ path: '/channels' })).url, /:\d+\/realtime\/apps\/1\/channels\?/);
  }
  const pusher = Pusher.forURL(`http://key:secret@127.0.0.1:${port}/realtime/apps/1`);
  t.equal((await pusher.trigger('a', 'e', 1)).status, 200);
});

t.test('parameters are encoded for the URL and signed as they are', async (t) => {
  const gateway = await gatewayOf(t);
  const pusher = new Pusher(gateway.client);
  const params = { filter_by_prefix: 'presence-ä &=%+#', info: 'user_count' };
  t.strictSame(await (await pusher.get({ path: '/channels', params })).json(), { channels: {} });
});

t.test('the environment may name the app', async (t) => {
  const settings = (pusher: Pusher): unknown[] => {
    const { host, appId, token } = pusher.config;
    return [host, appId, token.key, token.secret];
  };
  t.teardown(() => {
    delete process.env.PUSHER_URL;
    delete process.env.STANDPIPE_URL;
  });
  t.throws(() => Pusher.forURL(), { rule: 'url', message: /but none was given/ });
  t.equal(new Pusher().config.appId, undefined);
  process.env.PUSHER_URL = 'https://k:s%40@a.example/apps/1';
  t.strictSame(settings(Pusher.forURL()), ['a.example', 1, 'k', 's@']);
  process.env.STANDPIPE_URL = 'http://k2:s2@b.example:6001/apps/two';
  t.strictSame(settings(Pusher.forURL()), ['b.example', 'two', 'k2', 's2']);
  t.strictSame(settings(new Pusher()), ['b.example', 'two', 'k2', 's2']);
  t.strictSame(settings(new Pusher({ appId: 'own' }))[1], 'own');
  for (const url of ['nothing', 'http://k:s@host/', 'http://k:s3cret@host/apps/']) {
    t.throws(() => Pusher.forURL(url), { rule: 'url', message: /^(?!.*s3cret)/ });
  }
});

t.test(
  'more requests than maxInFlight are refused, and nothing that was accepted is lost',
  async (t) => {
    const { seen, options } = await server(
      t,
      (response) => void setTimeout(() => response.end('{}'), 10),
    );
    for (const coalesce of [true, false]) {
      seen.length = 0;
      const pusher = new Pusher({ ...options, coalesce, maxInFlight: 3 });
      const sent = [1, 2, 3].map((data) => pusher.trigger('a', 'e', data));
      t.throws(() => pusher.trigger('a', 'e', 4), { code: 'outbox_full', rule: 'in_flight' });
      await Promise.all(sent);
      t.equal((await pusher.trigger('a', 'e', 5)).status, 200);
    }
  },
);

t.test('requests say what sent them', async (t) => {
  const { seen, options } = await server(t);
  await new Pusher(options).trigger('a', 'e', 1);
  t.match(seen[0]?.headers, {
    'x-pusher-library': `standpipe-http ${version}`,
    'content-type': 'application/json',
  });
});

t.test('a timeout ends the request at the server, and 0 waits', async (t) => {
  const ended: Array<() => void> = [];
  const { options } = await server(t, (response, { path }) => {
    if (path.endsWith('/never')) response.on('close', () => ended.shift()?.());
    else setTimeout(() => response.end('{}'), 50);
  });
  const agent = new Agent();
  for (const more of [{}, { fetch: globalThis.fetch as never }, { agent }]) {
    const waiting = new Pusher({ ...options, timeout: 0, ...more });
    t.equal((await waiting.get({ path: '/later' })).status, 200);
    const closed = new Promise<void>((resolve) => ended.push(resolve));
    await t.rejects(new Pusher({ ...options, timeout: 1000, ...more }).get({ path: '/never' }), {
      code: 'timeout',
      error: { name: 'AbortError' },
    });
    await closed;
  }
});

t.test(
  'a time beyond what timers count waits too, and a time that is none is refused',
  async (t) => {
    const { options } = await server(t, (response) => setTimeout(() => response.end('{}'), 20));
    for (const timeout of [Infinity, 2 ** 31]) {
      t.equal((await new Pusher({ ...options, timeout }).get({ path: '/later' })).status, 200);
    }
    for (const timeout of [NaN, -1, 'soon' as never]) {
      t.throws(() => new Pusher({ ...options, timeout }), { code: 'bad_option', rule: 'timeout' });
    }
  },
);

t.test('a user id may have characters that mean something in a URL', async (t) => {
  const { seen, options } = await server(t);
  for (const id of ['a/b?c=1#d%20', 'ä 𝄞']) await new Pusher(options).terminateUserConnections(id);
  t.strictSame(
    seen.map(({ path }) => path.split('/').at(-2)),
    ['a%2Fb%3Fc=1%23d%2520', '%C3%A4%20%F0%9D%84%9E'],
  );
  const gateway = await gatewayOf(t);
  const socket = await (await gateway.browser()).signIn('ada@example.org');
  const closed = t.rejects(socket.next('anything'), { message: /closed with 4009/ });
  await new Pusher(gateway.client).terminateUserConnections('ada@example.org');
  await closed;
});
