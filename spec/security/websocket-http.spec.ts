import t from 'tap';
import { ManualClock } from '../support/manual-clock';
import { RawSocket, upgradeRequest } from '../support/raw-socket';
import { startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { WireClient } from '../support/wire-client';
import { until } from '../support/until';

t.test('slow headers and slow bodies are ended by a deadline', async (t) => {
  const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400 };
  const { port } = await startGateway(t, { limits });
  const starts = [
    'GET /livez HTTP/1.1\r\nHost: x\r\n',
    'GET /app/key HTTP/1.1\r\nUpgrade: websocket\r\n',
    'POST /apps/1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n',
  ];
  const ends = starts.map(async (start) => {
    const raw = await RawSocket.tcp(port);
    raw.write(start);
    const drip = setInterval(() => raw.write('X'), 50);
    await raw.ended;
    clearInterval(drip);
    return raw.status;
  });
  const [headers, upgrade] = await Promise.all(ends);
  t.strictSame([headers, upgrade], [408, 408]);
});

t.test('a connection above the limit of the gateway is told to come back later', async (t) => {
  const gateway = await startGateway(t, { limits: { maxConnections: 2 } });
  const first = await TestSocket.connect(t, gateway.port);
  await TestSocket.connect(t, gateway.port);
  const third = await RawSocket.upgrade(gateway.port);
  await third.ended;
  t.match(third.head, /^HTTP\/1\.1 503 [^]*\r\nRetry-After: 10\r\n[^]*Over capacity\n$/);
  const health = await fetch(`${gateway.url}/livez`);
  t.equal(await health.text(), 'ok\n', 'which still answers for itself');
  first.drop();
  await until(() => gateway.socketCount <= 1);
  await TestSocket.connect(t, gateway.port);
});

t.test('a gateway that does not keep up takes no new browsers, but backends', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, { clock });
  const there = await TestSocket.connect(t, gateway.port);
  const late = (): void => {
    clock.advance(999);
    clock.stall(600);
    clock.advance(0);
  };
  let sessions = 0;
  const fallback = (): Promise<Response> => {
    const session = `000/overload${(sessions += 1)}`;
    const url = `${gateway.url}/pusher/app/key/${session}/xhr?protocol=7`;
    return fetch(url, { method: 'POST' });
  };
  late();
  late();
  (await TestSocket.connect(t, gateway.port)).drop();
  t.equal((await fallback()).status, 200, 'a pause or two are no reason');
  late();
  const refused = await RawSocket.upgrade(gateway.port);
  await refused.ended;
  t.match(refused.head, /^HTTP\/1\.1 503 [^]*\r\nRetry-After: 10\r\n[^]*Over capacity\n$/);
  t.equal((await fallback()).status, 503);
  t.strictSame(await there.settled(), [], 'who is there is served');
  await WireClient.attach(t, gateway.port);
  clock.advance(1_000);
  await TestSocket.connect(t, gateway.port);
});

t.test('a connection above the limit of an address is told so', async (t) => {
  const gateway = await startGateway(t, { limits: { maxConnectionsPerAddress: 2 } });
  const first = await TestSocket.connect(t, gateway.port);
  await TestSocket.connect(t, gateway.port);
  const third = await RawSocket.upgrade(gateway.port);
  await third.ended;
  t.match(third.head, /^HTTP\/1\.1 503 [^]*Too many connections of your address\n$/);
  first.drop();
  await until(() => gateway.socketCount <= 1);
  await TestSocket.connect(t, gateway.port);
});

t.test('pages of other origins are closed with 4009 once origins are listed', async (t) => {
  const allowedOrigins = ['https://app.example.com', 'http://localhost:3000'];
  const { port } = await startGateway(t, { app: { allowedOrigins } });
  const open = await startGateway(t);
  const rows: Array<[string | undefined, boolean]> = [
    ['https://app.example.com', true],
    ['http://localhost:3000', true],
    [undefined, true],
    ['null', false],
    ['', false],
    ['https://app.example.com.evil.com', false],
    ['https://evil.com', false],
    ['http://app.example.com', false],
    ['https://APP.example.com', false],
    ['https://app.example.com:443', false],
    ['https://app.example.com/', false],
    ['http://localhost', false],
    ['__proto__', false],
  ];
  for (const [origin, allowed] of rows) {
    const headers: Record<string, string> = origin === undefined ? {} : { Origin: origin };
    const socket = await TestSocket.open(t, port, { headers });
    const { event, data } = await socket.next();
    const seen = event === 'pusher:connection_established' ? 'in' : (data as { code: number }).code;
    t.equal(seen, allowed ? 'in' : 4009, String(origin));
    await TestSocket.connect(t, open.port, { headers });
  }
});

t.test('requests that two parsers could read differently are refused', async (t) => {
  const { port } = await startGateway(t);
  const head = 'POST /nothing HTTP/1.1\r\nHost: x\r\n';
  const smuggled = 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n';
  const rows: Record<string, string> = {
    'both lengths': `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'two lengths': `${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\n${smuggled}`,
    'a signed length': `${head}Content-Length: +4\r\n\r\nabcd${smuggled}`,
    'a negative length': `${head}Content-Length: -1\r\n\r\n${smuggled}`,
    'a length in hex': `${head}Content-Length: 0x4\r\n\r\nabcd${smuggled}`,
    'a space before the colon': `${head}Content-Length : 4\r\n\r\nabcd${smuggled}`,
    'a folded header': `${head}X-A: b\r\n c\r\n\r\n${smuggled}`,
    'a bare line feed': `${head}X-A: b\n\nGET / HTTP/1.1\n\n`,
    'a bare carriage return': `${head}X-A: b\rc: d\r\n\r\n`,
    'a zero byte': `${head}X-A: \0\r\n\r\n`,
    'no Host': `GET /livez HTTP/1.1\r\n\r\n${smuggled}`,
    'two of Host': `GET /livez HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n${smuggled}`,
    'chunked twice': `${head}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'an unknown coding': `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    'a chunk size that overflows': `${head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
    'no HTTP': 'hello\r\n\r\n',
    'TLS on the plain port': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'HTTP/2 by prior knowledge': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  };
  for (const [name, bytes] of Object.entries(rows)) {
    const { head } = await RawSocket.exchange(t, port, bytes);
    t.match(head, /^HTTP\/1\.1 400 |HTTP\/1\.1 404 [^]*HTTP\/1\.1 400 /, name);
    t.notMatch(head, /HTTP\/1\.1 200/, `${name}: nothing was smuggled in`);
  }
});

t.test('a head that HTTP does not allow is told why, in its turn', async (t) => {
  const { port } = await startGateway(t);
  const rows: Array<[request: string, answer: RegExp]> = [
    ['GET /livez HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 [^]*Connection: close[^]*Send one Host/],
    ['GET /livez HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200 /],
    ['GET /livez HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n\r\n', /^HTTP\/1\.1 417 [^]*Expect/],
    [
      'GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\n\r\n',
      /^HTTP\/1\.1 200 [^]*ok\nHTTP\/1\.1 400 /,
    ],
  ];
  for (const [request, answer] of rows) {
    t.match((await RawSocket.exchange(t, port, request)).head, answer, request);
  }
});

t.test('an upgrade behind an answer that has not ended is cut', async (t) => {
  const { port } = await startGateway(t);
  const stream = '/pusher/app/key/1/abcdefgh/xhr_streaming?protocol=7';
  const post = `POST ${stream} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`;
  const raw = await RawSocket.tcp(port);
  raw.write(post + upgradeRequest('/app/key?protocol=7'));
  await raw.ended;
  t.notMatch(raw.head, /HTTP\/1\.1 101/);
});

t.test('a head that is too large is a 431, and headers beyond count hide nothing', async (t) => {
  const { port } = await startGateway(t);
  const large = await RawSocket.exchange(
    t,
    port,
    `GET /livez HTTP/1.1\r\nX-A: ${'a'.repeat(33_000)}\r\n\r\n`,
  );
  t.equal(large.status, 431);
  const many = 'a:\r\n'.repeat(1950);
  const request = `GET /app/key HTTP/1.1\r\n${many}Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`;
  t.ok([400, 431].includes((await RawSocket.exchange(t, port, request)).status));
});

t.test('more than 200 headers are a 431 with the reason, for requests and upgrades', async (t) => {
  const { port, url } = await startGateway(t);
  const some = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, '1']));
  t.equal((await fetch(`${url}/livez`, { headers: some(190) })).status, 200);
  const refused = await fetch(`${url}/livez`, { headers: some(201) });
  t.equal(refused.status, 431);
  t.match(await refused.text(), /more than 200 headers/);
  t.equal((await RawSocket.upgrade(port, '/app/key?protocol=7', some(190))).status, 101);
  t.equal((await RawSocket.upgrade(port, '/app/key?protocol=7', some(201))).status, 431);
  t.equal((await fetch(`${url}/livez`)).status, 200, 'and others are served');
});

t.test('only WebSockets are upgraded to, and only on known paths', async (t) => {
  const { port, url } = await startGateway(t);
  const absolute = await RawSocket.upgrade(port, 'http://127.0.0.1/app/key/?protocol=7');
  t.equal(absolute.status, 101, 'a target may be absolute, and a slash makes no other key');
  absolute.destroy();
  const rows: Array<[string, number]> = [
    [upgradeRequest('/'), 404],
    [upgradeRequest('/app'), 404],
    [upgradeRequest('/APP/key'), 404],
    [upgradeRequest('//app/key?protocol=7'), 404],
    [upgradeRequest('/x/app/key?protocol=7'), 404],
    [upgradeRequest('/app/key?protocol=7', { Upgrade: 'h2c', Connection: 'Upgrade, close' }), 404],
    [upgradeRequest('/app/key?protocol=7', { Upgrade: 'websocket, h2c' }), 400],
    [upgradeRequest('/app/key?protocol=7', { 'Sec-WebSocket-Key': 'short' }), 400],
    [upgradeRequest('/app/key?protocol=7', { 'Sec-WebSocket-Version': '12' }), 400],
    [upgradeRequest('/app/key?protocol=7').replace('GET', 'POST'), 405],
  ];
  for (const [request, status] of rows) {
    t.equal(
      (await RawSocket.exchange(t, port, request)).status,
      status,
      request.slice(0, request.indexOf('\r\n')),
    );
  }
  const plain = await fetch(`${url}/app/key?protocol=7`);
  t.equal(plain.status, 404, 'without an upgrade there is nothing there');
  await plain.text();
});

t.test('the worst header values are answered like any other', async (t) => {
  const { port } = await startGateway(t);
  const size = 7500;
  const values = [
    ' '.repeat(size),
    'a,'.repeat(size / 2),
    `a${' '.repeat(size)}b`,
    ';'.repeat(size),
  ];
  for (const name of ['Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions', 'Sec-WebSocket-Key']) {
    for (const value of [...values, `a;b="${'\\'.repeat(size)}`, 'a;a='.repeat(size / 4)]) {
      const before = process.cpuUsage();
      const raw = await RawSocket.upgrade(port, '/app/key?protocol=7', { [name]: `x${value}x` });
      const { user, system } = process.cpuUsage(before);
      t.ok([101, 400, 404, 431].includes(raw.status), `${name} ${raw.status}`);
      t.comment(`${((user + system) / 1000).toFixed(1)} ms of both ends`);
      raw.destroy();
    }
  }
});
