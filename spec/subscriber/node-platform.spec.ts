import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { buildSync } from 'esbuild';
import t, { type Test } from 'tap';
import { nodePost } from '../../lib/subscriber/platform/node-post';
import { LineReader } from '../../lib/subscriber/transports/line-reader';
import { openNodeWebSocket } from '../../lib/subscriber/transports/node-web-socket';

const HEADERS = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** A server on a free port; `sockets` are the connections it was given. */
async function serve(t: Test, on: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(on);
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { server, sockets, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

t.test('forms are sent one after the other over one connection', async (t) => {
  const asked: string[] = [];
  const { url, sockets } = await serve(t, (request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked.push(`${request.method} ${request.headers['content-type']} ${body}`);
      response.end('{"auth":"ü"}');
    });
  });
  for (const form of ['a=1', 'b=ü']) {
    t.match(await nodePost(`${url}/auth`, HEADERS, form), { status: 200, text: '{"auth":"ü"}' });
  }
  t.strictSame(asked, [
    'POST application/x-www-form-urlencoded a=1',
    'POST application/x-www-form-urlencoded b=ü',
  ]);
  t.equal(sockets.length, 1);
});

t.test('a connection that the endpoint has closed meanwhile is replaced', async (t) => {
  const { url, sockets } = await serve(t, (request, response) => {
    request.resume();
    request.on('end', () => response.end('{}'));
  });
  await nodePost(url, HEADERS, 'a=1');
  // Closed in the same turn, so that the next request still finds it in the pool.
  sockets[0]?.resetAndDestroy();
  t.match(await nodePost(url, HEADERS, 'a=2'), { status: 200 });
  t.equal(sockets.length, 2);
});

t.test('redirections are followed', async (t) => {
  const { url } = await serve(t, (request, response) => {
    request.resume();
    if (request.url === '/new') response.end('{"auth":"new"}');
    else response.writeHead(307, { location: '/new' }).end();
  });
  t.match(await nodePost(`${url}/old`, HEADERS, ''), { status: 200, text: '{"auth":"new"}' });
});

t.test('no answer, half an answer, an endless answer are errors', async (t) => {
  const { url } = await serve(t, (request, response) => {
    if (request.url === '/none') return void request.socket.destroy();
    if (request.url === '/half') {
      response.writeHead(200, { 'content-length': 10 }).write('half');
      return void setTimeout(() => request.socket.destroy(), 10);
    }
    const chunk = 'x'.repeat(64 * 1024);
    const go = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', go);
    go();
  });
  for (const path of ['none', 'half', 'endless']) {
    await t.rejects(nodePost(`${url}/${path}`, HEADERS, ''), path);
  }
  await t.rejects(nodePost('/pusher/auth', HEADERS, ''), 'an address without a host');
});

t.test('a process ends though its auth endpoint does not answer', async (t) => {
  const { url } = await serve(t, (request) => void request.resume());
  const file = join(t.testdir({}), 'program.cjs');
  const nodePostFile = join(__dirname, '../../lib/subscriber/platform/node-post.ts');
  buildSync({
    stdin: {
      contents: `import { nodePost } from ${JSON.stringify(nodePostFile)};
        void nodePost(process.argv[2], {}, '');
        setTimeout(() => console.log('asked'), 50);`,
      resolveDir: __dirname,
    },
    bundle: true,
    platform: 'node',
    outfile: file,
  });
  const env = { ...process.env, NODE_OPTIONS: '' };
  const child = execFile(process.execPath, [file, url], { env, timeout: 20_000 });
  const [code] = (await once(child, 'exit')) as [number | null];
  t.equal(code, 0);
});

t.test(
  'a WebSocket whose gateway does not close with it is left',
  { timeout: 20_000 },
  async (t) => {
    const { server, url } = await serve(t, () => undefined);
    const gone = new Promise<void>((resolve) => {
      server.on('upgrade', ({ headers }, socket) => {
        const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
        const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${guid}`);
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
            `Sec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`,
        );
        // The client gets no answer, not even to a close.
        socket.on('error', () => undefined).on('data', () => undefined);
        socket.on('end', () => {
          socket.destroy();
          resolve();
        });
      });
    });
    const ignore = (): void => undefined;
    const transport = openNodeWebSocket(url.replace('http', 'ws'), {
      opened: () => transport.close(),
      message: ignore,
      activity: ignore,
      failed: ignore,
      closed: ignore,
    });
    await gone;
  },
);

t.test('lines come in pieces, and one without an end is an error', async (t) => {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  const answer = (chunks: Iterable<Uint8Array>): Response =>
    new Response(ReadableStream.from(chunks));
  const pieces = ['a', 'b\n', '\nc\nd', 'e', '\n', 'f'].map((piece) => Buffer.from(piece));
  t.equal(await reader.read(answer(pieces)), false);
  t.strictSame(lines, ['ab', '', 'c', 'de']);
  function* endless(): Generator<Uint8Array> {
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  }
  await t.rejects(new LineReader(() => undefined).read(answer(endless())), {
    message: /longer than 16777216 characters/,
  });
});
