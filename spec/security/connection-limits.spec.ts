import { Agent } from 'node:http';
import { connect } from 'node:net';
import t from 'tap';
import { ApiClient, rawRequest } from '../support/api-client';
import { ask, FallbackClient } from '../support/fallback-client';
import { ManualClock } from '../support/manual-clock';
import { RawSocket } from '../support/raw-socket';
import { startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { certificate } from '../support/tls';
import { turns, until } from '../support/until';

const LIVEZ = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n';
const NOTHING = 'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n';

/** Connections that have made a request each and stay open. */
async function kept(port: number, count: number): Promise<RawSocket[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const raw = await RawSocket.tcp(port);
      raw.write(LIVEZ);
      await until(() => raw.head.endsWith('ok\n'));
      return raw;
    }),
  );
}

for (const [limits, reason] of [
  [{ maxConnections: 3 }, 'Over capacity'],
  [{ maxConnectionsPerAddress: 3 }, 'Too many connections of your address'],
] as const) {
  const name = Object.keys(limits).join();

  t.test(`HTTP connections that stay count towards ${name}`, async (t) => {
    const { port } = await startGateway(t, { limits });
    const open = await kept(port, 3);
    t.teardown(() => open.forEach((raw) => raw.destroy()));
    const socket = await RawSocket.upgrade(port);
    t.match(socket.head, new RegExp(`^HTTP/1\\.1 503 [^]*${reason}\n$`));
    const request = await RawSocket.exchange(t, port, NOTHING);
    t.match(request.head, new RegExp(`^HTTP/1\\.1 503 [^]*Connection: close[^]*${reason}\n$`));
    const health = await RawSocket.exchange(t, port, LIVEZ);
    t.match(health.head, /^HTTP\/1\.1 200 /, 'health is answered all the same');
    open[0]?.destroy();
    await until(() => open[0]?.stream.destroyed === true);
    await turns(5);
    await TestSocket.connect(t, port);
  });
}

t.test('a session over HTTP takes its places from the same limits', async (t) => {
  const { port } = await startGateway(t, { limits: { maxConnectionsPerAddress: 2 } });
  await new FallbackClient(t, port).stream();
  const [other] = await kept(port, 1);
  t.teardown(() => other?.destroy());
  const refused = await ask(port, '/pusher/app/key/1/abcdefgh/xhr_streaming?protocol=7');
  t.strictSame([refused.status, refused.text], [503, 'Too many connections of your address\n']);
});

t.test('nothing is kept for a key, an app or a page that may not connect', async (t) => {
  const apps = [
    { id: '1', key: 'key', secret: 's'.repeat(20), allowedOrigins: ['https://a.example'] },
    { id: '2', key: 'off', secret: 's'.repeat(20), enabled: false },
  ];
  const { port } = await startGateway(t, { apps, limits: { maxFallbackSessions: 1 } });
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const rows = [
    ['NOSUCHKEY', undefined, 4001],
    ['off', undefined, 4003],
    ['key', 'https://evil.example', 4009],
  ] as const;
  for (let n = 0; n < 30; n++) {
    for (const [key, origin, code] of rows) {
      const path = `/pusher/app/${key}/1/session${n}/xhr?protocol=7`;
      const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
      const { text } = await ask(port, path, { headers }, agent);
      if (!text.includes(`c[${code},`)) t.fail(`${key}: ${text}`);
    }
  }
  const page = { headers: { Origin: 'https://a.example' } };
  const { text } = await ask(port, '/pusher/app/key/1/mysession/xhr?protocol=7', page, agent);
  t.match(text, /^o\na\[/, 'the one place is free');
});

t.test('a TLS handshake that does not come has the time of a head, and is counted', async (t) => {
  const { cert, key } = await certificate();
  const gateway = await startGateway(t, {
    tls: { port: 0, cert, key },
    limits: { headersTimeoutMs: 100, maxConnections: 1 },
  });
  const silent = await RawSocket.tcp(gateway.tlsPort as number);
  const half = await RawSocket.tcp(gateway.tlsPort as number);
  half.write(Buffer.from('1603010200010001fc0303', 'hex'));
  await Promise.all([silent.ended, half.ended]);
  t.equal(gateway.metrics.peerFailures, 2);
});

t.test('TLS handshakes count towards the limit of connections', async (t) => {
  const { cert, key } = await certificate();
  const gateway = await startGateway(t, {
    tls: { port: 0, cert, key },
    limits: { maxConnections: 1, headersTimeoutMs: 600_000 },
  });
  // A hundred more than the limit are let in, to be told why they are refused.
  const streams = Array.from({ length: 102 }, () =>
    connect(gateway.tlsPort as number, '127.0.0.1').on('error', () => undefined),
  );
  t.teardown(() => streams.forEach((stream) => stream.destroy()));
  for (const stream of streams) stream.resume();
  await until(() => streams.some(({ closed }) => closed));
  await turns(20);
  t.equal(streams.filter(({ closed }) => closed).length, 1);
});

t.test('a connection that was opened beforehand may be silent for a while', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  const raw = await RawSocket.tcp(port);
  t.teardown(() => raw.destroy());
  await turns(5);
  for (let seconds = 0; seconds < 50; seconds++) clock.advance(1_000);
  raw.write(LIVEZ);
  await until(() => raw.head !== '');
  t.match(raw.head, /^HTTP\/1\.1 200 /);
  for (let seconds = 0; seconds < 20; seconds++) clock.advance(1_000);
  raw.write('GET /livez HTTP/1.1\r\n');
  await turns(20);
  for (let seconds = 0; seconds < 7; seconds++) clock.advance(1_000);
  await raw.ended;
  t.match(raw.head, /HTTP\/1\.1 408 /, 'a head that was begun has its deadline');
});

t.test('answers that nobody reads cost the connection', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock, limits: { maxChannelsPerSocket: 2_000 } });
  clock.wallMs = Date.now();
  const socket = await TestSocket.connect(t, gateway.port);
  // Answers so long that fewer than may wait of one connection fill its buffers.
  for (let n = 0; n < 1_900; n++) socket.askFor(`${'x'.repeat(150)}${n}`);
  await until(() => gateway.metrics.messagesReceived >= 1_900);
  const body = (await new ApiClient(t, gateway).get('/channels')).body;
  const raw = await RawSocket.tcp(gateway.port);
  raw.stream.pause();
  const times = Math.ceil(16e6 / body.length);
  raw.write(rawRequest({ method: 'GET', path: '/channels' }).repeat(times));
  await turns(200);
  const before = gateway.metrics.socketsCut;
  for (let seconds = 0; seconds < 13; seconds++) {
    clock.advance(1_000);
    await turns(5);
  }
  t.equal(gateway.metrics.socketsCut, before + 1);
  raw.stream.resume();
  await raw.ended;
});
