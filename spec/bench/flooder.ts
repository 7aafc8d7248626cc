/** The process of `fairness` that floods: `begin` starts it, and each lost connection is opened again. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { signRequest, bodyMd5 } from '../../lib/pusher/request-signature';
import { frame, Opcode, upgradeRequest } from '../support/raw-socket';
import { answerParent, optionsOf } from './support/answer';
import { APP } from './support/app';

/** `itself`: its own port instead of the gateway's, which shows what a busy machine alone does. */
export type Flood =
  | 'itself'
  | 'empty frames'
  | 'no JSON'
  | 'pings'
  | 'pipelined requests'
  | 'slow readers';

const {
  port: gatewayPort,
  flood,
  sockets,
  publishes,
} = optionsOf<{ port: number; flood: Flood; sockets: number; publishes: boolean }>();
let port = gatewayPort;
const MESSAGES = 10_000;
const REQUESTS = 300;
const CHANNEL = 'slow';
const SUBSCRIBE = `{"event":"pusher:subscribe","data":{"channel":"${CHANNEL}"}}`;

const CONTENTS: Record<Flood, () => Buffer> = {
  itself: () => frames(''),
  'empty frames': () => frames(''),
  'no JSON': () => frames('x'),
  pings: () => frames('{"event":"pusher:ping"}'),
  'pipelined requests': () =>
    Buffer.from('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(REQUESTS)),
  'slow readers': () => frame(Opcode.TEXT, SUBSCRIBE),
};
const content = CONTENTS[flood]();
const isHttp = flood === 'pipelined requests';
const isSlow = flood === 'slow readers';
let running = true;

function frames(text: string): Buffer {
  const one = frame(Opcode.TEXT, text);
  return Buffer.concat(Array<Buffer>(MESSAGES).fill(one));
}

function open(): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  socket.on('close', () => running && setTimeout(open, 10));
  if (isHttp || flood === 'itself') return flooded(socket);
  socket.write(upgradeRequest(`/app/${APP.key}?protocol=7`));
  socket.once('data', () => flooded(socket));
  return socket;
}

/** Writes as fast as it is read, without reading when it is slow. */
function flooded(socket: Socket): Socket {
  if (isSlow) {
    socket.write(content);
    socket.pause();
    return socket;
  }
  const more = (): void => void (running && socket.write(content, more));
  more();
  return socket.resume();
}

/** Events for all slow readers, as fast as they are taken. */
function publish(): void {
  const body = JSON.stringify({ name: 'e', channel: CHANNEL, data: 'x'.repeat(8_000) });
  const path = `/apps/${APP.id}/events`;
  const query = signRequest({
    ...{ method: 'POST', path, query: [], bodyMd5: bodyMd5(Buffer.from(body)) },
    ...{ key: APP.key, secret: APP.secret, timestamp: Math.floor(Date.now() / 1_000) },
  });
  const lines = [`POST ${path}?${query} HTTP/1.1`, 'Host: x', `Content-Length: ${body.length}`];
  const socket = connect(port, '127.0.0.1');
  const one = `${lines.join('\r\n')}\r\n\r\n${body}`;
  socket.on('error', () => socket.destroy());
  socket.on('data', () => socket.write(one));
  socket.write(one);
}

/** Opens the sockets and begins; slow readers are all there before they are written to. */
async function begin(): Promise<number> {
  if (flood === 'itself') {
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  }
  for (let n = 0; n < sockets; n++) {
    const socket = open();
    // A listening queue is short.
    if (isSlow && n % 64 === 63) await new Promise((resolve) => socket.once('data', resolve));
  }
  if (isSlow && publishes) publish();
  return 0;
}

answerParent({
  begin,
  end: () => {
    running = false;
    return 0;
  },
});
