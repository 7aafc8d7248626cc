import t from 'tap';
import { ConsoleVisitor } from '../../../support/console-visitor';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';

const OPERATOR = 'o'.repeat(32);
const VIEWER = 'v'.repeat(32);
const TOKENS = [
  { name: 'ops', token: OPERATOR, role: 'operator' as const },
  { name: 'support', token: VIEWER },
];

t.test(
  'a request is served by its Host, its Origin and what the browser says of its site',
  async (t) => {
    const gateway = await startGateway(t, { console: { port: 0, hosts: ['console.example'] } });
    const visitor = new ConsoleVisitor(gateway);
    const { host } = new URL(visitor.origin);
    const port = host.split(':')[1] ?? '';
    const table: Array<[headers: Record<string, string>, status: number]> = [
      [{ Host: host }, 200],
      [{ Host: `localhost:${port}` }, 200],
      [{ Host: `[::1]:${port}` }, 200],
      [{ Host: 'console.example' }, 200],
      [{ Host: 'CONSOLE.example:443' }, 200],
      [{ Host: 'attacker.example' }, 421],
      [{ Host: `localhost.attacker.example:${port}` }, 421],
      [{ Host: '.' }, 421],
      [{ Host: host, Origin: visitor.origin }, 200],
      [{ Host: host, Origin: 'https://attacker.example' }, 403],
      [{ Host: host, Origin: `http://localhost:${port}` }, 403],
      [{ Host: host, Origin: 'null' }, 403],
      [{ Host: host, 'Sec-Fetch-Site': 'same-origin' }, 200],
      [{ Host: host, 'Sec-Fetch-Site': 'none' }, 200],
      [{ Host: host, 'Sec-Fetch-Site': 'same-site' }, 403],
      [{ Host: host, 'Sec-Fetch-Site': 'cross-site' }, 403],
      [{ Host: host, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }, 403],
    ];
    for (const [headers, status] of table) {
      for (const path of ['/api/me', '/']) {
        const answer = await visitor.get(path, headers);
        t.equal(answer.status, status, `${path} ${JSON.stringify(headers)}`);
        t.equal(answer.headers['access-control-allow-origin'], undefined);
        t.equal(answer.headers['set-cookie'], undefined);
      }
    }
    const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
    const document = { Host: host, ...link, 'Sec-Fetch-Dest': 'document' };
    t.equal((await visitor.get('/', document)).status, 200, 'a link leads to the page');
    const frame = { Host: host, ...link, 'Sec-Fetch-Dest': 'iframe' };
    t.equal((await visitor.get('/', frame)).status, 403, 'a frame does not show it');
  },
);

t.test(
  'every answer forbids scripts of others, frames, guesses of its type and keeping',
  async (t) => {
    const gateway = await startGateway(t, { console: { port: 0 } });
    const visitor = new ConsoleVisitor(gateway);
    for (const path of ['/', '/console.js', '/console.css', '/icon.svg', '/api/me', '/nothing']) {
      const { headers } = await visitor.get(path);
      t.match(headers['content-security-policy'], "default-src 'none'; script-src 'self'; ");
      t.match(headers['content-security-policy'], "frame-ancestors 'none'");
      t.notMatch(headers['content-security-policy'], 'unsafe');
      t.equal(headers['x-content-type-options'], 'nosniff');
      t.equal(headers['referrer-policy'], 'no-referrer');
      t.equal(headers['cross-origin-opener-policy'], 'same-origin');
      t.equal(headers['cross-origin-resource-policy'], 'same-origin');
      t.match(headers['cache-control'], path.startsWith('/api') ? 'no-store' : /no-(store|cache)/);
    }
  },
);

t.test('no path leads to another file', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const visitor = new ConsoleVisitor(gateway);
  for (const path of [
    '/../package.json',
    '/..%2fpackage.json',
    '/console.js/../../gateway/index.js',
    '//etc/passwd',
    '/index.html%00',
    '/constructor',
    '/__proto__',
  ]) {
    t.equal((await visitor.get(path)).status, 404, path);
  }
});

t.test('the files of the page are told from older ones, and are compressed', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const visitor = new ConsoleVisitor(gateway);
  const first = await visitor.get('/console.js');
  const again = await visitor.get('/console.js', { 'If-None-Match': first.headers.etag ?? '' });
  t.equal(again.status, 304);
  const { headers } = await visitor.get('/console.js', { 'Accept-Encoding': 'gzip' });
  t.equal(headers['content-encoding'], 'gzip');
  t.ok(Number(headers['content-length']) < Number(first.headers['content-length']) / 2);
});

t.test('a body must be JSON, and short', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const visitor = new ConsoleVisitor(gateway);
  const path = '/api/apps/1/events';
  const form = await visitor.ask('POST', path, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'channel=a&event=b&data=c',
  });
  t.equal(form.status, 415, 'a form of another page sends no JSON');
  const plain = { headers: { 'Content-Type': 'text/plain' }, body: '{}' };
  t.equal((await visitor.ask('POST', path, plain)).status, 415);
  t.equal((await visitor.post(path, { data: 'x'.repeat(70_000) })).status, 413);
  t.equal((await visitor.post(path, [])).status, 400);
  t.equal((await visitor.ask('PUT', '/api/me')).status, 405);
  t.equal((await visitor.ask('DELETE', '/')).status, 405);
});

t.test('the API needs a token, whose owner it tells', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0, tokens: TOKENS } });
  t.notMatch(gateway.consoleUrl, 'token', 'the address names no token that was configured');
  for (const token of ['', 'x', OPERATOR.slice(1), `${OPERATOR}o`]) {
    const { status, headers } = await new ConsoleVisitor(gateway, token).get('/api/me');
    t.equal(status, 401);
    t.equal(headers['www-authenticate'], 'Bearer');
  }
  const { body } = await new ConsoleVisitor(gateway, OPERATOR).get<object>('/api/me');
  t.match(body, { name: 'ops', role: 'operator', apps: ['1'], isWhole: true });
  const other = await new ConsoleVisitor(gateway, VIEWER).get<object>('/api/me');
  t.match(other.body, { name: 'support', role: 'viewer' });
});

t.test('an address that has sent ten wrong tokens waits a minute', async (t) => {
  const clock = new ManualClock();
  const gateway = await startGateway(t, { clock, console: { port: 0, tokens: TOKENS } });
  const wrong = new ConsoleVisitor(gateway, 'wrong'.repeat(8));
  for (let i = 0; i < 10; i++) t.equal((await wrong.get('/api/me')).status, 401);
  t.equal((await wrong.get('/api/me')).status, 429);
  const right = new ConsoleVisitor(gateway, OPERATOR);
  t.equal((await right.get('/api/me')).status, 429, 'one more try may be the right one');
  clock.advance(60_000);
  t.equal((await right.get('/api/me')).status, 200);
});

t.test('wrong tokens that come through a trusted proxy are counted for each client', async (t) => {
  const options = { trustedProxies: ['127.0.0.1'], console: { port: 0, tokens: TOKENS } };
  const gateway = await startGateway(t, options);
  const wrong = new ConsoleVisitor(gateway, 'wrong'.repeat(8));
  const attacker = { 'X-Forwarded-For': '192.0.2.9, 192.0.2.1' };
  for (let i = 0; i < 10; i++) t.equal((await wrong.get('/api/me', attacker)).status, 401);
  const right = new ConsoleVisitor(gateway, OPERATOR);
  t.equal((await right.get('/api/me', attacker)).status, 429);
  t.equal((await right.get('/api/me', { 'X-Forwarded-For': '192.0.2.2' })).status, 200);
});

t.test(
  'without configured tokens one is made at each start, and stands in the address alone',
  async (t) => {
    const one = await startGateway(t, { console: { port: 0 } });
    const two = await startGateway(t, { console: { port: 0 } });
    t.match(one.consoleUrl, /^http:\/\/127\.0\.0\.1:\d+\/#token=[A-Za-z0-9_-]{32}$/);
    t.not(one.consoleUrl?.split('#')[1], two.consoleUrl?.split('#')[1]);
    const { body } = await new ConsoleVisitor(one).get<object>('/api/me');
    t.match(body, { name: 'local', role: 'operator' });
  },
);

t.test('the public port has no console', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  for (const path of ['/', '/console', '/api/me', '/console.js']) {
    t.equal((await fetch(`${gateway.url}${path}`)).status, 404, path);
  }
  const without = await startGateway(t);
  t.equal(without.consoleUrl, undefined);
});
