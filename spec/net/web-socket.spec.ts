import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import t, { type Test } from 'tap';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Socket } from '../../lib/net/dial';
import { maskedFrame } from '../../lib/net/masked-frame';
import { dialWebSocket } from '../../lib/net/web-socket';

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** A server on a port of its own that does with an upgrade what the spec says. */
async function serve(t: Test, upgrade: Upgrade): Promise<string> {
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    t.teardown(() => socket.destroy());
    upgrade(request, socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/pipe/7`;
}

/** The same with a WebSocket at the end. */
function accept(
  t: Test,
  accepted: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<string> {
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on('headers', (headers) => void headers.push('Standpipe-Nonce: abc'));
  return serve(t, (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (ws) => accepted(ws, request)),
  );
}

interface Told {
  what: 'open' | 'message' | 'close' | 'refused';
  args: unknown[];
}

/** Dials and keeps all that is told until it is over. */
function dialled(t: Test, url: string): { socket: Socket; told: Told[]; over: Promise<Told> } {
  const told: Told[] = [];
  let end: (last: Told) => void;
  const over = new Promise<Told>((resolve) => (end = resolve));
  const note =
    (what: Told['what']) =>
    (...args: unknown[]): void => {
      told.push({ what, args });
      if (what === 'close' || what === 'refused') end({ what, args });
    };
  const socket = dialWebSocket(
    url,
    {
      headers: { authorization: 'Standpipe x' },
      protocol: 'standpipe.v1',
      maxMessageBytes: 1000,
      tls: {},
    },
    {
      open: note('open'),
      message: note('message'),
      close: note('close'),
      refused: note('refused'),
    },
  );
  t.teardown(() => socket.terminate());
  return { socket, told, over };
}

t.test(
  'an opened socket tells the headers of the 101 answer and carries bytes both ways',
  async (t) => {
    const url = await accept(t, (ws, request) => {
      t.equal(request.headers.authorization, 'Standpipe x');
      t.equal(request.headers['sec-websocket-protocol'], 'standpipe.v1');
      t.equal(request.headers['sec-websocket-extensions'], undefined, 'no compression');
      ws.on('message', (data) => ws.send(data));
    });
    const { socket, told, over } = dialled(t, url);
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (told.length === 0) await new Promise(setImmediate);
    t.match(told[0], { what: 'open', args: [{ 'standpipe-nonce': 'abc' }] });
    socket.send(Uint8Array.of(1, 2, 3));
    while (told.length === 1) await new Promise(setImmediate);
    t.same(Buffer.from(told[1]?.args[0] as Uint8Array), Buffer.from([1, 2, 3]));
    socket.close(1000, 'bye');
    t.match(await over, { what: 'close', args: [1000, 'bye'] });
    socket.send(Uint8Array.of(4));
    socket.close(1000, 'again');
    t.equal(told.length, 3, 'and nothing follows');
  },
);

t.test(
  'messages of any length arrive masked, in order, and are left as they were given',
  async (t) => {
    const lengths = [0, 1, 125, 126, 255, 256, 257, 258, 259, 65_535, 65_536, 200_001];
    const messages = lengths.flatMap((length) => [randomBytes(length), 'ü'.repeat(length)]);
    const arrived: Array<Buffer | string> = [];
    // The server refuses a frame that is not masked (RFC 6455 §5.1).
    const url = await accept(t, (ws) => {
      ws.on('message', (data, isBinary) =>
        arrived.push(isBinary ? (data as Buffer) : (data as Buffer).toString()),
      );
    });
    const { socket, told, over } = dialled(t, url);
    while (told.length === 0) await new Promise(setImmediate);
    const given = messages.map((message) => Buffer.from(message));
    messages.forEach((message, i) =>
      socket.send(typeof message === 'string' ? message : (given[i] as Buffer)),
    );
    socket.close(1000, '');
    await over;
    t.same(arrived, messages);
    t.same(
      given,
      messages.map((message) => Buffer.from(message)),
    );
  },
);

t.test('each message has another masking key', (t) => {
  const keys = new Set<number>();
  // More than are fetched at once.
  for (let i = 0; i < 3_000; i++) keys.add(maskedFrame('x').readInt32LE(2));
  // Two of so many random keys are the same once in a thousand times.
  t.ok(keys.size > 2_990, `${keys.size}`);
  t.end();
});

t.test('a close reason of any length is cut to what a close frame holds', async (t) => {
  for (const reason of ['ö'.repeat(62), 'x'.repeat(5_000), '🙂'.repeat(31)]) {
    let heard: (reason: string) => void;
    const arrived = new Promise<string>((resolve) => (heard = resolve));
    const url = await accept(t, (ws) => {
      ws.on('close', (_code, bytes) => heard(bytes.toString()));
    });
    const { socket, told } = dialled(t, url);
    while (told.length === 0) await new Promise(setImmediate);
    socket.close(4400, reason);
    const cut = (await arrived).replace(/…$/, '');
    t.ok(cut.length > 20 && reason.startsWith(cut), cut);
  }
});

t.test('a close of the other side is told with its code and reason', async (t) => {
  const { over } = dialled(t, await accept(t, (ws) => ws.close(4503, 'draining')));
  t.match(await over, { what: 'close', args: [4503, 'draining'] });
});

t.test('a connection that cannot be made is told as close 1006 with its cause', async (t) => {
  const { over, told } = dialled(t, 'ws://127.0.0.1:1/pipe/7');
  t.match(await over, { what: 'close', args: [1006, /ECONNREFUSED/, Error] });
  t.equal(told.length, 1);
});

t.test('an answer other than 101 is told with status, body and headers', async (t) => {
  const url = await serve(t, (_request, socket) =>
    socket.end('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nslow'),
  );
  const { over, told } = dialled(t, url);
  t.match(await over, { what: 'refused', args: [429, 'slow', { 'retry-after': '7' }] });
  await new Promise(setImmediate);
  t.equal(told.length, 1, 'and no close follows');
});

t.test('an endless body is read up to 64 KiB', async (t) => {
  const url = await serve(t, (_request, socket) => {
    socket.write('HTTP/1.1 500 No\r\n\r\n');
    const more = (): void => {
      while (!socket.destroyed && socket.write('x'.repeat(10_000)));
    };
    socket.on('drain', more);
    more();
  });
  const { what, args } = await dialled(t, url).over;
  t.equal(what, 'refused');
  t.equal((args[1] as string).length, 65_536);
});

t.test('a redirect is told, not followed', async (t) => {
  const url = await serve(t, (_request, socket) =>
    socket.end('HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
  );
  t.match(await dialled(t, url).over, { what: 'refused', args: [302, ''] });
});

t.test(
  'text, too long messages and invalid bytes end the connection, not the process',
  async (t) => {
    const text = dialled(t, await accept(t, (ws) => ws.send('text')));
    t.match(await text.over, { what: 'close', args: [1003] });
    const long = dialled(t, await accept(t, (ws) => ws.send(Buffer.alloc(1001))));
    t.match(await long.over, { what: 'close', args: [1006, /./, Error] });
    const url = await accept(t, (ws) => {
      (ws as unknown as { _socket: Duplex })._socket.write(Buffer.from([0xff, 0xff, 0xff]));
    });
    t.match(await dialled(t, url).over, { what: 'close', args: [1006, /./, Error] });
  },
);

t.test('a gateway that does not speak the subprotocol is refused', async (t) => {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => false });
  const url = await serve(t, (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, () => undefined),
  );
  t.match(await dialled(t, url).over, { what: 'close', args: [1006, /subprotocol/] });
});

t.test('a URL that is none throws', (t) => {
  t.throws(() => dialled(t, 'http://[bad'), SyntaxError);
  t.end();
});
