import { connect } from 'node:net';
import t from 'tap';
import type {
  BackendsPage,
  ChannelPage,
  ChannelRow,
  Explanation,
  GonePage,
  List,
  Overview,
  RecentPage,
  SocketPage,
  SocketRow,
  UserPage,
  WebhookRow,
} from '../../../../lib/gateway/protocols/console/api';
import type { Gateway } from '../../../../lib/gateway/gateway';
import { createClient, type PipeClient } from '../../../../lib/index';
import { TestGateway } from '../../../../lib/testing/test-gateway';
import { ConsoleVisitor } from '../../../support/console-visitor';
import { SECRET, startGateway } from '../../../support/start-gateway';
import { until, untilAnswered } from '../../../support/until';
import { WebhookEndpoint } from '../../../support/webhook-endpoint';

const CREDENTIALS = { id: '1', key: 'key', secret: SECRET };

function backend(
  t: { teardown(end: () => unknown): void },
  { port }: Gateway,
  name: string,
  group = 'game',
): PipeClient {
  const address = { appId: '1', key: 'key', secret: SECRET, host: '127.0.0.1', port };
  const client = createClient({ ...address, name, group });
  t.teardown(() => client.disconnect());
  client.subscribe(['socket_message', 'channel_existence']);
  return client;
}

t.test('channels tell their subscribers, how many events went there, and when', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const test = new TestGateway(gateway, CREDENTIALS);
  const [ada, bob] = [await test.browser(), await test.browser()];
  await ada.subscribe('presence-room', { userId: 'ada' });
  await bob.subscribe('presence-room', { userId: 'bob' });
  await bob.subscribe('news');
  const visitor = new ConsoleVisitor(gateway);
  await visitor.post('/api/apps/1/events', { channel: 'presence-room', event: 'a', data: '1' });
  const get = async (query: string): Promise<List<ChannelRow>> =>
    (await visitor.get<List<ChannelRow>>(`/api/apps/1/channels?${query}`)).body;
  t.match(await get(''), {
    total: 2,
    items: [
      { name: 'presence-room', type: 'presence', subscribers: 2, members: 2, events: 1 },
      { name: 'news', type: 'public', subscribers: 1, events: 0 },
    ],
  });
  t.match(await get('prefix=ne'), { total: 1, items: [{ name: 'news' }] });
  t.match((await get('sort=name&limit=1')).items, [{ name: 'news' }]);
  const { body } = await visitor.get<ChannelPage>('/api/apps/1/channels/presence-room');
  t.match(body, { users: ['ada', 'bob'], sockets: { total: 2 }, owners: [] });
  t.ok(Math.abs(Date.now() - (body.lastEventAt ?? 0)) < 100_000, 'the time is of today');
  t.equal((await visitor.get('/api/apps/1/channels/nobody')).status, 404);
});

t.test('lists are cut, and say how many there are', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const test = new TestGateway(gateway, CREDENTIALS);
  const browser = await test.browser();
  for (let i = 0; i < 70; i++) await browser.subscribe(`room-${i}`);
  const visitor = new ConsoleVisitor(gateway);
  const of = async (query: string): Promise<number[]> => {
    const { body } = await visitor.get<List<ChannelRow>>(`/api/apps/1/channels?${query}`);
    return [body.items.length, body.total];
  };
  t.strictSame(await of(''), [50, 70]);
  t.strictSame(await of('limit=7'), [7, 70]);
  t.strictSame(await of('limit=100000'), [70, 70]);
  t.strictSame(await of('limit=-1'), [50, 70]);
});

t.test(
  'a socket that is gone is remembered, with what closed it and as what it is back',
  async (t) => {
    const gateway = await startGateway(t, { console: { port: 0 } });
    const test = new TestGateway(gateway, CREDENTIALS);
    const visitor = new ConsoleVisitor(gateway);
    const first = await test.browser();
    await first.signIn('ada');
    await first.subscribe('room');
    const open = await visitor.get<SocketPage>(`/api/apps/1/sockets/${first.id}`);
    t.match(open.body, { isOpen: true, user: 'ada', channels: 2, unsentBytes: 0, protocol: 7 });
    await visitor.post(`/api/apps/1/sockets/${first.id}/close`);
    await first.closed;
    const path = `/api/apps/1/sockets/${first.id}`;
    await untilAnswered(async () => !(await visitor.get<GonePage>(path)).body.isOpen);
    t.match((await visitor.get<GonePage>(path)).body, {
      closed: { code: 4200, user: 'ada', channels: ['#server-to-user-ada', 'room'] },
      backAs: undefined,
    });
    const second = await test.browser();
    await second.signIn('ada');
    t.match((await visitor.get<GonePage>(path)).body, { backAs: second.id });
    const why = await visitor.get<Explanation>(`/api/apps/1/explain?who=${first.id}&channel=room`);
    t.match(why.body, { socket: second.id });
    t.match(why.body.verdict, /^Socket .* was closed \d+ s ago with 4200 .*; it is back as /);
    const user = await visitor.get<UserPage>('/api/apps/1/users/ada');
    t.match(user.body, {
      sockets: [{ id: second.id }],
      closed: [{ socket: first.id, code: 4200 }],
    });
  },
);

t.test('the first step that is not well is the reason why an event did not come', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const test = new TestGateway(gateway, CREDENTIALS);
  const visitor = new ConsoleVisitor(gateway);
  const browser = await test.browser({
    authorize: ({ channel }) =>
      channel === 'private-forbidden'
        ? Promise.resolve({ auth: 'key:0000' })
        : Promise.reject(new Error('not signed')),
  });
  await browser.subscribe('room-seven');
  await t.rejects(browser.subscribe('private-forbidden'));
  const why = async (channel: string): Promise<string> => {
    const query = new URLSearchParams({ who: browser.id, channel, event: 'said' });
    return (await visitor.get<Explanation>(`/api/apps/1/explain?${query.toString()}`)).body.verdict;
  };
  t.equal(await why('Room-seven'), 'It is not on Room-seven, but on room-seven');
  t.equal(await why('room-sevne'), 'It is not on room-sevne, but on room-seven');
  t.equal(await why('private-room-seven'), 'It is not on private-room-seven, but on room-seven');
  t.match(
    await why('private-forbidden'),
    /^It was refused on private-forbidden \d+ s ago: “Invalid signature/,
  );
  t.match(await why('elsewhere'), 'the page has not subscribed');
  t.match(await why('room-seven'), 'Nothing was published on room-seven');
  await visitor.post('/api/apps/1/events', { channel: 'room-seven', event: 'said', data: '1' });
  t.match(await why('room-seven'), /^It was sent\. Has the page read it\?/);
  t.equal((await visitor.get('/api/apps/1/explain?who=1.1&channel=room')).status, 404);
});

t.test('backends tell their partitions, the owners before, and who came and went', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 }, limits: { pipeGraceMs: 50 } });
  const test = new TestGateway(gateway, CREDENTIALS);
  const visitor = new ConsoleVisitor(gateway);
  const browser = await test.browser();
  await browser.subscribe('room');
  const one = backend(t, gateway, 'api-1');
  await one.connect();
  const page = async (): Promise<BackendsPage> =>
    (await visitor.get<BackendsPage>('/api/apps/1/backends')).body;
  await untilAnswered(async () => (await page()).streams[0]?.members[0]?.partitions === 64);
  const two = backend(t, gateway, 'api-2');
  await two.connect();
  await untilAnswered(async () => {
    const [stream] = (await page()).streams;
    return stream?.members.length === 2 && stream.members.every((each) => each.partitions > 0);
  });
  const { streams, backends, history } = await page();
  t.match(streams, [
    {
      ...{ group: 'game', isShared: true, order: 'socket', overflow: 'gap', lag: 0 },
      members: [
        { name: 'api-1', word: 'well', address: '127.0.0.1' },
        { name: 'api-2', word: 'well' },
      ],
    },
  ]);
  t.equal(streams[0]?.partitions.length, 64);
  t.equal(backends, 2);
  t.match(history, [
    { backend: 'api-2', what: 'connected' },
    { backend: 'api-1', what: 'connected' },
  ]);
  const owner = async (): Promise<SocketPage['owners'][number] | undefined> =>
    (await visitor.get<SocketPage>(`/api/apps/1/sockets/${browser.id}`)).body.owners[0];
  const before = await owner();
  t.match(before, { group: 'game', isAttached: true });
  await (before?.owner === 'api-1' ? one : two).disconnect();
  await untilAnswered(async () => (await owner())?.owner !== before?.owner);
  const after = await owner();
  t.equal(after?.before[0]?.owner, before?.owner);
  t.ok((after?.generation ?? 0) > (before?.generation ?? 0));
  t.match((await page()).history[0], { backend: before?.owner, what: 'disconnected', code: 1000 });
});

t.test(
  'a backend that handles nothing, one that is away and one that is well are told apart',
  async (t) => {
    const gateway = await startGateway(t, { console: { port: 0 } });
    const test = new TestGateway(gateway, CREDENTIALS);
    const visitor = new ConsoleVisitor(gateway);
    const browser = await test.browser();
    await browser.subscribe('private-room');
    const stuck = backend(t, gateway, 'api-1', 'stuck');
    stuck.channels.on('event:client-say', () => new Promise(() => undefined));
    const well = backend(t, gateway, 'api-1', 'well');
    let handled = 0;
    well.channels.on('event:client-say', () => void handled++);
    await Promise.all([stuck.connect(), well.connect()]);
    browser.send('client-say', {}, 'private-room');
    await until(() => handled === 1);
    const words = async (): Promise<Record<string, string | undefined>> => {
      const { streams } = (await visitor.get<BackendsPage>('/api/apps/1/backends')).body;
      return Object.fromEntries(
        streams.map(({ group, members, unattendedSince }) => {
          return [group, unattendedSince === undefined ? members[0]?.word : 'no backend'];
        }),
      );
    };
    await untilAnswered(async () => (await words())['stuck'] === 'handles nothing');
    t.strictSame(await words(), { stuck: 'handles nothing', well: 'well' });
    const overview = async (): Promise<string[]> =>
      (await visitor.get<Overview>('/api/overview')).body.verdicts.map(({ text }) => text);
    t.match(await overview(), ['api-1 of stuck is connected and handles nothing']);
    await well.disconnect();
    await untilAnswered(async () =>
      (await overview()).some((text) => /for well and no/.test(text)),
    );
    browser.send('client-say', {}, 'private-room');
    await untilAnswered(async () =>
      (await overview()).includes('1 event waits for well and no backend is connected'),
    );
  },
);

t.test('refusals and closes: how many, an example, and what to do', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 } });
  const test = new TestGateway(gateway, CREDENTIALS);
  const visitor = new ConsoleVisitor(gateway);
  const browser = await test.browser();
  for (let i = 0; i < 12; i++) browser.send('client-say', {}, 'elsewhere');
  await fetch(`${gateway.url}/apps/1/channels?auth_key=key`);
  browser.close();
  const recent = async (): Promise<RecentPage> =>
    (await visitor.get<RecentPage>('/api/apps/1/recent')).body;
  await untilAnswered(async () => (await recent()).closes.length > 0);
  const { refusals, closes, lastCloses } = await recent();
  t.match(refusals, [
    {
      what: 'channels: not_subscribed',
      ...{ last5Minutes: 12, lastHour: 12 },
      remedy: /pusher:subscription_succeeded/,
      example: { socket: browser.id },
    },
    { what: /^http_api: / },
  ]);
  t.match(closes, [{ last5Minutes: 1 }]);
  t.match(lastCloses, [{ socket: browser.id }]);
  const { verdicts } = (await visitor.get<Overview>('/api/overview')).body;
  t.match(verdicts, [
    { level: 'warn', side: 'browsers', text: '12 refused in 5 min at channels: not_subscribed' },
  ]);
});

t.test('webhooks: whether they arrived, and what was answered', async (t) => {
  const endpoint = await WebhookEndpoint.start(t);
  const webhooks = [{ url: `${endpoint.url}/path` }];
  const options = { webhookAllow: ['127.0.0.1'], app: { webhooks } };
  const gateway = await startGateway(t, { console: { port: 0 }, ...options });
  const test = new TestGateway(gateway, CREDENTIALS);
  const visitor = new ConsoleVisitor(gateway);
  const hook = async (): Promise<WebhookRow | undefined> =>
    (await visitor.get<{ items: WebhookRow[] }>('/api/apps/1/webhooks')).body.items[0];
  t.match(await hook(), { waiting: 0, sent: 0, attempts: [] });
  const browser = await test.browser();
  await browser.subscribe('room');
  await untilAnswered(async () => (await hook())?.sent === 1);
  const { host } = new URL(endpoint.url);
  t.match(await hook(), {
    ...{ host, waiting: 0, sent: 1 },
    attempts: [{ attempt: 1, events: 1, first: /channel_occupied.*room/, why: undefined }],
  });
  endpoint.answer = (response) => response.writeHead(503).end();
  await browser.subscribe('other');
  await untilAnswered(async () => (await hook())?.attempts[0]?.why === 'status 503');
  const { waiting, attempts = [] } = (await hook()) ?? {};
  t.match({ waiting, ...attempts[0] }, { waiting: 1, goesOn: true });
  t.equal(attempts.at(-1)?.why, undefined, 'the first one');
  const { verdicts } = (await visitor.get<Overview>('/api/overview')).body;
  t.match(verdicts, [
    { side: 'webhooks', text: `${host} did not take the last webhook: status 503` },
  ]);
});

t.test('sockets stand by their unsent bytes, and a slow reader is seen', async (t) => {
  const gateway = await startGateway(t, { console: { port: 0 }, limits: { maxUnsentMs: 600_000 } });
  const visitor = new ConsoleVisitor(gateway);
  const slow = connect(gateway.port, '127.0.0.1');
  t.teardown(() => slow.destroy());
  slow.write(
    'GET /app/key?protocol=7 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  const sockets = async (): Promise<readonly SocketRow[]> =>
    (await visitor.get<List<SocketRow>>('/api/apps/1/sockets?sort=unsent')).body.items;
  await untilAnswered(async () => (await sockets()).length === 1);
  slow.pause();
  const text = JSON.stringify({ event: 'pusher:subscribe', data: { channel: 'room' } });
  const head = Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]);
  slow.write(Buffer.concat([head, Buffer.from(text)]));
  await untilAnswered(async () => (await sockets())[0]?.channels === 1);
  const data = 'x'.repeat(9_000);
  await untilAnswered(async () => {
    await visitor.post('/api/apps/1/events', { channel: 'room', event: 'said', data });
    return ((await sockets())[0]?.unsentBytes ?? 0) > 0;
  });
  const id = (await sockets())[0]?.id ?? '';
  const query = new URLSearchParams({ who: id, channel: 'room' });
  const { body } = await visitor.get<Explanation>(`/api/apps/1/explain?${query.toString()}`);
  t.match(body.verdict, /^\d+ bytes wait for it in the gateway/);
});
