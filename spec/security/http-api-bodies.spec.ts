import { Readable } from 'node:stream';
import t from 'tap';
import { ApiClient, type ApiRequest, rawRequest } from '../support/api-client';
import { RawSocket } from '../support/raw-socket';
import { startGateway } from '../support/start-gateway';
import { until } from '../support/until';

const event = { name: 'e', channel: 'room', data: 'd' };
const publish: ApiRequest = { method: 'POST', path: '/events', body: event };

t.test("a stranger's body is read past and not kept", async (t) => {
  const { port } = await startGateway(t);
  const concat = t.capture(Buffer, 'concat', Buffer.concat);
  const body = 'x'.repeat(200_000);
  const known = rawRequest({ ...publish, body });
  const strange = known.replace(/auth_signature=\w/, 'auth_signature=-');
  for (const [request, status, kept] of [
    [strange, 401, 0],
    [known, 400, body.length],
  ] as const) {
    const raw = await RawSocket.tcp(port);
    concat();
    raw.write(request);
    await until(() => raw.head.includes('\r\n\r\n'));
    t.match(raw.head, new RegExp(`^HTTP/1\\.1 ${status} `));
    const lengths = concat().map(({ args: [chunks] }) =>
      chunks.reduce((sum, { length }) => sum + length, 0),
    );
    t.equal(Math.max(0, ...lengths), kept);
    raw.destroy();
  }
});

t.test('a body that is announced too large is refused at once', async (t) => {
  const { port } = await startGateway(t);
  const request = rawRequest(publish).split('Content-Length')[0] ?? '';
  for (const length of ['262145', '1073741824', '99999999999999']) {
    const raw = await RawSocket.exchange(t, port, `${request}Content-Length: ${length}\r\n\r\n`);
    t.match(
      raw.head,
      /^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n[^]*exceeds the allowed maximum \(262144 bytes\)\n$/,
    );
  }
});

t.test('a body that comes in chunks is refused at the byte that is too many', async (t) => {
  const { port } = await startGateway(t, { limits: { maxRequestBytes: 1000 } });
  const raw = await RawSocket.tcp(port);
  t.teardown(() => raw.destroy());
  const request = rawRequest(publish).split('Content-Length')[0] ?? '';
  raw.write(`${request}Transfer-Encoding: chunked\r\n\r\n`);
  for (let i = 0; i < 10; i++) raw.write(`64\r\n${'x'.repeat(100)}\r\n`);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(raw.head, '', '1000 are not too many');
  raw.write('1\r\nx\r\n');
  await raw.ended;
  t.match(raw.head, /^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n/);
});

t.test('a body in very many chunks is refused, and what follows costs nothing', async (t) => {
  const { port } = await startGateway(t);
  const request = rawRequest(publish).split('Content-Length')[0] ?? '';
  const head = `${request}Transfer-Encoding: chunked\r\n\r\n`;
  const chunks = (count: number): string => '1\r\nx\r\n'.repeat(count);
  const some = await RawSocket.tcp(port);
  t.teardown(() => some.destroy());
  some.write(`${head}${chunks(1_024)}0\r\n\r\n`);
  await until(() => some.status !== 0);
  t.equal(some.status, 401, 'the body is not the one that was signed');

  const kept = t.capture(Readable.prototype, 'push', Readable.prototype.push);
  const many = await RawSocket.exchange(t, port, `${head}${chunks(10_000)}`);
  t.match(many.head, /^HTTP\/1\.1 413 [^]*more than 1024 chunks/);
  const pieces = kept().filter(({ args: [piece] }) => (piece as Buffer | null)?.length === 1);
  t.equal(pieces.length, 1_024);
});

t.test('a client that goes on sending still hears the reason', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const answer = await api.post('/events', Buffer.alloc(4 * 1024 * 1024, 0x20));
  t.match(answer, { status: 413, headers: { connection: 'close' } });
  t.match(await api.post('/events', event), { status: 200 }, 'and others notice nothing');
});

t.test('a body of just the allowed size is read', async (t) => {
  const limits = { maxRequestBytes: 1000 };
  const api = new ApiClient(t, await startGateway(t, { limits }));
  const text = JSON.stringify(event);
  t.equal((await api.post('/events', text.padEnd(1000))).status, 200);
  t.equal((await api.post('/events', text.padEnd(1001))).status, 413);
});

t.test('an encoded body is refused', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  for (const encoding of ['gzip', 'br', 'deflate', 'identity, gzip', 'x']) {
    const headers = { 'Content-Encoding': encoding };
    t.match(await api.send({ ...publish, headers }), {
      status: 415,
      headers: { connection: 'close' },
    });
  }
});

t.test('the largest request that may be is taken', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const data = 'x'.repeat(10_240);
  const channels = Array.from({ length: 100 }, (_, i) => `c${i}`.padEnd(164, 'x'));
  t.equal((await api.post('/events', { name: 'n'.repeat(200), channels, data })).status, 200);
  const batch = channels.slice(0, 10).map((channel) => ({ name: 'e', channel, data }));
  t.equal((await api.post('/batch_events', { batch })).status, 200);
});
