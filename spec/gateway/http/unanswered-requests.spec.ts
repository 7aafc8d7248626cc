import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t, { type Test } from 'tap';
import { BytePool } from '../../../lib/gateway/core/timing/byte-pool';
import { forgetHead, UnansweredRequests } from '../../../lib/gateway/http/unanswered-requests';
import { RawSocket } from '../../support/raw-socket';
import { until } from '../../support/until';

const MAX_BYTES = 64 * 1024;
/** Requests on their way at a time, where many are sent. */
const TOGETHER = 20;

/** A server that counts its requests, and answers those that `answer` is called for. */
async function counting(t: Test): Promise<{
  pool: BytePool;
  port: number;
  responses: ServerResponse[];
  /** Looks at each request for another protocol. */
  upgrades: Array<() => void>;
  send(bytes: string): Promise<RawSocket>;
}> {
  const pool = new BytePool(MAX_BYTES);
  const requests = new UnansweredRequests(pool, (socket) => {
    socket.end('refused', () => socket.destroy());
  });
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (!requests.add(request, response)) return;
    request.on('data', () => undefined);
    responses.push(response);
  }).listen(0, '127.0.0.1');
  server.on('connection', (socket) => requests.watch(socket));
  const upgrades: Array<() => void> = [];
  server.on('upgrade', (request, socket) => {
    socket.resume().on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    if (requests.addUpgrade(request)) upgrades.push(() => requests.asked(request.socket));
  });
  t.teardown(() => (server.closeAllConnections(), server.close()));
  await new Promise((resolve) => void server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const send = async (bytes: string): Promise<RawSocket> => {
    const raw = await RawSocket.tcp(port);
    t.teardown(() => raw.destroy());
    raw.write(bytes);
    return raw;
  };
  return { pool, port, responses, upgrades, send };
}

const head = (bytes: number, length = 0): string =>
  `POST / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(bytes)}\r\nContent-Length: ${length}\r\n\r\n`;

t.test('heads whose bodies do not come are refused when all together are too many', async (t) => {
  const { pool, responses, send } = await counting(t);
  const raws = [];
  for (let n = 0; n < 5; n++) {
    raws.push(await send(head(12_000, 100)));
    if (n < 4) await until(() => responses.length > n);
  }
  await raws[4]?.ended;
  t.equal(raws[4]?.head, 'refused');
  t.equal(responses.length, 4);
  raws[0]?.destroy();
  await until(() => pool.bytes < 50_000);
  t.equal((await send(head(12_000, 100)), await until(() => responses.length === 5), 5), 5);
  for (const raw of raws) raw.destroy();
});

t.test('bodies count by their bytes and their pieces', async (t) => {
  const { pool, responses, send } = await counting(t);
  const slow = await send(head(10, 1_000));
  await until(() => responses.length === 1);
  let bytes = pool.bytes;
  for (let n = 0; n < 10; n++) {
    slow.write('x');
    await until(() => pool.bytes > bytes);
    t.ok(pool.bytes - bytes > 100);
    bytes = pool.bytes;
  }
  const big = await send(head(10, 100_000) + 'x'.repeat(99_999));
  await big.ended;
  t.equal(big.head, 'refused');
  await until(() => pool.bytes === bytes);
});

t.test(
  'an answer, the end of the connection, and a head forgotten give the bytes back',
  async (t) => {
    const { pool, responses, send } = await counting(t);
    const raw = await send(head(1_000) + head(1_000));
    await until(() => responses.length === 2);
    const both = pool.bytes;
    responses[0]?.end('ok');
    await until(() => pool.bytes < both);
    t.ok(pool.bytes > 1_000);
    raw.destroy();
    await until(() => pool.bytes === 0);
    const other = await send(head(1_000) + head(1_000));
    await until(() => responses.length === 4);
    const [first, second] = responses.slice(2) as [ServerResponse, ServerResponse];
    forgetHead(first);
    t.strictSame([first.req.headers, first.req.url], [{}, '']);
    forgetHead(second);
    t.equal(pool.bytes, 0);
    first.end();
    second.end();
    await until(() => other.head.split('HTTP/1.1 200').length === 3);
    other.destroy();
    await other.ended;
    t.equal(pool.bytes, 0, 'once');
  },
);

t.test('a request behind the beginning of an answer is not refused into it', async (t) => {
  const { responses, send } = await counting(t);
  const raw = await send(head(1_000));
  await until(() => responses.length === 1);
  responses[0]?.write('begun');
  raw.write(head(10, 100_000) + 'x'.repeat(90_000));
  await raw.ended;
  t.match(raw.head, /begun/);
  t.notMatch(raw.head, /refused/);
});

t.test('a head of many lines counts before its end', async (t) => {
  const { pool, responses, send } = await counting(t);
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, n) => `X-${n}: ${'x'.repeat(150)}\r\n`).join('');
  const begun = `GET / HTTP/1.1\r\nHost: x\r\n${lines(100)}`;
  const raws = [];
  for (let n = 0; n < 8; n++) raws.push(await send(begun));
  await Promise.any(raws.map(({ ended }) => ended));
  t.equal(raws.find(({ stream }) => stream.destroyed)?.head, 'refused');
  t.ok(pool.bytes > 30_000);
  const one = raws.find(({ stream }) => !stream.destroyed);
  one?.write('\r\n');
  await until(() => responses.length === 1);
  t.equal(responses[0]?.req.headers['x-99']?.length, 150);
  responses[0]?.end('ok');
  await until(() => one?.head.endsWith('ok') === true);
  one?.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => responses.length === 2);
  for (const raw of raws) raw.destroy();
  await until(() => pool.bytes === 0);
});

t.test('requests for another protocol count until they are looked at', async (t) => {
  const { pool, upgrades, send } = await counting(t);
  const upgrade = `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\nX: ${'x'.repeat(12_000)}\r\n\r\n`;
  const raws = [];
  for (let n = 0; n < 5; n++) {
    raws.push(await send(upgrade));
    if (n < 4) await until(() => upgrades.length > n);
  }
  await raws[4]?.ended;
  t.equal(raws[4]?.head, 'refused');
  upgrades[0]?.();
  t.ok(pool.bytes < 50_000);
  raws.push(await send(upgrade));
  await until(() => upgrades.length === 5);
  for (const raw of raws) raw.destroy();
  await until(() => pool.bytes === 0);
});

t.test('requests with a body are collected with the young objects', async (t) => {
  const { responses, send } = await counting(t);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
  const raw = await send('');
  const answered = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += TOGETHER) {
      raw.write(`${head(10, 4)}body`.repeat(TOGETHER));
      await until(() => responses.length === TOGETHER);
      for (const response of responses.splice(0)) response.end();
    }
    collect({ type: 'minor' });
    collect({ type: 'minor' });
  };
  await answered(300);
  const before = oldBytes();
  await answered(600);
  t.ok(oldBytes() - before < 600 * 1_500, `${(oldBytes() - before) / 600} bytes of each are left`);
});

function oldBytes(): number {
  const old = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space');
  return old?.space_used_size ?? 0;
}
