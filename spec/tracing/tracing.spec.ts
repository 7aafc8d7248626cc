import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import Pusher from 'pusher-js';
import t, { type Test } from 'tap';
import { createClient } from '../../lib';
import { attachBackChannel } from '../../lib/back-channel';
import { ApiClient } from '../support/api-client';
import { SECRET, startGateway } from '../support/start-gateway';
import { hasRedis, TestRedis } from '../support/start-redis';
import { until } from '../support/until';

type Logged = Record<string, unknown>;

const spans = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(spans)],
}).getTracer('page');
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
);

/** A sampled trace of a page or server, as `traceparent`. */
function newTrace(): { traceId: string; spanId: string; traceparent: string } {
  const span = tracer.startSpan('click', {}, context.active());
  span.end();
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

function spansOf(traceId: string): ReadableSpan[] {
  return spans.getFinishedSpans().filter((each) => each.spanContext().traceId === traceId);
}

/** The finished span of a name in a trace. */
function spanOf(traceId: string, name: string): ReadableSpan | undefined {
  return spansOf(traceId).find((each) => each.name === name);
}

function idOf(span: ReadableSpan | undefined): string | undefined {
  return span?.spanContext().spanId;
}

/** A logger that keeps its lines. */
function keeper(lines: Logged[]) {
  const keep = (details: object, message: string): void => void lines.push({ ...details, message });
  return { debug: keep, info: keep, warn: keep, error: keep };
}

/** A gateway, a backend and a browser, the first two with tracing. */
async function traced(t: Test) {
  const gatewayLines: Logged[] = [];
  const lines: Logged[] = [];
  const gateway = await startGateway(t, {
    tracing: true,
    metrics: { host: '127.0.0.1', port: 0 },
    log: keeper(gatewayLines),
  });
  const { port } = gateway;
  const options = { key: 'key', secret: SECRET, appId: 1, port, group: 'game', tracing: true };
  const client = createClient({ ...options, log: keeper(lines) });
  t.teardown(() => client.disconnect());
  client.subscribe(['socket_message']);
  await client.connect();
  const pusher = new Pusher('key', {
    cluster: '',
    wsHost: '127.0.0.1',
    wsPort: port,
    forceTLS: false,
    enabledTransports: ['ws'],
  });
  t.teardown(async () => {
    pusher.disconnect();
    // A close that nobody answers would keep the process alive for half a minute.
    await until(() => gateway.socketCount === 0);
  });
  const browser = attachBackChannel(pusher).back_channel;
  await until(() => pusher.connection.state === 'connected');
  return { gateway, client, pusher, browser, lines, gatewayLines };
}

void t.test('a trace goes from a browser to its backend and back', async (t) => {
  const { gateway, client, pusher, browser, lines, gatewayLines } = await traced(t);
  const heard: unknown[] = [];
  browser.bind('answer', (data) => void heard.push(data));
  client.sockets.on('event:ask', async (socketId) => {
    await Promise.resolve();
    await client.socket(String(socketId)).publish('answer', 'yes');
    throw new Error('late');
  });
  const { traceId, spanId, traceparent } = newTrace();
  browser.trigger('ask', { a: 1 }, traceparent);
  await until(() => heard.length === 1 && spanOf(traceId, 'forward game') !== undefined);
  await until(() => spanOf(traceId, 'process socket') !== undefined);
  const forward = spanOf(traceId, 'forward game');
  const process = spanOf(traceId, 'process socket');
  const publish = spanOf(traceId, 'publish socket');
  const fanOut = spanOf(traceId, 'fan-out socket');
  t.equal(forward?.parentSpanContext?.spanId, spanId);
  t.equal(process?.parentSpanContext?.spanId, idOf(forward));
  t.equal(publish?.parentSpanContext?.spanId, idOf(process));
  t.equal(fanOut?.parentSpanContext?.spanId, idOf(publish));
  t.equal(process?.links[0]?.context.spanId, idOf(forward), 'the handler links to its message');
  t.match(forward?.attributes, {
    'messaging.system.name': 'standpipe',
    'messaging.consumer.group.name': 'game',
    'standpipe.offset': 1,
  });
  t.match(process?.attributes, {
    'messaging.client.id': pusher.connection.socket_id,
    'standpipe.event': 'ask',
    'error.type': 'handler_failed',
  });
  t.equal(fanOut?.attributes['standpipe.sockets'], 1);
  t.equal(spansOf(traceId).length, 5);

  const failed = lines.find(({ message }) => String(message).includes('late'));
  t.equal(failed?.['trace_id'], traceId, 'the line of the failure names the trace');
  t.equal(failed?.['span_id'], idOf(process));
  const published = gatewayLines.find(({ message }) => message === 'published');
  t.equal(published?.['trace_id'], traceId, 'so does the line of the gateway');
  t.equal(published?.['span_id'], idOf(fanOut));
  t.notOk(gatewayLines.some((line) => 'trace_id' in line && line['trace_id'] !== traceId));

  const url = `http://127.0.0.1:${gateway.metricsPort}/metrics`;
  const open = await fetch(url, {
    headers: { Accept: 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.4' },
  });
  t.equal(
    open.headers.get('content-type'),
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  );
  const body = await open.text();
  const exemplar = `{trace_id="${traceId}",span_id="${idOf(forward)}"}`;
  const measured = body.split('\n').filter((line) => line.includes(exemplar));
  t.equal(measured.length, 1);
  t.match(
    measured[0],
    /^standpipe_pipe_handling_seconds_bucket\{le="[^"]+"\} 1 # \{.*\} [\d.]+ [\d.]+$/,
  );
  t.match(
    body,
    /^# TYPE standpipe_messages_received counter\nstandpipe_messages_received_total 1$/m,
  );
  t.ok(body.endsWith('\n# EOF\n'));
  const plain = await fetch(url);
  t.equal(plain.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const text = await plain.text();
  t.match(
    text,
    /^# TYPE standpipe_messages_received_total counter\nstandpipe_messages_received_total 1$/m,
  );
  t.notMatch(text, /trace_id|# EOF/);
});

void t.test(
  'a trigger of a traced program and a request of a server are traced to their sockets',
  async (t) => {
    const { gateway, client, pusher } = await traced(t);
    const heard: string[] = [];
    const room = pusher.subscribe('room-7');
    room.bind('said', (data: string) => void heard.push(data));
    await until(() => room.subscribed);

    const parent = tracer.startSpan('job');
    const { traceId } = parent.spanContext();
    const within = trace.setSpan(context.active(), parent);
    const told = context.with(within, () => client.channel('room-7').publish('said', 'one'));
    await told;
    context.with(within, () => client.channel('private-room-7').trigger('said', 'nobody hears'));
    await until(() => spanOf(traceId, 'fan-out private-*') !== undefined);
    const publish = spanOf(traceId, 'publish *');
    t.equal(publish?.parentSpanContext?.spanId, parent.spanContext().spanId);
    t.equal(spanOf(traceId, 'fan-out *')?.parentSpanContext?.spanId, idOf(publish));
    t.match(spanOf(traceId, 'fan-out *')?.attributes, {
      'messaging.destination.name': 'room-7',
      'standpipe.sockets': 1,
    });
    t.ok(spanOf(traceId, 'publish private-*'), 'a trigger without a callback has its span');

    const server = newTrace();
    const api = new ApiClient(t, gateway);
    await api.post(
      '/events',
      { name: 'said', channel: 'room-7', data: 'two' },
      { headers: { traceparent: server.traceparent } },
    );
    const name = 'POST /apps/{id}/events';
    await until(() => spanOf(server.traceId, name) !== undefined && heard.length === 2);
    await until(() => spanOf(server.traceId, 'fan-out *') !== undefined);
    const request = spanOf(server.traceId, name);
    t.equal(request?.parentSpanContext?.spanId, server.spanId);
    t.equal(request?.attributes['http.response.status_code'], 200);
    t.equal(spanOf(server.traceId, 'fan-out *')?.parentSpanContext?.spanId, idOf(request));
    t.strictSame(heard, ['one', 'two']);

    const refused = newTrace();
    await api.post(
      '/events',
      { name: 'said', channel: 'no room', data: 'three' },
      { headers: { traceparent: refused.traceparent } },
    );
    await until(() => spanOf(refused.traceId, name) !== undefined);
    const refusal = spanOf(refused.traceId, name);
    t.equal(refusal?.attributes['http.response.status_code'], 400);
    t.equal(refusal?.status.code, SpanStatusCode.UNSET, 'a refusal is no failure of the gateway');
  },
);

void t.test('a span of several gateways ends when their broker has the event', async (t) => {
  if (!hasRedis(t)) return;
  const { address } = await TestRedis.start(t);
  const gateway = await startGateway(t, { tracing: true, broker: { redis: address } });
  const { traceId, traceparent } = newTrace();
  const api = new ApiClient(t, gateway);
  await api.post(
    '/events',
    { name: 'said', channel: 'room', data: 'x' },
    { headers: { traceparent } },
  );
  await until(() => spanOf(traceId, 'fan-out *') !== undefined);
  const fanOut = spanOf(traceId, 'fan-out *');
  t.equal(fanOut?.attributes['standpipe.sockets'], undefined, 'nobody knows how many they are');
  const request = spanOf(traceId, 'POST /apps/{id}/events');
  t.equal(fanOut?.parentSpanContext?.spanId, idOf(request));
});

void t.test('contexts that are malformed, not sampled or too many begin no spans', async (t) => {
  const { client, browser } = await traced(t);
  const heard: unknown[] = [];
  client.sockets.on('event:ask', (_socketId, data) => void heard.push(data));
  const { traceId, spanId } = newTrace();
  spans.reset();
  const bad = [`00-${traceId}-${spanId}-00`, `00-${traceId}-01`, 'x'.repeat(1_000), ''];
  for (const each of bad) browser.trigger('ask', each, each);
  await until(() => heard.length === bad.length);
  t.same(spans.getFinishedSpans(), []);
  for (let n = 0; n < 150; n++) browser.trigger('ask', n, `00-${traceId}-${spanId}-01`);
  await until(() => heard.length === bad.length + 150);
  const processed = spansOf(traceId).filter((each) => each.name === 'process socket');
  t.ok(processed.length >= 10 && processed.length < 150, `${processed.length} of 150`);
});

void t.test('without the option nothing is traced, whatever the peers send', async (t) => {
  const other = await traced(t);
  void other.client.disconnect();
  const gateway = await startGateway(t);
  const client = createClient({ key: 'key', secret: SECRET, appId: 1, port: gateway.port });
  t.teardown(() => client.disconnect());
  await client.connect();
  spans.reset();
  await context.with(trace.setSpan(context.active(), tracer.startSpan('job')), () =>
    client.channel('room').publish('said', 1),
  );
  t.same(spans.getFinishedSpans(), []);
});
