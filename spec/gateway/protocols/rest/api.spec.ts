import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { Outlet } from '../../../../lib/gateway/core/fanout/outlet';
import { Turn } from '../../../../lib/gateway/core/fanout/turn';
import { MemoryEngine } from '../../../../lib/brokers/memory/engine';
import { Hub } from '../../../../lib/gateway/core/hub';
import { Apps } from '../../../../lib/gateway/core/model/app';
import { Journal } from '../../../../lib/gateway/core/journal';
import { Metrics } from '../../../../lib/gateway/core/metrics';
import { Router } from '../../../../lib/gateway/core/router';
import { checkGatewayOptions } from '../../../../lib/gateway/options/options';
import { parseTarget } from '../../../../lib/gateway/http/target';
import { RestApi } from '../../../../lib/gateway/protocols/rest/api';
import { webSocketEncoder } from '../../../../lib/gateway/transport/web-socket-encoder';
import { signRequest } from '../../../../lib/pusher/request-signature';
import { silent } from '../../../../lib/util/logger';
import { systemClock } from '../../../../lib/util/timers';
import { ApiClient, type ApiRequest, rawRequest, signedRequest } from '../../../support/api-client';
import { OfflineChannels } from '../../../support/offline-channels';
import { ManualClock } from '../../../support/manual-clock';
import { RawSocket } from '../../../support/raw-socket';
import { SECRET, startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { until } from '../../../support/until';

const event = { name: 'e', channel: 'room', data: 'd' };
const publish: ApiRequest = { method: 'POST', path: '/events', body: event };

t.test('every endpoint asks for a signature', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  const rows: Array<[method: string, path: string]> = [
    ['POST', '/events'],
    ['POST', '/batch_events'],
    ['GET', '/channels'],
    ['GET', '/channels/x'],
    ['GET', '/channels/presence-x/users'],
    ['GET', '/channels/x/stats'],
    ['POST', '/channels/x/events'],
    ['POST', '/users/x/terminate_connections'],
  ];
  for (const [method, path] of rows) {
    const unsigned = await api.send({ method, path, rawQuery: '' });
    t.match(unsigned, { status: 401, body: 'Missing parameter: auth_key\n' }, path);
    const wrong = await api.send({ method, path, secret: 'another' });
    t.match(wrong, { status: 401, body: /^Invalid signature: you should have sent / }, path);
  }
});

t.test("faults of a signature are told in the hosted service's order and words", async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const api = new ApiClient(t, await startGateway(t, { clock }));
  const now = Math.floor(clock.wall() / 1000);
  const rows: Array<[query: string, text: string | RegExp]> = [
    ['', 'Missing parameter: auth_key\n'],
    ['auth_key=x', 'Unknown auth_key\n'],
    ['auth_key=key', 'Version required\n'],
    ['auth_key=key&auth_version=2.0', 'Version not supported\n'],
    ['auth_key=key&auth_version=1.0', 'Timestamp required\n'],
    [
      `auth_key=key&auth_version=1.0&auth_timestamp=${now - 600}`,
      'Timestamp expired: Given timestamp (2023-11-14T22:03:20Z) not within 600s of server time (2023-11-14T22:13:20Z)\n',
    ],
    [
      `auth_key=key&auth_version=1.0&auth_timestamp=${now}&auth_signature=asdf`,
      'Invalid signature: you should have sent HmacSHA256Hex(' +
        `"GET\\n/apps/1/channels\\nauth_key=key&auth_timestamp=${now}&auth_version=1.0"` +
        ', your_secret_key), but you sent "asdf"\n',
    ],
  ];
  for (const [rawQuery, body] of rows) {
    t.match(await api.send({ path: '/channels', rawQuery }), { status: 401, body });
  }
});

t.test('a timestamp may be 599 s away, and not 600', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const api = new ApiClient(t, await startGateway(t, { clock }));
  const now = Math.floor(clock.wall() / 1000);
  for (const [awayS, status] of [
    [-600, 401],
    [-599, 200],
    [0, 200],
    [599, 200],
    [600, 401],
  ] as const) {
    const answer = await api.send({ path: '/channels', timestamp: now + awayS });
    t.equal(answer.status, status, `${awayS}`);
  }
});

t.test('the path is signed as it was received, with its prefix or decoded', async (t) => {
  const gateway = await startGateway(t, { path: '/realtime' });
  const api = new ApiClient(t, gateway);
  t.equal((await api.get('/channels')).status, 200);
  const prefixed = '/realtime/apps/1/channels';
  const signed = { method: 'GET', key: 'key', secret: SECRET, timestamp: Date.now() / 1000 };
  const timestamp = Math.floor(signed.timestamp);
  const query = signRequest({ ...signed, timestamp, path: prefixed });
  t.equal((await fetch(`${gateway.url}${prefixed}?${query}`)).status, 200);
  const stripped = await fetch(`${gateway.url}/apps/1/channels?${query}`);
  t.equal(stripped.status, 200, 'a proxy may take the prefix away');
  for (const path of ['/apps/1/channels/a%3Db', '/apps/1/channels/a=b']) {
    const either = signRequest({ ...signed, timestamp, path });
    t.equal((await fetch(`${gateway.url}/apps/1/channels/a%3Db?${either}`)).status, 200, path);
  }
  const broken = await api.get('/channels/%ZZ');
  t.match(broken, { status: 400, body: 'Invalid path: malformed percent-encoding\n' });
});

t.test('a body without a right MD5 is refused', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  const body = JSON.stringify(event);
  const { target } = signedRequest({ method: 'POST', path: '/events' });
  const [, unbound] = target.split('?');
  const missing = await api.send({ ...publish, body, rawQuery: unbound });
  t.match(missing, { status: 401, body: 'Missing parameter: body_md5\n' });
  const [, bound] = signedRequest(publish).target.split('?');
  const other = await api.send({ ...publish, body: `${body} `, rawQuery: bound });
  t.match(other, { status: 401, body: 'Invalid body MD5\n' });
});

t.test('unknown query parameters are refused by their names', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  const text = 'The following query string parameters are extraneous: ';
  t.match(await api.get('/channels/presence-x/users', { info: 'user_count' }), {
    status: 400,
    body: `${text}info\n`,
  });
  t.match(await api.get('/channels', { info: '', a: '1', B: '2', auth_else: '3' }), {
    status: 400,
    body: `${text}a, B\n`,
  });
  const both = await api.post('/batch_events', { batch: [] }, { query: [['x', '1']] });
  t.match(both, { status: 400, body: `${text}x\n` });
  t.match(await api.post('/events', event, { query: [['x', '1']] }), { body: `${text}x\n` });
  const first = await api.post('/events', event, { query: [['x', '1']], secret: 'another' });
  t.equal(first.status, 401, 'to those who are who they say');
});

t.test('a disabled app is told 403 after its signature was checked', async (t) => {
  const api = new ApiClient(t, await startGateway(t, { app: { enabled: false } }));
  t.match(await api.post('/events', event), { status: 403, body: 'This app is switched off\n' });
  t.equal((await api.send({ ...publish, secret: 'another' })).status, 401);
});

t.test('the rate of requests is limited only where a limit is set', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const timestamp = Math.floor(clock.wall() / 1000);
  const app = { maxRequestsPerSecond: 2 };
  const api = new ApiClient(t, await startGateway(t, { clock, app }));
  const statuses = async (count: number): Promise<number[]> => {
    const answers = [];
    for (let i = 0; i < count; i++) answers.push(await api.send({ ...publish, timestamp }));
    return answers.map(({ status }) => status);
  };
  for (let i = 0; i < 3; i++) await api.send({ ...publish, timestamp, secret: 'another' });
  t.strictSame(await statuses(3), [200, 200, 429], 'strangers use nothing up');
  t.match(await api.send({ ...publish, timestamp }), {
    status: 429,
    body: 'Too many requests: 2 per second are allowed\n',
    headers: { 'retry-after': '1' },
  });
  clock.advance(500);
  t.strictSame(await statuses(2), [200, 429]);
  const slow = { maxRequestsPerSecond: 0.1 };
  const other = new ApiClient(t, await startGateway(t, { clock, app: slow }));
  await other.send({ ...publish, timestamp });
  t.match(await other.send({ ...publish, timestamp }), { headers: { 'retry-after': '10' } });
  const unlimited = new ApiClient(t, await startGateway(t));
  for (let i = 0; i < 50; i++) t.equal((await unlimited.send(publish)).status, 200);
});

t.test('pipelined requests are published and answered in their order', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  await socket.subscribe('room');
  const raw = await RawSocket.tcp(port);
  t.teardown(() => raw.destroy());
  const names = Array.from({ length: 20 }, (_, i) => `e${i}`);
  const requests = names.map((name, i) => {
    const body = { ...event, name, ...(i % 2 === 1 && { info: 'user_count' }) };
    return rawRequest({ ...publish, body });
  });
  raw.write(requests.join(''));
  for (const name of names) t.equal((await socket.next()).event, name);
  raw.write('GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await raw.ended;
  const bodies = [...raw.head.matchAll(/\r\n\r\n(\{.*?\})(?=HTTP)/g)].map(([, body]) => body);
  t.strictSame(
    bodies,
    names.map((_, i) => (i % 2 === 1 ? '{"channels":{"room":{}}}' : '{}')),
    'on one connection, which stays open',
  );
});

t.test('events of several connections are published in the order of acceptance', async (t) => {
  const gateway = await startGateway(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  const [slow, fast] = [await RawSocket.tcp(gateway.port), await RawSocket.tcp(gateway.port)];
  t.teardown(() => slow.destroy());
  t.teardown(() => fast.destroy());
  const first = rawRequest({ ...publish, body: { ...event, name: 'began first' } });
  slow.write(first.slice(0, -1));
  fast.write(rawRequest({ ...publish, body: { ...event, name: 'ended first' } }));
  t.equal((await socket.next()).event, 'ended first');
  slow.write(first.slice(-1));
  t.equal((await socket.next()).event, 'began first');
});

t.test('a publish is answered when earlier writes have left, and a read at once', async (t) => {
  const ends: Array<() => void> = [];
  const end = (): void => {
    for (const run of ends.splice(0)) run();
  };
  const turn = new Turn((run) => ends.push(run), { writeUnits: 2 });
  const { apps, limits } = checkGatewayOptions({ apps: [{ id: '1', key: 'key', secret: SECRET }] });
  const metrics = new Metrics();
  const journal = new Journal(silent, metrics);
  const clock = systemClock;
  const broker = new MemoryEngine({ clock, limits, isAlone: true }).join();
  const hub = new Hub({ turn, clock, limits, journal, metrics, broker });
  const router = new Router(hub, metrics, journal);
  const parts = { hub, router, metrics, journal, limits, clock, log: silent };
  const client = await serve(
    t,
    new RestApi(parts, new Apps(apps, (app) => hub.attach(app))),
    journal,
  );
  const sink = { encoder: webSocketEncoder, write: () => undefined, close: () => undefined };
  const sockets = new Set(Array.from({ length: 6 }, () => new Outlet(sink)));
  turn.publish({ sockets, batch: undefined }, 'a');
  end();
  t.ok(turn.behind);
  let status = 0;
  const published = client.send(publish).then((answer) => (status = answer.status));
  await until(() => metrics.eventsAccepted > 0);
  const read = await client.send({ method: 'GET', path: '/channels' });
  t.strictSame([read.status, status], [200, 0]);
  while (turn.behind) end();
  await published;
  t.equal(status, 200);
});

t.test('a client that goes away in the middle of its body publishes nothing', async (t) => {
  const gateway = await startGateway(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  const raw = await RawSocket.tcp(gateway.port);
  raw.write(rawRequest(publish).slice(0, -5));
  raw.destroy();
  await new ApiClient(t, gateway).post('/events', { ...event, name: 'next' });
  t.equal((await socket.next()).event, 'next');
  t.equal(gateway.metrics.failures, 0);
});

t.test(
  'a fault of the gateway is counted, logged, and a 500 without a word about it',
  async (t) => {
    const logged: object[] = [];
    const fault = new Error('a word about it');
    const node = new OfflineChannels();
    node.router.publish = () => {
      throw fault;
    };
    const { apps, limits } = checkGatewayOptions({
      apps: [{ id: '1', key: 'key', secret: SECRET }],
    });
    const metrics = new Metrics();
    const log = { ...silent, error: (details: object) => void logged.push(details) };
    const journal = new Journal(silent, metrics);
    const { hub, router } = node;
    const parts = { hub, router, metrics, journal, limits, clock: systemClock, log };
    const api = new RestApi(parts, new Apps(apps));
    const client = await serve(t, api, journal);
    t.match(await client.send(publish), { status: 500, body: 'Internal error\n' });
    t.strictSame(logged, [{ err: fault }]);
    t.equal(metrics.failures, 1);
  },
);

/** The HTTP API by itself on a port of its own. */
async function serve(t: Test, api: RestApi, journal: Journal): Promise<ApiClient> {
  const server = createServer((request, response) => {
    const [target] = parseTarget(request.url ?? '', '');
    const received = { request, response, remoteAddress: '127.0.0.1' };
    api.request({ ...target, ...received, entrance: api.entrance, journal });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => server.close());
  return new ApiClient(t, server.address() as AddressInfo);
}
