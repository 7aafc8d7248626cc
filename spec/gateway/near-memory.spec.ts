import v8 from 'node:v8';
import t, { type Test } from 'tap';
import type { Gateway } from '../../lib/gateway/gateway';
import { ApiClient } from '../support/api-client';
import { ManualClock } from '../support/manual-clock';
import { frame, Opcode, RawSocket } from '../support/raw-socket';
import { startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { until } from '../support/until';

const MIB = 1024 * 1024;
const LIVEZ = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n';

/** A gateway whose heap is as full as it is said to be. */
async function gatewayOfHeap(
  t: Test,
): Promise<{ gateway: Gateway; clock: ManualClock; fill(share: number): void }> {
  const clock = new ManualClock({ turns: 'real' });
  let share = 0;
  const real = v8.getHeapStatistics();
  t.capture(v8, 'getHeapStatistics', () => {
    const limit = 1024 * MIB;
    return { ...real, heap_size_limit: limit, used_heap_size: share * limit };
  });
  const gateway = await startGateway(t, { clock });
  const fill = (next: number): void => {
    share = next;
    clock.advance(20);
  };
  return { gateway, clock, fill };
}

/** A connection with bytes sent, once they have arrived. */
async function sending(t: Test, port: number, bytes: string): Promise<RawSocket> {
  const raw = await RawSocket.tcp(port);
  t.teardown(() => raw.destroy());
  raw.write(bytes);
  // An answer to another one shows that the bytes were read.
  await RawSocket.exchange(t, port, LIVEZ.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  return raw;
}

t.test(
  'near the end of memory a new connection is for one request, and few are open',
  async (t) => {
    const { gateway, clock, fill } = await gatewayOfHeap(t);
    const { port } = gateway;
    const old = await TestSocket.connect(t, port);
    await old.subscribe('room');
    fill(0.9);
    const browser = await RawSocket.upgrade(port);
    t.match([browser.status, browser.head], [503, /Retry-After/]);
    const health = await RawSocket.exchange(t, port, LIVEZ);
    t.match(health.head, /^HTTP\/1\.1 200 [^]*Connection: close/);
    const api = new ApiClient(t, gateway);
    const event = { name: 'hi', channel: 'room', data: '1' };
    const timestamp = Math.floor(clock.wall() / 1_000);
    const { status } = await api.post('/events', event, { timestamp });
    t.equal(status, 200, 'publishes go on');
    t.match(await old.next(), { event: 'hi' });
    const idle = await Promise.all(Array.from({ length: 200 }, () => RawSocket.tcp(port)));
    const open = (): number => idle.filter(({ stream }) => !stream.destroyed).length;
    await RawSocket.exchange(t, port, LIVEZ);
    t.equal(open(), 200, 'some are served, as many are told, and further ones closed at once');
    clock.advance(2_000);
    await until(() => open() === 0);
    t.match((await RawSocket.exchange(t, port, LIVEZ)).head, /^HTTP\/1\.1 200 /);
    fill(0.2);
    await TestSocket.connect(t, port);
  },
);

t.test('near the end of memory idle connections and unfinished requests are ended', async (t) => {
  const { gateway, clock, fill } = await gatewayOfHeap(t);
  const { port } = gateway;
  const idle = await sending(t, port, '');
  const answered = await sending(t, port, LIVEZ);
  const head = 'POST /pusher/auth/key HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n';
  const half = [await sending(t, port, head), await sending(t, port, 'GET /li')];
  const used = await sending(t, port, LIVEZ);
  fill(0.9);
  for (let s = 0; s < 6; s++) {
    const { length } = used.head;
    used.write(LIVEZ);
    await until(() => used.head.length > length);
    clock.advance(1_000);
  }
  t.notOk(used.stream.destroyed, 'not those in use');
  await Promise.all([idle, answered].map(({ ended }) => ended));
  for (const raw of half) {
    await raw.ended;
    t.match(raw.head, /^HTTP\/1\.1 408 /);
  }
});

t.test('near the end of memory a sign-in is refused, and the socket goes on', async (t) => {
  const { gateway, fill } = await gatewayOfHeap(t);
  const socket = await TestSocket.connect(t, gateway.port);
  fill(0.9);
  const user = { id: 'ann', watchlist: ['bob'] };
  t.match(await socket.signIn(user), {
    event: 'pusher:error',
    data: { code: 4100, message: /no memory left for sign-ins/ },
  });
  fill(0.2);
  t.match(await socket.signIn(user), { event: 'pusher:signin_success' });
});

t.test('near the end of memory messages that come slowly or in many pieces are cut', async (t) => {
  const { gateway, clock, fill } = await gatewayOfHeap(t);
  const { port } = gateway;
  const [slow, shredded, whole] = [
    await TestSocket.connect(t, port),
    await TestSocket.connect(t, port),
    await TestSocket.connect(t, port),
  ];
  const message = frame(Opcode.TEXT, JSON.stringify({ event: 'note', data: 'x'.repeat(5_000) }));
  slow.raw.write(message.subarray(0, 20));
  whole.raw.write(message);
  for (const socket of [whole, shredded]) await socket.settled();
  clock.advance(3_000);
  t.equal(gateway.socketCount, 3, 'there is time while there is memory');
  fill(0.9);
  for (let n = 0; n < 20; n++) {
    shredded.raw.write(message.subarray(n, n + 1));
    await whole.settled();
  }
  t.match(await shredded.closed(), { code: 4100, reason: /no memory left for messages/ });
  clock.advance(1_000);
  t.match(await slow.closed(), { code: 4100, reason: /no memory left for messages/ });
  whole.raw.write(message);
  await whole.settled();
});
