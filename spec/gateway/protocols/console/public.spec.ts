import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import t from 'tap';
import { ConsoleVisitor } from '../../../support/console-visitor';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';
import { until } from '../../../support/until';

const OPERATOR = 'o'.repeat(32);
const VIEWER = 'v'.repeat(32);
const TOKENS = [
  { name: 'ops', token: OPERATOR, role: 'operator' as const },
  { name: 'support', token: VIEWER },
];
const PUBLIC = { public: true, tokens: TOKENS, hosts: ['console.example'] };

t.test('the console is served at the path of the gateway, with all that guards it', async (t) => {
  const gateway = await startGateway(t, { path: '/realtime', console: PUBLIC });
  t.equal(gateway.consoleUrl, `${gateway.url}/realtime/console/`);
  const visitor = new ConsoleVisitor(gateway, OPERATOR);
  const slashless = await fetch(`${gateway.url}/realtime/console`, { redirect: 'manual' });
  t.equal(slashless.status, 308);
  t.equal(slashless.headers.get('location'), 'console/', 'relative, as a proxy may add a prefix');
  const page = await visitor.get('/');
  t.equal(page.status, 200);
  t.match(page.headers['content-security-policy'], "default-src 'none'");
  for (const path of ['/console.js', '/console.css', '/icon.svg']) {
    t.equal((await visitor.get(path)).status, 200, path);
  }
  t.match((await visitor.get('/api/me')).body, { name: 'ops', role: 'operator' });
  const overview = await visitor.get('/api/apps/1/channels?limit=1');
  t.match(overview.body, { items: [], total: 0 }, 'the query arrives');
  t.equal((await new ConsoleVisitor(gateway, '').get('/api/me')).status, 401);
  const viewer = new ConsoleVisitor(gateway, VIEWER);
  const event = { channel: 'room', event: 'note', data: '1' };
  t.equal((await viewer.post('/api/apps/1/events', event)).status, 403);
  t.equal((await visitor.post('/api/apps/1/events', event)).status, 200);
  t.equal((await visitor.get('/api/me', { Host: 'attacker.example' })).status, 421);
  t.equal((await visitor.get('/api/me', { Host: 'console.example' })).status, 200);
  t.equal((await visitor.get('/api/me', { Origin: 'https://attacker.example' })).status, 403);
  t.equal((await visitor.get('/../../package.json')).status, 404);
  const metrics = await gateway.metrics.registry.metrics();
  t.match(metrics, /standpipe_requests_total\{entrance="console",status="200"\} 8\n/);
  t.match(metrics, /standpipe_refusals_total\{entrance="console",reason="unauthorized",app=""\} 1/);
});

t.test('a gateway without console.public has none at its paths', async (t) => {
  const gateway = await startGateway(t, { path: '/realtime', console: { port: 0 } });
  for (const path of ['/realtime/console', '/realtime/console/', '/console/api/me']) {
    t.equal((await fetch(gateway.url + path)).status, 404, path);
  }
});

t.test('a console has its own port and a path of the gateway at once', async (t) => {
  const gateway = await startGateway(t, { console: { ...PUBLIC, port: 0 } });
  const own = new ConsoleVisitor(gateway, OPERATOR);
  t.not(own.origin, gateway.url);
  const open = new ConsoleVisitor({ consoleUrl: `${gateway.url}/console/` }, OPERATOR);
  t.match((await own.get('/api/me')).body, { name: 'ops' });
  t.match((await open.get('/api/me')).body, { name: 'ops' });
  const { lines } = await open.stream(t, { watch: ['/api/me'] });
  await until(() => lines.length > 0);
});

const away = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

t.test(
  'other machines come over TLS or by a trusted proxy, and by nothing else',
  { skip: away === undefined && 'this machine has no address beside loopback' },
  async (t) => {
    const options = { host: '0.0.0.0', app: { secret: 's'.repeat(20) } };
    const proxied = { ...PUBLIC, behindProxy: true };
    const gateway = await startGateway(t, {
      ...options,
      trustedProxies: [`${away}`],
      console: proxied,
    });
    const consoleUrl = `http://${away}:${gateway.port}/console/`;
    const visitor = new ConsoleVisitor({ consoleUrl }, OPERATOR);
    const direct = await visitor.get('/api/me');
    t.equal(direct.status, 403, 'a proxy that names no client');
    t.match(direct.text, /over TLS/);
    t.equal((await visitor.get('/api/me', { 'X-Forwarded-For': '192.0.2.1' })).status, 200);
    const wrong = new ConsoleVisitor({ consoleUrl }, 'wrong'.repeat(8));
    const attacker = { 'X-Forwarded-For': '2001:db8::1' };
    for (let i = 0; i < 10; i++) t.equal((await wrong.get('/api/me', attacker)).status, 401);
    const neighbour = { 'X-Forwarded-For': '2001:db8::2' };
    t.equal((await visitor.get('/api/me', neighbour)).status, 429, 'of the same /64');
    t.equal((await visitor.get('/api/me', { 'X-Forwarded-For': '192.0.2.1' })).status, 200);
    const other = await startGateway(t, {
      ...options,
      trustedProxies: ['192.0.2.7'],
      console: proxied,
    });
    const stranger = { consoleUrl: `http://${away}:${other.port}/console/` };
    const forged = { 'X-Forwarded-For': '127.0.0.1' };
    t.equal((await new ConsoleVisitor(stranger, OPERATOR).get('/api/me', forged)).status, 403);
  },
);

t.test('no deadline of requests ends a stream that is read', async (t) => {
  const clock = new ManualClock();
  const limits = { headersTimeoutMs: 1_000, requestTimeoutMs: 1_000, maxUnsentMs: 1_000 };
  const gateway = await startGateway(t, { clock, limits, console: PUBLIC });
  const visitor = new ConsoleVisitor(gateway, OPERATOR);
  const stream = await visitor.stream(t, { watch: ['/api/me'] });
  for (let second = 0; second < 120; second++) {
    clock.advance(1_000);
    await new Promise((next) => setImmediate(next));
  }
  const before = stream.lines.length;
  await visitor.stream(t, { watch: ['/api/me'] });
  clock.advance(5_000);
  await until(() => stream.lines.length > before);
  t.notOk(stream.hasEnded);
});

t.test(
  'requests behind an open stream are as many as any connection may have waiting',
  async (t) => {
    const gateway = await startGateway(t, { console: PUBLIC });
    const head = `Host: 127.0.0.1\r\nAuthorization: Bearer ${OPERATOR}\r\n`;
    const body = '{"watch":["/api/me"]}';
    const stream =
      `POST /console/api/stream HTTP/1.1\r\n${head}Content-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`;
    const get = `GET /console/api/me HTTP/1.1\r\n${head}\r\n`;
    const visitor = new ConsoleVisitor(gateway, OPERATOR);
    const [few, many] = await Promise.all(
      [64, 65].map(async (count) => {
        const socket = connect(gateway.port, '127.0.0.1');
        t.teardown(() => socket.destroy());
        socket.write(stream);
        await once(socket, 'data');
        socket.resume().write(get.repeat(count));
        return socket;
      }),
    );
    await once(many as Socket, 'close');
    t.equal((await visitor.get('/api/me')).status, 200, 'others are served');
    t.notOk(few?.closed);
  },
);

t.test('streams end with the gateway', async (t) => {
  const gateway = await startGateway(t, { console: PUBLIC });
  const stream = await new ConsoleVisitor(gateway, OPERATOR).stream(t, { watch: ['/api/me'] });
  await gateway.stop();
  await until(() => stream.hasEnded);
  t.equal(gateway.consoleUrl, undefined);
});
