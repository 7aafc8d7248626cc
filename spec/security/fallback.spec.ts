import { Agent } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { ask, FallbackClient } from '../support/fallback-client';
import { ManualClock } from '../support/manual-clock';
import { RawSocket, upgradeRequest } from '../support/raw-socket';
import { startGateway } from '../support/start-gateway';
import { until } from '../support/until';

const PING = JSON.stringify({ event: 'pusher:ping', data: {} });

t.test('a session belongs to its app, its server and its name, all three', async (t) => {
  const apps = ['one', 'two'].map((key, i) => ({ id: String(i), key, secret: 'x' }));
  const { port } = await startGateway(t, { apps });
  const mine = '/pusher/app/one/7/abcdefgh';
  const { text } = await ask(port, `${mine}/xhr?protocol=7`);
  t.match(text, /^o\na/);
  for (const other of [
    '/pusher/app/two/7/abcdefgh',
    '/pusher/app/one/8/abcdefgh',
    '/pusher/app/one/007/abcdefgh',
    '/pusher/app/one/7/ABCDEFGH',
    '/pusher/app/one/7/abcdefghi',
  ]) {
    t.equal((await ask(port, `${other}/xhr_send`, { body: '[]' })).status, 404, other);
  }
  t.equal((await ask(port, `${mine}/xhr_send`, { body: '[]' })).status, 204);
});

t.test('guesses of sessions find nothing and make nothing', async (t) => {
  const gateway = await startGateway(t);
  const client = new FallbackClient(t, gateway.port);
  // A receiver that stays open keeps the session, however long the guesses take.
  await client.stream();
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  for (let i = 0; i < 250; i++) {
    const name = (0x8000_0000 + i).toString(32).padStart(8, '0');
    const path = `/pusher/app/key/1/${name}/xhr_send`;
    const { status } = await ask(gateway.port, path, { body: `[${JSON.stringify(PING)}]` }, agent);
    if (status !== 404) t.fail(path);
  }
  t.equal(gateway.socketCount, 1);
  t.equal(await client.send(), 204);
});

t.test('names that no client makes are not found', async (t) => {
  const gateway = await startGateway(t);
  for (const session of [
    '1/abcdefg',
    `1/${'a'.repeat(65)}`,
    '1/abcd.fgh',
    '1/abcd-fgh',
    '1/abcdefg%68',
    '1/abcdefg%C3%A9',
    '1000/abcdefgh',
    'x/abcdefgh',
    '-1/abcdefgh',
    '/abcdefgh',
    '1/',
    '1/abcdefgh/abcdefgh',
    '../1/abcdefgh',
    '1/__proto__',
  ]) {
    for (const action of ['xhr', 'xhr_streaming', 'xhr_send']) {
      const { status } = await ask(gateway.port, `/pusher/app/key/${session}/${action}?protocol=7`);
      t.equal(status, 404, `${session}/${action}`);
    }
  }
  t.equal(gateway.socketCount, 0);
});

t.test('a session that is taken over is no longer heard by its earlier owner', async (t) => {
  const { port } = await startGateway(t);
  const victim = new FallbackClient(t, port);
  const stream = await victim.stream();
  const thief = await victim.streamAgain();
  t.match(await stream.next(), /^c\[2010,/, 'its owner learns of it and starts anew');
  t.equal(await stream.next(), undefined);
  t.notOk(thief.over);
});

t.test('sessions are limited, by address too, and 503 says when to come back', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const limits = { maxFallbackSessions: 5 };
  const gateway = await startGateway(t, { clock, limits });
  const open = async (i: number): Promise<number> =>
    (await ask(gateway.port, `/pusher/app/key/1/session${i}/xhr?protocol=7`)).status;
  for (let i = 0; i < 5; i++) t.equal(await open(i), 200);
  const path = '/pusher/app/key/1/session5/xhr_streaming?protocol=7';
  const refused = await ask(gateway.port, path);
  t.strictSame(
    [refused.status, refused.text, refused.headers['retry-after']],
    [503, 'Over capacity\n', '10'],
  );
  clock.advance(6_000);
  t.equal(gateway.socketCount, 0, 'who does not poll is gone soon');
  t.equal(await open(6), 200);

  const few = await startGateway(t, { limits: { maxConnectionsPerAddress: 1 } });
  const ofOne = `/pusher/app/key/1/session`;
  t.equal((await ask(few.port, `${ofOne}1/xhr?protocol=7`)).status, 200);
  t.equal((await ask(few.port, `${ofOne}2/xhr?protocol=7`)).status, 503);
  t.equal((await ask(few.port, `${ofOne}1/xhr_send`, { body: '[]' })).status, 204);
});

t.test('a session without a request holds less than 4 KB', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  const open = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) {
      const path = `/pusher/app/key/1/session${i}/xhr?protocol=7`;
      await ask(gateway.port, path, {}, agent);
    }
  };
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  await open(0, 200);
  const before = heap();
  await open(200, 600);
  const each = (heap() - before) / 400;
  t.equal(gateway.socketCount, 600);
  t.ok(each < 4_096, `${Math.round(each)} bytes`);
  clock.advance(6_000);
  // Sockets that go at once leave in slices, one a turn.
  await until(() => gateway.socketCount === 0);
});

t.test('nothing of SockJS is served that runs as script or opens more doors', async (t) => {
  const gateway = await startGateway(t);
  const paths = [
    '/pusher',
    '/pusher/',
    '/pusher/info',
    '/pusher/iframe.html',
    '/pusher/iframe-1.2.3.html',
    '/pusher/1/abcdefgh/xhr',
    '/pusher/1/abcdefgh/jsonp?c=alert',
    '/pusher/app/key/info',
    '/pusher/app/key/iframe.html',
    '/pusher/app/key/websocket',
    '/pusher/app/key/1/abcdefgh',
    '/pusher/app/key/1/abcdefgh/',
    ...['jsonp', 'jsonp_send', 'htmlfile', 'eventsource', 'websocket', 'iframe.html', 'XHR'].map(
      (action) => `/pusher/app/key/1/abcdefgh/${action}?c=callback&callback=alert`,
    ),
    '/pusher/app/key/1/abcdefgh/xhr/',
    '/pusher/app/key/1/abcdefgh//xhr',
    '//pusher/app/key/1/abcdefgh/xhr',
  ];
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const { status, headers, text } = await ask(gateway.port, path, { method });
      t.equal(status, 404, `${method} ${path}`);
      t.notMatch(text, /callback|alert|<|script/i);
      t.match(headers['content-type'], 'text/plain');
    }
  }
  const { text, headers } = await ask(gateway.port, '/pusher/info', { method: 'GET' });
  t.equal(text, 'Not found: of SockJS, only xhr, xhr_streaming and xhr_send are served\n');
  t.match(headers, { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  t.equal(gateway.socketCount, 0);
});

t.test('an upgrade on these paths is a bad request', async (t) => {
  const { port } = await startGateway(t);
  let sessions = 0;
  for (const action of ['xhr', 'xhr_streaming', 'xhr_send']) {
    for (const method of ['GET', 'POST']) {
      for (const upgrade of ['websocket', 'h2c', 'WEBSOCKET, x', '']) {
        // Another session each time: a poll of one that is open waits for something to tell.
        const path = `/pusher/app/key/1/session${(sessions += 1)}/${action}?protocol=7`;
        const raw = await RawSocket.tcp(port);
        raw.write(
          upgradeRequest(path)
            .replace('GET', method)
            .replace('Upgrade: websocket', `Upgrade: ${upgrade}`),
        );
        await until(() => raw.status !== 0);
        // Other protocols are not offered: such a request is answered as if it asked for none.
        const isWebSocket = /websocket/i.test(upgrade);
        const expected = isWebSocket ? [400] : [200, 204, 400, 404, 405];
        t.ok(expected.includes(raw.status), `${method} ${action} ${upgrade}: ${raw.status}`);
        raw.destroy();
      }
    }
  }
  const prefixed = await startGateway(t, { path: '/pusher' });
  const raw = await RawSocket.upgrade(prefixed.port, '/pusher/app/key?protocol=7');
  t.equal(raw.status, 101, 'and a prefix of the same name keeps its WebSockets');
  raw.destroy();
  const refused = await RawSocket.upgrade(prefixed.port, '/pusher/app/key/1/abcdefgh/xhr');
  t.equal(refused.status, 400);
});

t.test('a body of xhr_send that is no array of strings, or too large, is refused', async (t) => {
  const { port } = await startGateway(t);
  const client = await new FallbackClient(t, port).connect();
  const send = (body: string | Buffer, headers = {}): ReturnType<typeof client.post> =>
    client.post('xhr_send', { body, headers });
  for (const body of [
    '',
    ' ',
    '{}',
    'null',
    '1',
    '"x"',
    '[1]',
    '[null]',
    '[["x"]]',
    '["x",{}]',
    '["x"',
    '["x"]]',
    `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
    Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]),
    Buffer.from([0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d]),
  ]) {
    const { status, text } = await send(body);
    t.strictSame([status, text], [400, 'The body must be a JSON array of strings\n']);
  }
  for (const encoding of ['gzip', 'br', 'deflate', 'identity, gzip', 'x']) {
    t.equal((await send('[]', { 'Content-Encoding': encoding })).status, 415, encoding);
  }
  t.equal((await send('[]', { 'Content-Encoding': 'identity' })).status, 204);

  const sized = (bytes: number): string => `["${'x'.repeat(bytes - 4)}"]`;
  t.equal((await send(sized(65_536))).status, 204, '64 KiB are taken');
  t.equal((await send(sized(65_537))).status, 413);
  t.match(await client.poll(), [/Received invalid JSON/, /^c\[1009,/], 'and its page is told');
});

t.test('a body that is too large is refused before it is there', async (t) => {
  const { port } = await startGateway(t);
  const client = await new FallbackClient(t, port).connect();
  const start = `POST ${client.base}/xhr_send HTTP/1.1\r\nHost: x\r\n`;
  const declared = await RawSocket.tcp(port);
  declared.write(`${start}Content-Length: 1000000000\r\n\r\n[`);
  await declared.ended;
  t.match(declared.head, /^HTTP\/1\.1 413 [^]*Connection: close\r\n/);
  const other = await new FallbackClient(t, port).connect();
  const chunked = await RawSocket.tcp(port);
  chunked.write(`${start.replace(client.base, other.base)}Transfer-Encoding: chunked\r\n\r\n`);
  while (chunked.status === 0) {
    chunked.write(`1000\r\n${'x'.repeat(0x1000)}\r\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await chunked.ended;
  t.equal(chunked.status, 413);
});

t.test('many messages in one body are held to the limits of one socket', async (t) => {
  const gateway = await startGateway(t);
  const client = await new FallbackClient(t, gateway.port).connect();
  const body = `[${Array.from({ length: 21_845 }, () => '""').join()}]`;
  t.equal((await client.post('xhr_send', { body })).status, 204);
  const lines = await client.poll();
  t.match(lines.at(-1), /^c\[4100,/);
  t.equal(gateway.metrics.malformedMessages, 31, 'a few are answered');
});

t.test('every page may read the answers, or only the pages that the app names', async (t) => {
  const apps = [
    { id: '1', key: 'open', secret: 'x' },
    { id: '2', key: 'strict', secret: 'x', allowedOrigins: ['https://good.example'] },
  ];
  const { port } = await startGateway(t, { apps });
  const rows = [
    ['open', undefined, '*', undefined],
    ['open', 'https://any.example', '*', undefined],
    ['open', 'null', '*', undefined],
    ['nobody', 'https://any.example', '*', undefined],
    ['strict', undefined, undefined, 'Origin'],
    ['strict', 'https://good.example', 'https://good.example', 'Origin'],
    ['strict', 'https://good.example.evil', undefined, 'Origin'],
    ['strict', 'http://good.example', undefined, 'Origin'],
    ['strict', 'https://GOOD.example', undefined, 'Origin'],
    ['strict', 'null', undefined, 'Origin'],
  ] as const;
  let n = 0;
  for (const [key, origin, allowed, vary] of rows) {
    const path = `/pusher/app/${key}/1/session${n++}`;
    const from: Record<string, string> = origin === undefined ? {} : { Origin: origin };
    for (const [method, action] of [
      ['OPTIONS', 'xhr'],
      ['POST', 'xhr?protocol=7'],
      ['POST', 'xhr_send'],
      ['GET', 'xhr'],
    ] as const) {
      const { headers } = await ask(port, `${path}/${action}`, { method, headers: from });
      t.equal(headers['access-control-allow-origin'], allowed, `${method} ${key} ${origin}`);
      t.equal(headers.vary, vary);
      t.notOk('access-control-allow-credentials' in headers);
    }
  }
});

t.test('posts full of empty messages that wait for an earlier one end nothing', async (t) => {
  const gateway = await startGateway(t);
  const path = '/pusher/app/key/1/abcdefgh';
  await ask(gateway.port, `${path}/xhr?protocol=7&n=1`);
  const body = `[${Array<string>(21_000).fill('""').join()}]`;
  const statuses = new Set<number>();
  for (let n = 3; n < 75; n++) {
    statuses.add((await ask(gateway.port, `${path}/xhr_send?n=${n}`, { body })).status);
  }
  t.strictSame([...statuses].sort(), [204, 404], 'the session is over before the last of them');
  const other = await new FallbackClient(t, gateway.port).connect();
  t.ok(other, 'and the gateway goes on');
});
