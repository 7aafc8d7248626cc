import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import { gzipSync } from 'node:zlib';
import Pusher from 'pusher';
import t, { type Test } from 'tap';
import { AddressGuard } from '../../lib/gateway/options/address-guard';
import { checkGatewayOptions } from '../../lib/gateway/options/options';
import { guardedLookup, type Resolve } from '../../lib/gateway/webhooks/guarded-lookup';
import { type PostOutcome, Poster } from '../../lib/gateway/webhooks/poster';
import { signWebhook } from '../../lib/pusher/signature';
import { ManualClock } from '../support/manual-clock';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { certificate } from '../support/tls';
import { until } from '../support/until';
import { WebhookEndpoint } from '../support/webhook-endpoint';

/** Checks a gateway's options with one webhook. */
function configured(url: string, webhookAllow: string[] = []): () => void {
  const app = { id: '1', key: 'key', secret: SECRET, webhooks: [{ url, batch: false }] };
  return () => void checkGatewayOptions({ apps: [app], webhookAllow });
}

t.test('a URL that leads inside is refused when it is configured', async (t) => {
  const refused = [
    ...['127.0.0.1', '127.1', '127.255.255.254', '2130706433', '0x7f.1', '0x7f000001'],
    ...['0177.0.0.1', '017700000001', '127.0.0.1.', '１２７.0.0.1', '%31%32%37.0.0.1'],
    ...['0.0.0.0', '0', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255'],
    ...['192.168.0.1', '169.254.169.254', '0xa9fea9fe', '2852039166', '100.64.0.1'],
    ...['100.100.100.200', '192.0.0.192', '198.18.0.1', '192.0.2.1', '198.51.100.7'],
    ...['203.0.113.9', '168.63.129.16', '224.0.0.1', '255.255.255.255', '240.0.0.1'],
    ...['[::]', '[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
    ...['[::127.0.0.1]', '[64:ff9b::7f00:1]', '[fc00::1]', '[fd00:ec2::254]', '[fe80::1]'],
    ...['[fec0::1]', '[ff02::1]', '[2001:db8::1]', '[2002:7f00:1::]', '[2001:0:1::1]'],
    ...['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'metadata.google.internal'],
    ...['metadata.google.internal.', 'internal', 'printer.local'],
  ];
  t.ok(refused.length > 50);
  for (const host of refused) {
    for (const url of [`http://${host}/`, `https://${host}:8443/x`]) {
      t.throws(
        configured(url),
        { code: 'bad_option', message: /^apps\[0\]\.webhooks\[0\]\.url: / },
        url,
      );
    }
  }
  const otherwise: Array<[url: string, why: RegExp]> = [
    ['http://user@a.example/', /user or a password/],
    ['http://user:password@a.example/', /user or a password/],
    ['http://:password@a.example/', /user or a password/],
    ['http://a.example@127.0.0.1/', /user or a password/],
    ['http://a.example:22/', /port must be 80, 443 or from 1024 on/],
    ['http://a.example:0/', /port/],
    ['https://a.example:1023/', /port/],
    ['file:///etc/passwd', /url: /],
    ['gopher://a.example/', /url: /],
    ['ftp://a.example/', /url: /],
    ['javascript:alert(1)', /url: /],
    ['//a.example/', /url: /],
    ['a.example', /url: /],
    ['', /url: /],
  ];
  for (const [url, message] of otherwise) {
    t.throws(configured(url), { code: 'bad_option', message }, url);
  }
  for (const host of [
    'a.example',
    '8.8.8.8',
    '[2606:4700:4700::1111]',
    'a.example:1024',
    '11.0.0.1',
  ]) {
    for (const scheme of ['http', 'https']) {
      t.doesNotThrow(configured(`${scheme}://${host}/hook?a=b`), `${scheme}://${host}`);
    }
  }
});

t.test('a target allowed by name, address or network is let through, and no other', async (t) => {
  const rows: Array<[allow: string, fits: string[], others: string[]]> = [
    ['10.1.0.0/16', ['10.1.2.3', '10.1.255.255'], ['10.2.0.0', '127.0.0.1']],
    ['127.0.0.1', ['127.0.0.1', '127.1'], ['127.0.0.2', '[::ffff:127.0.0.1]', 'localhost']],
    ['fd00::/8', ['[fd00::1]'], ['[fc00::1]', '[::1]']],
    ['::1', ['[::1]'], ['[::2]', '127.0.0.1']],
    ['localhost', ['localhost', 'LOCALHOST', 'localhost.'], ['a.localhost', '127.0.0.1']],
    ['hooks.internal', ['hooks.internal'], ['internal', 'x.hooks.internal']],
  ];
  for (const [allow, fits, others] of rows) {
    for (const host of fits)
      t.doesNotThrow(configured(`http://${host}/`, [allow]), `${allow} ${host}`);
    for (const host of others) t.throws(configured(`http://${host}/`, [allow]), `${allow} ${host}`);
  }
  const nothing = [
    '',
    ' ',
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/',
    '1.2.3.4/8/8',
    'a b',
    'http://a',
  ];
  for (const entry of [...nothing, '10.0.0.0/-1', 'fe80::1%lo', '999.1.1.1']) {
    const message = /^webhookAllow\[0\]: must be a host name, an address or a network/;
    t.throws(configured('http://a.example', [entry]), { code: 'bad_option', message }, entry);
  }
});

const PUBLIC = { address: '93.184.216.34', family: 4 };

/** Addresses that a socket would be given for a host name. */
function lookedUp(lookup: LookupFunction, all: boolean): Promise<unknown> {
  return new Promise((resolve) => {
    lookup('a.example', { all }, (error, address, family) => {
      resolve(error?.message ?? (all ? address : [address, family]));
    });
  });
}

function resolving(...addresses: LookupAddress[]): Resolve {
  return (_, done) => setImmediate(done, null, addresses);
}

t.test('every address of a name is looked at', async (t) => {
  const guard = new AddressGuard();
  for (const address of ['127.0.0.1', '10.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%lo', 'what']) {
    const family = address.includes(':') ? 6 : 4;
    const lookup = guardedLookup(guard, resolving(PUBLIC, { address, family }));
    for (const all of [true, false]) {
      const message = `a.example resolves to ${address}, which is not on the Internet`;
      t.equal(await lookedUp(lookup, all), message);
    }
  }
  const good = guardedLookup(guard, resolving(PUBLIC));
  t.strictSame(await lookedUp(good, true), [PUBLIC]);
  t.strictSame(await lookedUp(good, false), [PUBLIC.address, 4]);
  t.equal(await lookedUp(guardedLookup(guard, resolving()), true), 'a.example has no address');
  const failing = guardedLookup(guard, (_, done) => done(new Error('no such name'), []));
  t.equal(await lookedUp(failing, true), 'no such name');
  const named = guardedLookup(
    new AddressGuard(['a.example']),
    resolving({ address: '::1', family: 6 }),
  );
  t.strictSame(
    await lookedUp(named, false),
    ['::1', 6],
    'but not of a host that is allowed by name',
  );
});

/** Posts to a URL, to an end. */
function post(poster: Poster): Promise<PostOutcome> {
  const body = '{"time_ms":1,"events":[]}';
  return new Promise((resolve) => {
    poster.post(signWebhook({ key: 'key', secret: SECRET, body }), Buffer.from(body), resolve);
  });
}

function poster(
  t: Test,
  url: string,
  {
    clock = new ManualClock({ turns: 'real' }),
    resolve,
  }: { clock?: ManualClock; resolve?: Resolve } = {},
): Poster {
  const guard = new AddressGuard(['127.0.0.1']);
  const made = new Poster(new URL(url), guardedLookup(guard, resolve), clock);
  t.teardown(() => made.close());
  return made;
}

t.test('a name that changes its mind is looked at each time, and pinned', async (t) => {
  const endpoint = await WebhookEndpoint.start(t);
  endpoint.answer = (response) => response.writeHead(200, { Connection: 'close' }).end();
  const port = new URL(endpoint.url).port;
  const answers = ['127.0.0.1', '127.0.0.2', '127.0.0.1'];
  let asked = 0;
  const resolve: Resolve = (_, done) => {
    done(null, [{ address: answers[asked++] as string, family: 4 }]);
  };
  const one = poster(t, `http://rebinding.example:${port}/`, { resolve });
  t.strictSame(await post(one), { ok: true });
  t.strictSame([asked, endpoint.webhooks.length], [1, 1], 'asked once for one connection');
  t.equal(endpoint.webhooks[0]?.headers.host, `rebinding.example:${port}`);
  t.match(await post(one), { ok: false, why: /127\.0\.0\.2, which is not on the Internet/ });
  t.equal(endpoint.webhooks.length, 1);
  t.strictSame(await post(one), { ok: true });
});

t.test('a redirect is a failure and is not followed', async (t) => {
  const [endpoint, inside] = [await WebhookEndpoint.start(t), await WebhookEndpoint.start(t)];
  const one = poster(t, endpoint.url);
  for (const status of [301, 302, 303, 307, 308]) {
    endpoint.answer = (response) => response.writeHead(status, { Location: inside.url }).end();
    t.strictSame(await post(one), { ok: false, why: `status ${status}` });
  }
  t.equal(inside.connections, 0);
});

t.test('only 2xx is success', async (t) => {
  const endpoint = await WebhookEndpoint.start(t);
  const one = poster(t, endpoint.url);
  for (const status of [200, 201, 202, 204, 299, 300, 304, 400, 401, 404, 410, 429, 500, 503]) {
    endpoint.answer = (response) => response.writeHead(status).end();
    const { ok } = await post(one);
    t.equal(ok, status < 300, String(status));
  }
});

t.test('an endpoint that says nothing is left after 5 s', async (t) => {
  const endpoint = await WebhookEndpoint.start(t);
  for (const [what, answer] of [
    ['silence', (): void => undefined],
    ['half a head', (response): void => void response.socket?.write('HTTP/1.1 200 OK\r\nA: ')],
    ['early hints', (response): void => response.writeEarlyHints({ link: '<a>; rel=preload' })],
  ] as Array<[string, WebhookEndpoint['answer']]>) {
    const clock = new ManualClock({ turns: 'real' });
    const before = endpoint.webhooks.length;
    endpoint.answer = answer;
    const outcome = post(poster(t, endpoint.url, { clock }));
    await endpoint.received(before + 1, clock);
    clock.advance(4999);
    clock.advance(1);
    t.strictSame(await outcome, { ok: false, why: 'no answer within 5000 ms' }, what);
    t.equal(clock.timers, 0);
  }
});

t.test('a name that never resolves is left after 5 s', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const one = poster(t, 'http://never.example/', { clock, resolve: () => undefined });
  const outcome = post(one);
  clock.advance(5000);
  t.strictSame(await outcome, { ok: false, why: 'no answer within 5000 ms' });
});

t.test('an answer that never ends is left after 64 KiB, or after 5 s', async (t) => {
  const endpoint = await WebhookEndpoint.start(t);
  let sent = 0;
  endpoint.answer = (response) => {
    const more = (): void => {
      if (response.destroyed) return;
      sent += 16_384;
      if (response.write(Buffer.alloc(16_384))) setImmediate(more);
      else response.once('drain', more);
    };
    response.writeHead(200);
    more();
  };
  const clock = new ManualClock({ turns: 'real' });
  t.strictSame(await post(poster(t, endpoint.url, { clock })), { ok: true }, 'it has said 2xx');
  t.ok(sent < 16 * 1024 * 1024, `${sent} bytes`);
  endpoint.answer = (response) => response.writeHead(200).write('x');
  const outcome = post(poster(t, endpoint.url, { clock }));
  await endpoint.received(2, clock);
  await until(() => clock.timers === 1, clock);
  clock.advance(5000);
  await outcome;
  t.equal(clock.timers, 0);
});

t.test('a compressed answer is not unpacked', async (t) => {
  const endpoint = await WebhookEndpoint.start(t);
  const bomb = gzipSync(Buffer.alloc(20_000_000));
  endpoint.answer = (response) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
  };
  const before = process.memoryUsage().arrayBuffers;
  t.strictSame(await post(poster(t, endpoint.url)), { ok: true });
  t.ok(process.memoryUsage().arrayBuffers - before < 5_000_000);
  t.equal(endpoint.webhooks[0]?.headers['accept-encoding'], undefined, 'nor is it asked for');
});

t.test('an answer that is not HTTP, and no connection at all, is a failure', async (t) => {
  const endpoint = await WebhookEndpoint.start(t);
  const broken: WebhookEndpoint['answer'][] = [
    (response): void => void response.socket?.end('no HTTP\r\n\r\n'),
    (response): void => void response.socket?.destroy(),
    (response): void => {
      const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n';
      response.socket?.write(head);
    },
  ];
  for (const answer of broken) {
    endpoint.answer = answer;
    t.equal((await post(poster(t, endpoint.url))).ok, false);
  }
  t.equal((await post(poster(t, 'http://127.0.0.1:1024/'))).ok, false);
  const closed = poster(t, endpoint.url);
  closed.close();
});

t.test('a TLS endpoint whose certificate nobody vouches for gets nothing', async (t) => {
  let asked = 0;
  const server = createServer(await certificate(), (_, response) => {
    asked++;
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const outcome = await post(poster(t, `https://127.0.0.1:${port}/`));
  t.match(outcome, { ok: false, why: /certificate/ });
  t.equal(asked, 0);
});

t.test('an endpoint that dies costs its events and nothing else', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const endpoint = await WebhookEndpoint.start(t);
  endpoint.answer = (response) => void response.socket?.destroy();
  const gateway = await startGateway(t, {
    clock,
    webhookAllow: ['127.0.0.0/8'],
    app: { webhooks: [{ url: endpoint.url, batch: false }] },
    limits: { maxWebhookEvents: 20 },
  });
  const socket = await TestSocket.connect(t, gateway.port);
  for (let i = 0; i < 30; i++) await socket.subscribe(`room-${i}`);
  const { metrics } = gateway;
  t.strictSame([metrics.webhookEventsWaiting, metrics.webhookEventsDropped], [20, 10]);
  // Eight at once; four more start before the fifth failure.
  await until(() => metrics.webhookFailures === 12, clock);
  t.strictSame(await socket.settled(), []);
  endpoint.answer = (response) => response.end();
  clock.advance(30_000);
  await until(() => metrics.webhookEventsSent === 20, clock);
  t.equal(metrics.webhookEventsWaiting, 0);
});

t.test('the SDK refuses a webhook that was changed or signed by another', async (t) => {
  const sdk = new Pusher({ appId: '1', key: 'key', secret: SECRET, host: 'x' });
  const body = '{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"a"}]}';
  const verdict = (rawBody: string, key: string, secret: string): boolean => {
    const signed = signWebhook({ key, secret, body });
    const headers = Object.fromEntries(
      Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]),
    );
    return sdk.webhook({ headers, rawBody }).isValid();
  };
  t.equal(verdict(body, 'key', SECRET), true);
  t.equal(verdict(body.replace('1327078148132', '1327078148133'), 'key', SECRET), false, 'time');
  t.equal(verdict(body.replace('"a"', '"b"'), 'key', SECRET), false, 'event');
  t.equal(verdict(`${body} `, 'key', SECRET), false, 'a blank');
  t.equal(verdict(body, 'other', SECRET), false, 'key');
  t.equal(verdict(body, 'key', 'another'), false, 'secret');
});

t.test('nothing of the configuration breaks out of a header or a request line', async (t) => {
  for (const bad of ['\r\n', '\n', '\r', '\0', '\t', ' ', '\u2028', '\u00e9']) {
    for (const url of [
      `http://a.example/${bad}X: 1`,
      `http://a.exa${bad}mple/`,
      `${bad}http://a.example/`,
      `http://a.example/${bad}`,
      `http://a.example/?q=${bad}`,
    ]) {
      const message = /^apps\[0\]\.webhooks\[0\]\.url: /;
      t.throws(configured(url), { code: 'bad_option', message }, encodeURI(url));
    }
    const app = { id: '1', secret: SECRET };
    t.throws(() => checkGatewayOptions({ apps: [{ ...app, key: `k${bad}` }] }), {
      message: /key: /,
    });
  }
  t.throws(configured(`http://a.example/${'x'.repeat(2000)}`), { message: /2000 characters/ });
});
