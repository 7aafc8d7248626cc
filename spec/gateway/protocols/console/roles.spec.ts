import t from 'tap';
import { checkGatewayOptions } from '../../../../lib/gateway/options/options';
import { configPage } from '../../../../lib/gateway/protocols/console/answers/config';
import { TestGateway } from '../../../../lib/testing/test-gateway';
import { ConsoleVisitor } from '../../../support/console-visitor';
import { SECRET, startGateway } from '../../../support/start-gateway';
import { until } from '../../../support/until';
import { WebhookEndpoint } from '../../../support/webhook-endpoint';

const OPERATOR = 'o'.repeat(32);
const VIEWER = 'v'.repeat(32);
const LIMITED = 'l'.repeat(32);
const TOKENS = [
  { name: 'ops', token: OPERATOR, role: 'operator' as const },
  { name: 'support', token: VIEWER },
  { name: 'second', token: LIMITED, role: 'operator' as const, apps: ['2'] },
];
const TLS_PASSWORD = 'password-of-the-broker';

t.test('a viewer sees no address and no data, and changes nothing', async (t) => {
  const endpoint = await WebhookEndpoint.start(t);
  const webhooks = [{ url: `${endpoint.url}/secret-path`, events: ['client_event' as const] }];
  const gateway = await startGateway(t, {
    console: { port: 0, tokens: TOKENS },
    webhookAllow: ['127.0.0.1'],
    app: { webhooks },
  });
  const browser = await new TestGateway(gateway, { id: '1', key: 'key', secret: SECRET }).browser();
  await browser.signIn('ada', { mail: 'ada@example.com' });
  await browser.subscribe('private-room');
  const viewer = new ConsoleVisitor(gateway, VIEWER);
  const operator = new ConsoleVisitor(gateway, OPERATOR);
  const tailed = await viewer.stream(t, { app: '1', tail: {} });
  browser.send('client-say', { text: 'payload-of-the-browser' }, 'private-room');
  await until(() => tailed.lines.some(({ tail }) => (tail?.rows.length ?? 0) > 0));
  await until(() => endpoint.webhooks.length > 0);
  t.notMatch(JSON.stringify(tailed.lines), 'payload-of-the-browser');
  const { id: socketId } = browser;
  const paths = [
    ...['/api/overview', '/api/nodes', '/api/config', '/api/apps/1/recent', '/api/apps/1/webhooks'],
    ...['/api/apps/1/sockets', `/api/apps/1/sockets/${socketId}`, '/api/apps/1/channels'],
    ...['/api/apps/1/users/ada', '/api/apps/1/backends', '/api/apps/1/channels/private-room'],
  ];
  for (const path of paths) {
    const { status, text } = await viewer.get(path);
    t.equal(status, 200, path);
    for (const hidden of ['ada@example.com', 'payload-of-the-browser', '"address":"127']) {
      t.notMatch(text, hidden, `${path} shows no ${hidden}`);
    }
  }
  t.match((await operator.get('/api/apps/1/users/ada')).text, 'ada@example.com');
  await t.rejects(viewer.stream(t, { app: '1', tail: { data: true } }), { message: '403' });
  await t.rejects(viewer.stream(t, { app: '1', follow: { probe: true } }), { message: '403' });
  for (const path of [
    '/api/apps/1/events',
    `/api/apps/1/sockets/${socketId}/close`,
    `/api/apps/1/sockets/${socketId}/probe`,
    '/api/apps/1/users/ada/terminate',
  ]) {
    t.equal((await viewer.post(path, { channel: 'a', event: 'b', data: 'c' })).status, 403, path);
  }
});

t.test('no answer holds a secret', async (t) => {
  const broker = { redis: `redis://user:${TLS_PASSWORD}@127.0.0.1:6379/0` };
  const settings = checkGatewayOptions({
    broker,
    metrics: { port: 9090, token: 'metrics-token-of-the-specs' },
    console: { port: 6010, tokens: TOKENS },
    tls: { cert: 'cert-of-the-specs', key: 'tls-key-of-the-specs' },
    apps: [
      {
        ...{ id: '1', key: 'public-key', secret: SECRET },
        webhooks: [
          {
            url: 'https://hooks.example/secret-path?token=secret-query',
            headers: { 'X-Auth': 'header-of-the-specs' },
          },
        ],
      },
    ],
  });
  const text = JSON.stringify(configPage(settings));
  for (const secret of [
    ...[SECRET, TLS_PASSWORD, OPERATOR, 'metrics-token-of-the-specs', 'tls-key-of-the-specs'],
    ...['cert-of-the-specs', 'secret-path', 'secret-query', 'header-of-the-specs'],
  ]) {
    t.notMatch(text, secret, secret);
  }
  const values = new Map(configPage(settings).values.map(({ name, value }) => [name, value]));
  t.equal(values.get('apps[1].secret'), `set, ${SECRET.length} characters`);
  t.equal(values.get('apps[1].key'), 'public-key');
  t.equal(values.get('console.tokens[ops].token'), 'set, 32 characters');
  t.equal(values.get('broker.redis'), 'redis://…@127.0.0.1:6379/…');
  t.equal(values.get('limits.maxConnections'), '50000');
});

t.test('a token of some apps opens no other one, nor the gateway itself', async (t) => {
  const apps = ['1', '2'].map((id) => ({ id, key: `key${id}`, secret: SECRET }));
  const gateway = await startGateway(t, { apps, console: { port: 0, tokens: TOKENS } });
  const visitor = new ConsoleVisitor(gateway, LIMITED);
  t.match((await visitor.get('/api/me')).body, { apps: ['2'], isWhole: false });
  const overview = (await visitor.get<{ apps: object[]; node?: object }>('/api/overview')).body;
  t.equal(overview.apps.length, 1);
  t.equal(overview.node, undefined);
  t.equal((await visitor.get('/api/apps/2/sockets')).status, 200);
  t.equal((await visitor.get('/api/apps/1/sockets')).status, 404);
  t.equal((await visitor.get('/api/nodes')).status, 403);
  t.equal((await visitor.get('/api/config')).status, 403);
  t.equal((await visitor.post('/api/apps/1/events')).status, 404);
  await t.rejects(visitor.stream(t, { app: '1', tail: {} }), { message: '404' });
});

t.test('each act is a line of the log and a row, with the name of its token', async (t) => {
  const lines: unknown[] = [];
  const log = { ...silentLog(), info: (about: object) => void lines.push(about) };
  const gateway = await startGateway(t, { log, console: { port: 0, tokens: TOKENS } });
  const test = new TestGateway(gateway, { id: '1', key: 'key', secret: SECRET });
  const browser = await test.browser();
  await browser.subscribe('room');
  const operator = new ConsoleVisitor(gateway, OPERATOR);
  const event = { channel: 'room', event: 'said', data: JSON.stringify('data-of-the-operator') };
  t.match((await operator.post('/api/apps/1/events', event)).body, { sockets: 1 });
  t.match(await browser.next('said'), { data: 'data-of-the-operator' });
  await operator.post(`/api/apps/1/sockets/${browser.id}/close`);
  t.match(await browser.closed, { code: 4200 });
  t.match(lines, [
    ...lines.slice(
      0,
      lines.findIndex((line) => 'act' in (line as object)),
    ),
    { app: '1', by: 'ops', act: 'publish', on: 'said on room' },
    { app: '1', by: 'ops', act: 'close', on: browser.id },
  ]);
  t.notMatch(JSON.stringify(lines), 'data-of-the-operator');
  const { acts } = (await operator.get<{ acts: object[] }>('/api/apps/1/recent')).body;
  t.match(acts, [{ act: 'close', by: 'ops' }, { act: 'publish' }]);
});

t.test('published events keep the rules of the HTTP API', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const operator = new ConsoleVisitor(gateway);
  const good = { channel: 'room', event: 'said', data: '{}' };
  const bad = [
    { ...good, channel: 'room with blanks' },
    { ...good, channel: 'x'.repeat(300) },
    { ...good, event: 'pusher:error' },
    { ...good, event: '' },
    { ...good, data: 'x'.repeat(20_000) },
    { ...good, data: {} },
    { ...good, except: 7 },
    'text',
    null,
  ];
  for (const body of bad) {
    t.equal((await operator.post('/api/apps/1/events', body)).status, 400, JSON.stringify(body));
  }
  t.equal((await operator.post('/api/apps/1/events', good)).status, 200);
});

function silentLog(): Record<'debug' | 'info' | 'warn' | 'error', (about: object) => void> {
  const nothing = (): void => undefined;
  return { debug: nothing, info: nothing, warn: nothing, error: nothing };
}
