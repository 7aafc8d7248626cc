import t from 'tap';
import { Metrics } from '../../../lib/gateway/core/metrics';
import type { Gateway } from '../../../lib/gateway';
import { ApiClient } from '../../support/api-client';
import { ManualClock } from '../../support/manual-clock';
import { startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { WireClient } from '../../support/wire-client';

/** A metric as Prometheus reads it: a value, or a value for each label. */
async function read({ metrics }: Gateway, name: string): Promise<string[]> {
  const lines = (await metrics.registry.metrics()).split('\n');
  return lines.flatMap((line) => {
    if (!line.startsWith(`standpipe_${name}`)) return [];
    return [line.slice(`standpipe_${name}`.length).trim()];
  });
}

t.test('a metric that nobody counts is 0', async (t) => {
  const text = await new Metrics().registry.metrics();
  t.match(text, /^standpipe_sockets 0$/m);
  t.match(text, /^standpipe_socket_cut_total\{reason="overflow"\} 0$/m);
});

t.test('metrics tell how far backends are behind, and since when', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, { clock });
  t.same(await read(gateway, 'pipe_oldest_unacked_seconds'), ['0']);
  const { client } = await WireClient.attach(t, gateway.port);
  await TestSocket.connect(t, gateway.port);
  clock.advance(2_500);
  await TestSocket.connect(t, gateway.port);
  await client.settled();
  t.same(await read(gateway, 'pipe_lag_events'), ['2']);
  t.same(await read(gateway, 'pipe_oldest_unacked_seconds'), ['2.5']);
  client.send({
    type: 'ack',
    positions: [{ partition: 0, generation: 1, epoch: 1, offset: 1 }],
  });
  await client.settled();
  t.same(await read(gateway, 'pipe_lag_events'), ['1']);
  t.same(await read(gateway, 'pipe_oldest_unacked_seconds'), ['0']);
});

t.test('metrics count returns of backends and gaps by their cause', async (t) => {
  const gateway = await startGateway(t, { limits: { maxPipeUnackedEvents: 2 } });
  const { port } = gateway;
  const first = await WireClient.attach(t, port);
  const { session, secret } = first.welcome;
  first.client.terminate();
  for (let i = 0; i < 5; i++) await TestSocket.connect(t, port);
  const second = await WireClient.open(t, port);
  await second.hello({ session, proof: second.proof(secret, 2), attempt: 2 });
  await second.settled();
  t.same(await read(gateway, 'pipe_resumes_total'), ['{result="new"} 1', '{result="resumed"} 1']);
  t.same(await read(gateway, 'pipe_gaps_total'), [
    ...['{cause="overflow"} 1', '{cause="expired"} 0', '{cause="store_lost"} 0'],
    '{cause="node_lost"} 0',
  ]);
  t.same(await read(gateway, 'pipe_events_dropped_total'), ['3']);
  t.same(await read(gateway, 'pipe_redelivered_total'), ['0']);
});

t.test('/metrics has the metrics of the gateway and of its process, each once', async (t) => {
  const ports: number[] = [];
  for (let gateways = 1; gateways <= 2; gateways += 1) {
    const gateway = await startGateway(t, { metrics: { port: 0 } });
    ports.push(gateway.metricsPort ?? 0);
    const response = await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`);
    t.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    for (const name of [
      'sockets',
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_gc_duration_seconds',
      'nodejs_heap_size_used_bytes',
    ]) {
      const types = text.split('\n').filter((line) => line.startsWith(`# TYPE standpipe_${name} `));
      t.equal(types.length, 1, name);
    }
    t.match(text, /^standpipe_process_cpu_seconds_total [\d.]+$/m);
    t.equal((await fetch(`http://127.0.0.1:${gateway.metricsPort}/`)).status, 404);
  }
  t.not(ports[0], ports[1]);
});

t.test('a gateway without a port of metrics has none', async (t) => {
  t.equal((await startGateway(t)).metricsPort, undefined);
});

t.test('histograms tell how long publishes and handlers take', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, { clock });
  const { client } = await WireClient.attach(t, gateway.port);
  const socket = await TestSocket.connect(t, gateway.port);
  await client.settled();
  clock.advance(700);
  const ack = { partition: 0, generation: 1, epoch: 1, offset: 1 };
  client.send({ type: 'ack', positions: [ack] });
  // A repeated acknowledgement has handled nothing.
  client.send({ type: 'ack', positions: [ack] });
  await client.settled();
  t.same(await read(gateway, 'pipe_handling_seconds_sum'), ['0.7']);
  t.same(await read(gateway, 'pipe_handling_seconds_count'), ['1']);
  t.same(await read(gateway, 'pipe_handling_seconds_bucket{le="0.5"}'), ['0']);
  t.same(await read(gateway, 'pipe_handling_seconds_bucket{le="1"}'), ['1']);

  await socket.subscribe('room');
  t.same(await read(gateway, 'publish_seconds_count'), ['0'], 'nobody heard anything so far');
  const api = new ApiClient(t, gateway);
  await api.post('/events', { name: 'said', channel: 'room', data: '1' });
  await socket.next();
  t.same(await read(gateway, 'publish_seconds_count'), ['1']);
});

t.test('a token guards the metrics', async (t) => {
  const token = 'a-token-of-the-specs-only';
  const gateway = await startGateway(t, { metrics: { port: 0, token } });
  const scrape = async (authorization?: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`, {
      headers: authorization === undefined ? {} : { authorization },
    });
  for (const wrong of [undefined, `Bearer ${token}x`, token, `Basic ${token}`, 'Bearer ']) {
    const response = await scrape(wrong);
    t.equal(response.status, 401, String(wrong));
    t.equal(response.headers.get('www-authenticate'), 'Bearer');
    t.notMatch(await response.text(), /standpipe_|a-token/);
  }
  for (const right of [`Bearer ${token}`, `bearer ${token}`]) {
    t.equal((await scrape(right)).status, 200);
  }
  await t.rejects(startGateway(t, { metrics: { port: 0, token: 'short' } }), {
    message: /^metrics\.token: must be 20 to 256 characters/,
  });
});
