import t from 'tap';
import { ask } from '../../../support/fallback-client';
import { ManualClock } from '../../../support/manual-clock';
import { Opcode, RawSocket } from '../../../support/raw-socket';
import { startGateway } from '../../../support/start-gateway';
import { until } from '../../../support/until';
import { PUSHY_SECRET, PushyClient, startPushy, trigger } from './pushy-client';

const SESSION = '/pushy/socket/123/abcdefgh';
const WEB_SOCKET = `${SESSION}/websocket`;

async function nextText(raw: RawSocket): Promise<string> {
  const frame = await raw.next();
  return frame?.opcode === Opcode.TEXT ? frame.payload.toString() : `opcode ${frame?.opcode}`;
}

t.test('SockJS is served as its clients ask for it, and nothing that runs as script', async (t) => {
  const { port } = await startPushy(t);
  const get = (path: string) => ask(port, path, { method: 'GET' });
  t.equal((await get('/pushy/socket')).text, 'Welcome to SockJS!\n');
  const info = await get('/pushy/socket/info');
  t.match(JSON.parse(info.text), { websocket: true, cookie_needed: false, entropy: Number });
  t.match(info.headers, { 'access-control-allow-origin': '*', 'cache-control': 'no-store' });
  for (const path of [
    ...['/iframe.html', '/iframe-1.2.html', '/info/', '/websocket', '/1/abcdefgh/jsonp?c=alert'],
    ...['/1/abcdefgh/htmlfile?c=x', '/1/abcdefgh/eventsource', '/1/abcdefg/xhr', '/../x', '/%2e'],
  ]) {
    t.equal((await get(`/pushy/socket${path}`)).status, 404, path);
  }
  t.equal((await get(`${SESSION}/xhr`)).status, 405);
  t.equal((await ask(port, `${SESSION}/xhr_send`, { body: '[]' })).status, 404);
  const opened = await ask(port, `${SESSION}/xhr`);
  t.match(opened.text, /^o\na\["{\\"event\\":\\"pushy:connect\\"/);
  for (const [status, body] of [
    [400, '{}'],
    [400, '[1]'],
    [413, `["${'x'.repeat(70_000)}"]`],
    [204, '["{}"]'],
  ] as const) {
    t.equal((await ask(port, `${SESSION}/xhr_send`, { body })).status, status, body.slice(0, 20));
  }
});

t.test('bad frames of a WebSocket end it, and nothing after them is handled', async (t) => {
  const gateway = await startPushy(t);
  for (const text of ['{}', '[1]', '7', 'null', 'x']) {
    const raw = await RawSocket.upgrade(gateway.port, WEB_SOCKET);
    t.equal(await nextText(raw), 'o');
    t.match(await nextText(raw), /^a\["{\\"event\\":\\"pushy:connect/);
    raw.send(Opcode.TEXT, text);
    raw.send(Opcode.TEXT, '["{}"]');
    t.equal((await raw.next())?.opcode, Opcode.CLOSE, text);
    t.equal(raw.close.code, 1007);
    raw.destroy();
  }
  const raw = await RawSocket.upgrade(gateway.port, WEB_SOCKET);
  for (let i = 0; i < 2; i++) await nextText(raw);
  raw.send(Opcode.TEXT, '');
  raw.send(Opcode.TEXT, '"{}"');
  t.match(await nextText(raw), /Bogus message recieved/, 'one message without an array');
  raw.destroy();
});

t.test('origins, quotas and rates are those of the app', async (t) => {
  const pushy = { secretKey: PUSHY_SECRET };
  const gateway = await startPushy(t, {
    app: { pushy, allowedOrigins: ['https://good.example'] },
    limits: { maxConnectionsPerApp: 1, maxBackChannelEventsPerSecond: 3, maxChannelsPerSocket: 1 },
  });
  const { port } = gateway;
  const evil = { Origin: 'https://evil.example' };
  t.match((await RawSocket.upgrade(port, WEB_SOCKET, evil)).head, /^HTTP\/1.1 403/);
  t.equal((await ask(port, `${SESSION}/xhr`, { headers: evil })).status, 403);
  const client = await PushyClient.connect(t, port);
  t.match((await RawSocket.upgrade(port, WEB_SOCKET)).head, /^HTTP\/1.1 403[^]*quota/);
  await client.subscribe('room');
  client.command('subscribe', { channel: 'second' });
  t.match((await client.next('pushy:subscription-failed')).data, { reason: /limit is 1/ });
  for (let i = 0; i < 3; i++) client.command('nothing');
  await client.next('pushy:error');
  t.match((await client.next('pushy:error')).data, { code: '429' });
});

t.test('malformed messages cost a client its connection after a few', async (t) => {
  const { port, metrics } = await startPushy(t);
  for (const text of ['junk', '7', '{}', '{"event":"e"}', '{"event":"e","channel":"c"}']) {
    const client = await PushyClient.connect(t, port);
    const before = metrics.malformedMessages;
    for (let i = 0; i < 100; i++) client.text(text);
    for (let i = 0; i < 30; i++) await client.next('pushy:error');
    t.match(await client.closed, { code: 4100, reason: /^Too many malformed messages/ }, text);
    t.equal(metrics.malformedMessages - before, 31, 'and nothing after these is handled');
  }
});

t.test('a page may subscribe to all of its channels at once', async (t) => {
  const { port } = await startPushy(t, {
    limits: { maxChannelsPerSocket: 100, maxBackChannelEventsPerSecond: 10 },
  });
  const client = await PushyClient.connect(t, port);
  for (let i = 0; i < 100; i++) client.command('subscribe', { channel: `room-${i}` });
  for (let i = 0; i < 100; i++) await client.next('pushy:subscription-success');
});

t.test('presence has the bounds of presence channels', async (t) => {
  const limits = { maxMembersPerChannel: 1, maxUserInfoBytes: 50 };
  const { port } = await startPushy(t, { limits });
  const [one, two] = [await PushyClient.connect(t, port), await PushyClient.connect(t, port)];
  const large = JSON.stringify({ name: 'x'.repeat(50) });
  one.command('subscribe', {
    channel: 'private-a',
    auth: one.auth('private-a', large),
    data: large,
  });
  t.match((await one.next('pushy:subscription-failed')).data, { reason: /larger than 50 bytes/ });
  const { data } = await one.subscribe('private-a', '{"memberId":"mine","__proto__":{"x":1}');
  t.match(data, { presence: [{ memberId: /^[0-9a-f]{8}$/, idle: false }] }, 'no JSON counts as {}');
  const own = '{"name":"Bob"}';
  two.command('subscribe', { channel: 'private-a', auth: two.auth('private-a', own), data: own });
  t.match((await two.next('pushy:subscription-failed')).data, { reason: /full/ });
});

t.test(
  'a client that does not read is cut, and one that is silent is sent heartbeats',
  async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    const sockjs = { heartbeat_delay: 5 };
    const gateway = await startPushy(t, {
      clock,
      app: { pushy: { secretKey: PUSHY_SECRET, sockjs } },
      limits: { maxUnsentBytes: 64 * 1024 },
    });
    const raw = await RawSocket.upgrade(gateway.port, WEB_SOCKET);
    for (let i = 0; i < 2; i++) await nextText(raw);
    for (let i = 0; i < 5; i++) clock.advance(1_000);
    t.equal(await nextText(raw), 'h');
    raw.send(Opcode.TEXT, JSON.stringify(['{"command":"subscribe","data":{"channel":"room"}}']));
    t.match(await nextText(raw), /subscription-success/);
    raw.stream.pause();
    const body = JSON.stringify({ text: 'x'.repeat(10_000) });
    const timestamp = Math.round(clock.wall() / 1000);
    for (let i = 0; i < 2_000 && gateway.metrics.socketsCut === 0; i++) {
      await trigger(gateway.port, 'room', 'e', { body, timestamp });
    }
    t.equal(gateway.metrics.socketsCut, 1);
    await until(() => gateway.socketCount === 0);
    raw.destroy();
  },
);

t.test('a bad configuration says what is wrong', async (t) => {
  const bad: Array<[pushy: object, why: RegExp]> = [
    [{}, /apps\[0\]\.pushy\.secretKey/],
    [{ secretKey: '' }, /secretKey/],
    [{ secretKey: 'x', sockjs: { prefix: '/app/x' } }, /prefix: belongs to another protocol/],
    [{ secretKey: 'x', sockjs: { prefix: 'x' } }, /prefix: must begin with/],
    [{ secretKey: 'x', sockjs: { response_limit: '1K' } }, /response_limit/],
    [{ secretKey: 'x', sockjs: { heartbeat_delay: 0 } }, /heartbeat_delay/],
    [{ secretKey: 'x', other: 1 }, /other/],
  ];
  for (const [pushy, message] of bad) {
    const app = { pushy: pushy as { secretKey: string } };
    await t.rejects(startGateway(t, { app }), { code: 'bad_option', message });
  }
  const app = (id: string) => ({ id, key: id, secret: 'x', pushy: { secretKey: 'x' } });
  const apps = [app('1'), app('2')];
  await t.rejects(startGateway(t, { apps }), { message: /prefix: '\/pushy\/socket' belongs/ });
  const commands = { bad: 7 as never };
  await t.rejects(startGateway(t, { pushy: { commands } }), { message: /commands\.bad: must be/ });
});
