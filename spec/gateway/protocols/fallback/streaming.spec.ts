import t from 'tap';
import { FallbackClient, messagesOf } from '../../../support/fallback-client';
import { ManualClock } from '../../../support/manual-clock';
import { RawSocket } from '../../../support/raw-socket';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';

/** Characters of a response after which pusher-js asks anew. */
const ROTATION = 262_144;

t.test('a stream begins with its prelude, the opening and the handshake', async (t) => {
  const { port } = await startGateway(t);
  const client = new FallbackClient(t, port);
  const stream = client.receiver('xhr_streaming');
  const { statusCode, headers } = await stream.head();
  t.equal(statusCode, 200);
  t.match(headers, {
    'content-type': 'application/javascript; charset=UTF-8',
    'cache-control': 'no-store, no-transform, must-revalidate',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'access-control-allow-origin': '*',
  });
  t.notOk('access-control-allow-credentials' in headers);
  t.match(await stream.next(), /^h{2048}$/);
  t.equal(await stream.next(), 'o');
  const [established] = messagesOf(await stream.next());
  t.equal(established?.event, 'pusher:connection_established');
  t.match(JSON.parse(established?.data as string), {
    socket_id: /^\d+\.\d+$/,
    activity_timeout: 120,
  });
});

t.test('messages go in by xhr_send and come out of the stream', async (t) => {
  const gateway = await startGateway(t);
  const client = new FallbackClient(t, gateway.port);
  const stream = await client.stream();
  const { status, text, headers } = await client.post('xhr_send', {
    body: JSON.stringify([
      JSON.stringify({ event: 'pusher:subscribe', data: { channel: 'a' } }),
      JSON.stringify({ event: 'pusher:ping', data: {} }),
    ]),
  });
  t.strictSame([status, text, headers['access-control-allow-origin']], [204, '', '*']);
  const messages = [...messagesOf(await stream.next()), ...messagesOf(await stream.next())];
  t.strictSame(messages, [
    { event: 'pusher_internal:subscription_succeeded', data: '{}', channel: 'a' },
    { event: 'pusher:pong', data: '{}' },
  ]);
  t.equal(await client.send(), 204, 'an empty array, the ping of pusher-js, has no answer');
  t.equal(gateway.socketCount, 1);
});

t.test('to presence and to other browsers it is a socket as any other', async (t) => {
  const { port } = await startGateway(t);
  const client = new FallbackClient(t, port);
  const stream = await client.stream();
  const other = await TestSocket.connect(t, port);
  await other.subscribe('presence-x', { user_id: 'ws' });
  await client.subscribe('presence-x', { user_id: 'xhr' });
  const [joined] = messagesOf(await stream.next());
  t.match(JSON.parse(joined?.data as string), { presence: { count: 2, ids: ['ws', 'xhr'] } });
  t.equal((await other.next()).event, 'pusher_internal:member_added');

  await client.send({ event: 'client-hi', channel: 'presence-x', data: { snow: '☃' } });
  t.strictSame(await other.next(), {
    event: 'client-hi',
    channel: 'presence-x',
    data: { snow: '☃' },
    user_id: 'xhr',
  });
  other.send({ event: 'client-hi', channel: 'presence-x', data: 'ünï😀' });
  t.match(messagesOf(await stream.next()), [{ event: 'client-hi', data: 'ünï😀', user_id: 'ws' }]);
});

t.test('a heartbeat comes within 25 s, and again', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  const client = new FallbackClient(t, port);
  const stream = await client.stream();
  for (let i = 0; i < 10; i++) {
    clock.advance(25_000);
    t.equal(await stream.next(), 'h');
    await client.send();
  }
  t.notOk(stream.over, 'and no deadline of HTTP has ended the response');
});

t.test('the deadlines of requests are none of responses', async (t) => {
  const limits = { headersTimeoutMs: 100, requestTimeoutMs: 100 };
  const { port } = await startGateway(t, { limits });
  const client = new FallbackClient(t, port);
  const stream = await client.stream();
  const poll = (await new FallbackClient(t, port).connect()).receiver('xhr');
  // Younger than both, and ended by its deadline: theirs would be over too.
  const slow = await RawSocket.tcp(port);
  slow.write('POST /pusher/app/key/1/abcdefgh/xhr_send HTTP/1.1\r\nContent-Length: 9\r\n');
  await slow.ended;
  t.equal(slow.status, 408);
  t.notOk(poll.over);
  await client.send({ event: 'pusher:ping' });
  t.match(messagesOf(await stream.next()), [{ event: 'pusher:pong' }]);
});

t.test('a client that answers no heartbeat is closed with 4201', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const client = new FallbackClient(t, gateway.port);
  const stream = await client.stream();
  for (let i = 0; i < 5; i++) {
    clock.advance(25_000);
    t.equal(await stream.next(), 'h');
  }
  clock.advance(24_000);
  t.equal(gateway.socketCount, 1);
  clock.advance(1_000);
  const lines = await stream.all();
  t.equal(lines.at(-1), 'c[4201,"Pong reply not received"]');
  t.equal(gateway.socketCount, 0);
});

t.test('a stream is written no further than the client reads it', async (t) => {
  const gateway = await startGateway(t, { limits: { maxClientEventsPerSecond: 1e6 } });
  const client = new FallbackClient(t, gateway.port);
  const other = await TestSocket.connect(t, gateway.port);
  let stream = await client.stream();
  await client.subscribe('private-x');
  await stream.next();
  await other.subscribe('private-x');

  const data = 'x'.repeat(5_000);
  const count = 200;
  for (let i = 0; i < count; i++) {
    other.send({ event: `client-${i}`, channel: 'private-x', data });
  }
  await other.settled();
  const events: string[] = [];
  let rotations = 0;
  while (events.length < count) {
    const line = await stream.next();
    if (line === undefined) throw new Error('the server ended the stream');
    events.push(...messagesOf(line).map(({ event }) => event));
    if (stream.length <= ROTATION || stream.unread > 0) continue;
    // Exactly what pusher-js does: it aborts and asks again at once.
    t.ok(stream.length < ROTATION + 6_000, 'the line that fills the response is its last');
    stream.abort();
    stream = await client.streamAgain();
    rotations++;
  }
  t.equal(rotations, 3);
  t.strictSame(
    events,
    Array.from({ length: count }, (_, i) => `client-${i}`),
    'and nothing is lost, repeated or out of order',
  );
});

t.test('a new receiver takes over the pending messages, without a second opening', async (t) => {
  const { port } = await startGateway(t);
  const client = new FallbackClient(t, port);
  const first = await client.stream();
  const second = await client.streamAgain();
  await client.send({ event: 'pusher:ping', data: {} });
  t.match(messagesOf(await second.next()), [{ event: 'pusher:pong' }]);
  t.strictSame(
    await first.all(),
    ['c[2010,"Another connection has taken this session over"]'],
    'the first is told, should anybody still listen there',
  );
});

t.test('messages sent between two receivers wait for the second', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const client = new FallbackClient(t, gateway.port);
  const first = await client.stream();
  first.abort();
  await client.send({ event: 'pusher:ping' }, { event: 'pusher:ping' });
  const second = await client.streamAgain();
  for (const line of [await second.next(), await second.next()]) {
    t.match(messagesOf(line), [{ event: 'pusher:pong' }]);
  }
});

t.test('a session that is not received for 5 s has left', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const client = new FallbackClient(t, gateway.port);
  const stream = await client.stream();
  await client.subscribe('presence-x', { user_id: 'xhr' });
  const other = await TestSocket.connect(t, gateway.port);
  await other.subscribe('presence-x', { user_id: 'ws' });
  stream.abort();
  let seconds = 0;
  while (gateway.socketCount > 1) {
    // The server has to see the end of the connection first.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
    seconds++;
  }
  t.ok(seconds > 5, `after ${seconds} s`);
  t.equal((await other.next()).event, 'pusher_internal:member_removed');
  t.equal(await client.send(), 404);
  t.ok(await client.stream(), 'and its name may be used anew');
});

t.test('refusals of the handshake are told and end the stream', async (t) => {
  const { port } = await startGateway(t, { app: { allowedOrigins: ['https://good.example'] } });
  const close = 'pusher:error';
  for (const [options, code] of [
    [{ key: 'nobody' }, 4001],
    [{ query: 'client=js' }, 4008],
    [{ query: 'protocol=8' }, 4007],
    [{ query: 'protocol=7&version=%00' }, 4006],
  ] as const) {
    const client = new FallbackClient(t, port, options);
    const [prelude, opened, error, closed, ...more] = await client.receiver('xhr_streaming').all();
    t.match(prelude, /^h+$/);
    t.equal(opened, 'o');
    t.match(messagesOf(error), [{ event: close, data: { code } }]);
    t.match(closed, new RegExp(`^c\\[${code},".+"\\]$`));
    t.strictSame(more, []);
    t.equal(await client.send(), 404, 'nobody hears it now');
  }
  const client = new FallbackClient(t, port);
  const headers = { Origin: 'https://bad.example' };
  const lines = await client.receiver('xhr_streaming', { headers }).all();
  t.match(lines.at(-1), /^c\[4009,/, 'an origin that is not allowed');
});

t.test('a drain closes with 4100, and new sessions are told to come back', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock, limits: { drainDelayMs: 1 } });
  const client = new FallbackClient(t, gateway.port);
  const stream = await client.stream();
  const other = await TestSocket.connect(t, gateway.port);
  const drained = gateway.drain();
  clock.advance(1);
  const lines = await stream.all();
  t.match(lines, [/pusher:error/, /^c\[4100,"The server restarts: please reconnect"\]$/]);
  const late = await new FallbackClient(t, gateway.port).receiver('xhr', {}).all();
  t.match(late, ['o', /pusher:error/, /^c\[4100,/]);
  const turning = setInterval(() => clock.advance(100), 1);
  t.equal((await other.closed()).code, 4100);
  await drained;
  clearInterval(turning);
});

t.test('a stream that is not read is cut, and everybody else hears everything', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const limits = { maxUnsentBytes: 64 * 1024, maxClientEventsPerSecond: 1e6 };
  const gateway = await startGateway(t, { clock, limits });
  const client = new FallbackClient(t, gateway.port);
  const stream = await client.stream();
  await client.subscribe('private-x');
  await stream.next();
  const other = await TestSocket.connect(t, gateway.port);
  await other.subscribe('private-x');
  await stream.pause();
  const data = 'x'.repeat(10_000);
  for (let i = 0; gateway.metrics.socketsCut === 0 && i < 1_000; i++) {
    other.send({ event: 'client-x', channel: 'private-x', data });
    await other.settled();
  }
  t.equal(gateway.metrics.socketsCut, 1, 'for what waits when its response is full');
  await other.settled();
  t.equal(gateway.socketCount, 1);
});
