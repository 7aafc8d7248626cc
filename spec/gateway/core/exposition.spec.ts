import t from 'tap';
import type { Gateway } from '../../../lib/gateway';
import { processMetrics } from '../../../lib/gateway/core/exposition/process-metrics';
import { ApiClient } from '../../support/api-client';
import { askAuth } from '../../support/auth-request';
import { decided } from '../../support/deciding-backend';
import { FallbackClient } from '../../support/fallback-client';
import { ManualClock } from '../../support/manual-clock';
import { Opcode, RawSocket } from '../../support/raw-socket';
import { SECRET, startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { until } from '../../support/until';
import { WebhookEndpoint } from '../../support/webhook-endpoint';
import { WireClient } from '../../support/wire-client';

/** Values of a metric by the text of its labels. */
async function read({ metrics }: Gateway, name: string): Promise<object> {
  const text = await metrics.registry.metrics();
  const lines = text.matchAll(new RegExp(`^standpipe_${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'));
  return Object.fromEntries(Array.from(lines, ([, labels = '', value]) => [labels, Number(value)]));
}

/** Value of a metric without labels. */
async function valueOf(gateway: Gateway, name: string): Promise<number> {
  return Object.values(await read(gateway, name))[0] as number;
}

t.test('answers are counted by the entrance that gave them, and their status', async (t) => {
  const gateway = await startGateway(t);
  await TestSocket.connect(t, gateway.port);
  const api = new ApiClient(t, gateway);
  await api.post('/events', { name: 'said', channel: 'room', data: '1' });
  await api.post('/events', 'no JSON');
  await fetch(`${gateway.url}/livez`);
  for (let n = 0; n < 3; n++) await fetch(`${gateway.url}/nothing`);
  await RawSocket.upgrade(gateway.port, '/pipe/1');
  await RawSocket.upgrade(gateway.port, '/nothing');
  await WireClient.open(t, gateway.port);
  await new FallbackClient(t, gateway.port).connect();
  t.strictSame(await read(gateway, 'requests_total'), {
    'entrance="channels",status="101"': 1,
    'entrance="http_api",status="200"': 1,
    'entrance="http_api",status="400"': 1,
    'entrance="health",status="200"': 1,
    'entrance="port",status="404"': 4,
    'entrance="pipe",status="401"': 1,
    'entrance="pipe",status="101"': 1,
    'entrance="fallback",status="200"': 1,
  });
});

t.test('closes are counted by their code, and codes of no protocol as others', async (t) => {
  const gateway = await startGateway(t);
  const sockets = [];
  for (let n = 0; n < 4; n++) sockets.push(await TestSocket.connect(t, gateway.port));
  for (const [n, code] of [1000, 3999, 4998].entries()) {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    sockets[n]?.raw.send(Opcode.CLOSE, payload);
  }
  sockets[3]?.drop();
  await until(() => gateway.socketCount === 0);
  t.strictSame(await read(gateway, 'socket_closes_total'), {
    'code="1000"': 1,
    'code="1006"': 1,
    'code="other"': 2,
  });
});

t.test('bytes of messages and bodies are counted both ways', async (t) => {
  const gateway = await startGateway(t);
  const bytes = async (): Promise<[number, number]> => [
    await valueOf(gateway, 'received_bytes_total'),
    await valueOf(gateway, 'sent_bytes_total'),
  ];
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  const [receivedBefore, sentBefore] = await bytes();
  t.ok(receivedBefore > 50 && sentBefore > 100, `${receivedBefore} and ${sentBefore}`);
  // A masked frame of one length byte: 2 and 4 bytes before the text.
  socket.send({ event: 'pusher:ping' });
  const pong = await socket.nextText();
  const [received, sent] = await bytes();
  t.equal(received - receivedBefore, 6 + '{"event":"pusher:ping"}'.length);
  t.equal(sent - sentBefore, 2 + pong.length);
  const api = new ApiClient(t, gateway);
  const event = { name: 'said', channel: 'nobody', data: 'x'.repeat(5_000) };
  await api.post('/events', event);
  const [receivedBody, sentBody] = await bytes();
  t.equal(receivedBody - received, JSON.stringify(event).length);
  t.equal(sentBody - sent, '{}'.length);
  const fallback = await new FallbackClient(t, gateway.port).connect();
  const [, sentHttp] = await bytes();
  t.ok(sentHttp - sentBody > 100, fallback.id);
});

t.test('a browser that does not read shows in the unsent bytes', async (t) => {
  const gateway = await startGateway(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  t.equal(await valueOf(gateway, 'unsent_bytes'), 0);
  socket.raw.stream.pause();
  const api = new ApiClient(t, gateway);
  const event = { name: 'said', channel: 'room', data: 'x'.repeat(10_000) };
  for (let n = 0; n < 100 && (await valueOf(gateway, 'unsent_bytes')) === 0; n++)
    await Promise.all(Array.from({ length: 20 }, () => api.post('/events', event)));
  t.ok((await valueOf(gateway, 'unsent_bytes')) > 0);
  socket.drop();
  await until(() => gateway.socketCount === 0);
  t.equal(await valueOf(gateway, 'unsent_bytes'), 0);
});

t.test('metrics tell of users, of the limit of connections, and of each app', async (t) => {
  const apps = Array.from({ length: 52 }, (_, n) => ({
    ...{ id: `${n + 1}`, key: n === 0 ? 'key' : `key-${n + 1}`, secret: SECRET },
  }));
  const gateway = await startGateway(t, { apps, limits: { maxConnections: 777 } });
  t.equal(await valueOf(gateway, 'sockets_max'), 777);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.signIn({ id: 'ada' });
  for (const key of ['key-51', 'key-52', 'key-50']) {
    await TestSocket.connect(t, gateway.port, { key });
  }
  await new ApiClient(t, gateway).post('/events', { name: 'said', channel: 'room', data: '1' });
  t.equal(await valueOf(gateway, 'users'), 1);
  const sockets = await read(gateway, 'app_sockets');
  t.match(sockets, { 'app="1"': 1, 'app="2"': 0, 'app="50"': 1, 'app=""': 2 });
  t.equal(Object.keys(sockets).length, 51, 'so many apps that each has its own make no more');
  t.match(await read(gateway, 'app_events_total'), { 'app="1"': 1, 'app="2"': 0, 'app=""': 0 });
});

t.test('metrics tell how full a stream is, and of partitions that nobody handles', async (t) => {
  const gateway = await startGateway(t, { limits: { maxPipeUnackedEvents: 8 } });
  t.equal(await valueOf(gateway, 'pipe_lag_ratio'), 0);
  t.equal(await valueOf(gateway, 'pipe_partitions_unowned'), 0);
  const { client } = await WireClient.attach(t, gateway.port);
  for (let n = 0; n < 2; n++) await TestSocket.connect(t, gateway.port);
  await client.settled();
  t.equal(await valueOf(gateway, 'pipe_lag_ratio'), 0.25);
  t.equal(await valueOf(gateway, 'pipe_partitions_unowned'), 0);
  client.terminate();
  let unowned = 0;
  await until(() => {
    void valueOf(gateway, 'pipe_partitions_unowned').then((value) => (unowned = value));
    return unowned === 1;
  });
  t.equal(await valueOf(gateway, 'pipe_lag_ratio'), 0.25, 'it waits for its backend');
});

t.test('decisions of backends and attempts of webhooks have their times', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('private-*', () => true));
  await askAuth(gateway);
  t.equal(await valueOf(gateway, 'auth_seconds_count'), 1);

  const clock = new ManualClock({ turns: 'real' });
  const endpoint = await WebhookEndpoint.start(t);
  const open: Array<() => void> = [];
  endpoint.answer = (response) => void open.push(() => response.end());
  const webhooks = [{ url: endpoint.url, batch: false }];
  const other = await startGateway(t, { app: { webhooks }, webhookAllow: ['127.0.0.1'], clock });
  const socket = await TestSocket.connect(t, other.port);
  t.equal(await valueOf(other, 'webhook_oldest_waiting_seconds'), 0);
  await socket.subscribe('one');
  await endpoint.received(1, clock);
  clock.advance(2_000);
  t.equal(await valueOf(other, 'webhook_oldest_waiting_seconds'), 2, 'one that is on its way');
  t.equal(await valueOf(other, 'webhook_seconds_count'), 0);
  open[0]?.();
  await until(() => other.metrics.webhookEventsSent === 1, clock);
  t.equal(await valueOf(other, 'webhook_seconds_sum'), 2);
  t.equal(await valueOf(other, 'webhook_oldest_waiting_seconds'), 0);
});

t.test('metrics of the process have its versions and the delay of its event loop', async (t) => {
  const { version } = require('../../../package.json') as { version: string };
  const text = await processMetrics().metrics();
  const { version: node } = process;
  t.match(text, `standpipe_build_info{version="${version}",node="${node}"} 1`);
  const count = async (): Promise<number> => {
    const found = /^standpipe_loop_delay_seconds_count (\d+)$/m.exec(
      await processMetrics().metrics(),
    );
    return Number(found?.[1] ?? 0);
  };
  let looks = 0;
  await until(() => {
    void count().then((value) => (looks = value));
    return looks > 1;
  });
});
