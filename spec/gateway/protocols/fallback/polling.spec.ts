import t from 'tap';
import { ApiClient } from '../../../support/api-client';
import { FallbackClient, messagesOf } from '../../../support/fallback-client';
import { ManualClock } from '../../../support/manual-clock';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';

const PING = { event: 'pusher:ping', data: {} };

t.test('the first poll is answered with the opening and the handshake', async (t) => {
  const { port } = await startGateway(t);
  const client = new FallbackClient(t, port);
  const { status, headers, text } = await client.post(`xhr?${client.query}`);
  t.equal(status, 200);
  t.match(headers, {
    'content-type': 'application/javascript; charset=UTF-8',
    'content-length': String(text.length),
    'cache-control': 'no-store, no-transform, must-revalidate',
    'access-control-allow-origin': '*',
  });
  const [opened, established, ...more] = text.split('\n');
  t.equal(opened, 'o');
  t.match(messagesOf(established), [{ event: 'pusher:connection_established' }]);
  t.strictSame(more, [''], 'and no prelude: its end is what the browser waits for');
});

t.test('a poll waits for the next message, and takes all that came meanwhile', async (t) => {
  const { port } = await startGateway(t);
  const client = await new FallbackClient(t, port).connect();
  const waiting = client.poll();
  await client.send(PING);
  t.match(messagesOf((await waiting)[0]), [{ event: 'pusher:pong' }]);
  await client.send(PING, PING);
  await client.send(PING);
  const lines = await client.poll();
  t.strictSame(lines.flatMap(messagesOf).length, 3);
});

t.test('a poll that has nothing to tell is answered with a heartbeat within 25 s', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  const client = await new FallbackClient(t, port).connect();
  const waiting = client.poll();
  // Answered after the poll had come in.
  await client.send();
  clock.advance(25_000);
  t.strictSame(await waiting, ['h']);
});

t.test(
  'a client whose messages wait for long is sent the latest event with its next poll',
  async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    clock.wallMs = Date.now();
    const gateway = await startGateway(t, { clock });
    const api = new ApiClient(t, gateway);
    const client = await new FallbackClient(t, gateway.port).connect();
    await client.send({ event: 'pusher:subscribe', data: { channel: 'room' } });
    await client.poll();
    const say = (data: string, more: object): Promise<unknown> =>
      api.post('/events', { name: 'e', channel: 'room', data, ...more });
    await say('1', { latest: true });
    clock.advance(250);
    await say('2', { latest: true });
    clock.advance(1);
    await say('3', { latest: true });
    await say('gone', { volatile: true });
    await say('4', { latest: true });
    const heard = async (): Promise<unknown[]> =>
      (await client.poll()).flatMap(messagesOf).map(({ data }) => data);
    t.strictSame(await heard(), ['1', '2']);
    t.strictSame(await heard(), ['4']);
    t.match(gateway.metrics, { latestDrops: 1, volatileDrops: 1 });
    await say('5', { latest: true });
    await say('6', { volatile: true });
    t.strictSame(await heard(), ['5', '6']);
  },
);

t.test('a session lives on 5 s after its last poll, and then it is gone', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const client = await new FallbackClient(t, gateway.port).connect();
  clock.advance(5_000);
  t.equal(await client.send(PING), 204);
  clock.advance(1_000);
  t.equal(await client.send(PING), 404);
  t.equal(gateway.socketCount, 0);
  t.match((await client.poll())[0], 'o', 'a late poll opens a new one');
});

t.test('a second poll takes over from the first, which is told', async (t) => {
  const { port } = await startGateway(t);
  const client = await new FallbackClient(t, port).connect();
  const first = client.receiver('xhr');
  await client.send();
  const second = client.receiver('xhr');
  t.strictSame(await first.all(), ['c[2010,"Another connection has taken this session over"]']);
  await client.send(PING);
  t.match(messagesOf(await second.next()), [{ event: 'pusher:pong' }]);
});

t.test('an answer ends with the line after which the client leaves it', async (t) => {
  const limits = { maxClientEventsPerSecond: 1e6 };
  const { port } = await startGateway(t, { limits });
  const client = await new FallbackClient(t, port).connect();
  await client.subscribe('private-x');
  await client.poll();
  const other = await TestSocket.connect(t, port);
  await other.subscribe('private-x');
  const data = 'x'.repeat(10_000);
  for (let i = 0; i < 60; i++) other.send({ event: `client-${i}`, channel: 'private-x', data });
  await other.settled();
  const names: string[] = [];
  const sizes: number[] = [];
  while (names.length < 60) {
    const lines = await client.poll();
    sizes.push(lines.reduce((sum, line) => sum + line.length + 1, 0));
    names.push(...lines.flatMap(messagesOf).map(({ event }) => event));
  }
  t.strictSame(
    names,
    Array.from({ length: 60 }, (_, i) => `client-${i}`),
  );
  t.equal(sizes.length, 3);
  for (const size of sizes.slice(0, 2)) t.ok(size > 262_144 && size < 262_144 + 10_200, `${size}`);
});

t.test(
  'a session that is not polled holds no more than it may, and is closed with 4100',
  async (t) => {
    const limits = { maxUnsentBytes: 16 * 1024, maxClientEventsPerSecond: 1e6 };
    const gateway = await startGateway(t, { limits });
    const client = await new FallbackClient(t, gateway.port).connect();
    await client.subscribe('private-x');
    await client.poll();
    const other = await TestSocket.connect(t, gateway.port);
    await other.subscribe('private-x');
    const data = 'x'.repeat(10_000);
    for (let i = 0; i < 8; i++) {
      other.send({ event: 'client-x', channel: 'private-x', data });
      await other.settled();
    }
    t.equal(gateway.metrics.socketsCut, 1);
    await other.settled();
    t.equal(gateway.socketCount, 1);
    t.equal(await client.send(PING), 404);
    const close = 'c[4100,"This connection does not read what it is sent"]';
    const lines = await client.poll();
    t.match(messagesOf(lines[0]), [{ event: 'pusher:error', data: { code: 4100 } }]);
    t.strictSame(lines.slice(1), [close], 'and nothing of what it has missed');
    t.strictSame(await client.poll(), [close], 'which it may ask for again');
  },
);

t.test('refusals of the handshake are one answer', async (t) => {
  const { port } = await startGateway(t);
  const client = new FallbackClient(t, port, { key: 'nobody' });
  const [opened, error, closed] = await client.poll();
  t.equal(opened, 'o');
  t.match(messagesOf(error), [{ event: 'pusher:error', data: { code: 4001 } }]);
  t.equal(closed, 'c[4001,"App key nobody does not exist"]');
});

t.test('a client may poll and stream in turn', async (t) => {
  const { port } = await startGateway(t);
  const client = await new FallbackClient(t, port).connect();
  const stream = await client.streamAgain();
  await client.send(PING);
  t.match(messagesOf(await stream.next()), [{ event: 'pusher:pong' }]);
  const poll = client.poll();
  t.match((await stream.all())[0], /^c\[2010,/);
  await client.send(PING);
  t.match(messagesOf((await poll)[0]), [{ event: 'pusher:pong' }]);
});
