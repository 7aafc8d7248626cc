import t from 'tap';
import { FarEngine } from '../../../lib/brokers/memory/far-engine';
import { Gateway } from '../../../lib/gateway/gateway';
import type { Logger } from '../../../lib/util/logger';
import { systemClock } from '../../../lib/util/timers';
import { ApiClient } from '../../support/api-client';
import { RawSocket } from '../../support/raw-socket';
import { SECRET, startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';
import { WireClient } from '../../support/wire-client';

interface Line {
  level: string;
  message: string;
  [detail: string]: unknown;
}

/** A log that keeps its lines. */
function keptLog(isDebug = true): { lines: Line[]; log: Logger } {
  const lines: Line[] = [];
  const at =
    (level: string) =>
    (details: object, message: string): void =>
      void lines.push({ level, message, ...details });
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { lines, log: { ...log, isLevelEnabled: (level) => isDebug || level !== 'debug' } };
}

t.test('connections, subscriptions and publishes are lines at debug, without data', async (t) => {
  const { lines, log } = keptLog();
  const gateway = await startGateway(t, { log });
  const socket = await TestSocket.connect(t, gateway.port, {
    query: 'protocol=7&client=js&version=8.6.0',
  });
  await socket.subscribe('room');
  socket.send({ event: 'say', channel: 'room', data: 'a private word' });
  const api = new ApiClient(t, gateway);
  await api.post('/events', { name: 'said', channel: 'room', data: 'a private word' });
  await socket.next();
  socket.send({ event: 'pusher:unsubscribe', data: { channel: 'room' } });
  await socket.settled();
  socket.raw.destroy();
  await until(() => lines.some(({ message }) => message === 'socket closed'));
  const about = { level: 'debug', app: '1', socket: socket.id };
  t.match(lines.filter(({ level }) => level === 'debug').slice(0, 6), [
    { ...about, message: 'socket opened', client: 'js 8.6.0', remoteAddress: '127.0.0.1' },
    { ...about, message: 'subscribed', channel: 'room' },
    { ...about, message: 'event of a socket', channel: 'room', event: 'say', toBackends: false },
    { level: 'debug', app: '1', message: 'published', channel: 'room', event: 'said', sockets: 1 },
    { ...about, message: 'unsubscribed', channel: 'room' },
    { ...about, message: 'socket closed', code: 1006 },
  ]);
  t.notMatch(JSON.stringify(lines), 'a private word');
});

t.test('a gateway of several does not say to how many sockets an event went', async (t) => {
  const { lines, log } = keptLog();
  const apps = [{ id: '1', key: 'key', secret: SECRET }];
  const broker = new FarEngine().join().broker;
  const gateway = new Gateway({ port: 0, apps, log }, systemClock, broker);
  t.teardown(() => gateway.stop());
  await gateway.start();
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  const api = new ApiClient(t, gateway);
  await api.post('/events', { name: 'said', channel: 'room', data: '' });
  await socket.next();
  const published = lines.find(({ message }) => message === 'published');
  t.match(published, { channel: 'room', event: 'said' });
  t.equal(published?.['sockets'], undefined);
});

t.test('backends come and go at info, and the gateway says when it starts and stops', async (t) => {
  const { lines, log } = keptLog(false);
  const gateway = await startGateway(t, { log });
  const { client } = await WireClient.attach(t, gateway.port);
  client.terminate();
  await until(() => lines.some(({ message }) => message === 'backend disconnected'));
  await gateway.stop();
  t.strictSame(
    lines.map(({ level, message }) => `${level} ${message}`),
    [
      'info gateway listens',
      'info backend connected',
      'info backend disconnected',
      'info gateway stopped',
    ],
  );
  t.match(lines[2], { app: '1', remoteAddress: '127.0.0.1', code: 1006 });
});

t.test('every refusal is a line at debug with its reason, and counts by it', async (t) => {
  const { lines, log } = keptLog();
  const off = { id: '2', key: 'off', secret: SECRET, enabled: false };
  const on = { id: '1', key: 'key', secret: SECRET };
  const gateway = await startGateway(t, { log, apps: [on, off] });
  const { port } = gateway;
  for (const [key, protocol] of [
    ['none', 7],
    ['off', 7],
    ['key', 9],
  ] as const) {
    const browser = await TestSocket.open(t, port, { key, query: `protocol=${protocol}` });
    await browser.closed();
  }
  for (const path of ['/pipe/1', '/pipe/3?auth_key=x', '/nowhere', '/app/1?auth_signature=0']) {
    (await RawSocket.upgrade(port, path)).destroy();
  }
  await RawSocket.exchange(t, port, 'no HTTP\r\n\r\n');
  await new ApiClient(t, gateway).send({
    path: '/events',
    method: 'POST',
    secret: 'wrong',
    body: {},
  });
  await new ApiClient(t, gateway).post('/events', { name: 'x' });
  const socket = await TestSocket.connect(t, port);
  socket.send({ event: 'pusher:subscribe', data: { channel: 'private-a', auth: 'key:00' } });
  socket.send({ event: 'pusher:subscribe', data: { channel: 'no#name' } });
  socket.send({ event: 'pusher:signin', data: { auth: 'key:00', user_data: '{"id":"1"}' } });
  socket.send({ event: 'client-x', channel: 'elsewhere', data: 1 });
  socket.text('{');
  await socket.settled();

  const counted = (await gateway.metrics.registry.metrics()).split('\n').flatMap((line) => {
    const [, entrance, reason, app, n] =
      /^standpipe_refusals_total\{entrance="(.*)",reason="(.*)",app="(.*)"\} (\d+)$/.exec(line) ??
      [];
    return entrance === undefined ? [] : [`${entrance} ${reason} ${app} ${n}`];
  });
  t.strictSame(counted.sort(), [
    'channels app_disabled 2 1',
    'channels app_unknown  1',
    'channels malformed 1 1',
    'channels not_subscribed 1 1',
    'channels signin 1 1',
    'channels subscribe_name 1 1',
    'channels subscribe_proof 1 1',
    'channels unsupported_protocol 1 1',
    'http_api bad_request 1 1',
    'http_api unauthorized 1 1',
    'pipe missing_parameter 1 1',
    'pipe unknown_app  1',
    'pipe_2011 unauthorized 1 1',
    'port bad_request  1',
    'port not_found  1',
  ]);
  const refused = lines.filter(({ message }) => message === 'refused');
  t.equal(refused.length, counted.length);
  for (const { why, entrance } of refused) t.type(why, 'string', String(entrance));
  t.match(refused, [{ entrance: 'channels', reason: 'app_unknown', why: /none does not exist/ }]);
  t.notMatch(JSON.stringify(lines), SECRET);
});

t.test('a log that leaves out debug is not asked to write one line at debug', async (t) => {
  const { lines, log } = keptLog(false);
  const gateway = await startGateway(t, { log });
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  socket.text('{');
  await socket.settled();
  t.strictSame(
    lines.filter(({ level }) => level === 'debug'),
    [],
  );
});

t.test('a reason and an address from outside cannot make labels of metrics', async (t) => {
  const gateway = await startGateway(t);
  for (let i = 0; i < 5; i++) {
    const browser = await TestSocket.open(t, gateway.port, { key: `key-${i}` });
    await browser.closed();
  }
  const text = await gateway.metrics.registry.metrics();
  t.equal(text.match(/^standpipe_refusals_total\{/gm)?.length, 1);
});
