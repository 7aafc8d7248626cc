/** The process of `fairness` that floods: `begin` starts it, and each lost connection is opened again. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { signRequest, bodyMd5 } from '../../lib/pusher/request-signature';
import { channelStringToSign, hmacHex, userStringToSign } from '../../lib/pusher/signature';
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
  | 'joins and leaves'
  | 'sign-ins'
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

/** The presence channel that is joined and left: nearly as many and as long members as the default limits allow. */
const ROOM = 'presence-room';
const MEMBERS = 79;
const USER_INFO = { name: 'x'.repeat(900) };
const WATCHLIST = Array.from({ length: 100 }, (_, i) => `user-${i}`);
const SIGNED_MESSAGES = 500;

/** Contents of a flood; the id of a socket is known where these are signed. */
const CONTENTS: Record<Flood, (socketId: string) => Buffer> = {
  itself: () => frames(''),
  'empty frames': () => frames(''),
  'no JSON': () => frames('x'),
  'joins and leaves': joinsAndLeaves,
  'sign-ins': signIns,
  pings: () => frames('{"event":"pusher:ping"}'),
  'pipelined requests': () =>
    Buffer.from('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(REQUESTS)),
  'slow readers': () => frame(Opcode.TEXT, SUBSCRIBE),
};
const contentOf = CONTENTS[flood];
const isSigned = flood === 'joins and leaves' || flood === 'sign-ins';
const content = isSigned ? Buffer.alloc(0) : contentOf('');
const isHttp = flood === 'pipelined requests';
const isSlow = flood === 'slow readers';
let running = true;

function frames(text: string, messages = MESSAGES): Buffer {
  const one = frame(Opcode.TEXT, text);
  return Buffer.concat(Array<Buffer>(messages).fill(one));
}

function signature(subject: string): string {
  return `${APP.key}:${hmacHex(APP.secret, subject)}`;
}

function join(socketId: string): Buffer {
  const member = JSON.stringify({ user_id: socketId, user_info: USER_INFO });
  const auth = signature(channelStringToSign(socketId, ROOM, member));
  const data = { channel: ROOM, auth, channel_data: member };
  return frame(Opcode.TEXT, JSON.stringify({ event: 'pusher:subscribe', data }));
}

function joinsAndLeaves(socketId: string): Buffer {
  const leave = { event: 'pusher:unsubscribe', data: { channel: ROOM } };
  const both = Buffer.concat([join(socketId), frame(Opcode.TEXT, JSON.stringify(leave))]);
  return Buffer.concat(Array<Buffer>(SIGNED_MESSAGES / 2).fill(both));
}

function signIns(socketId: string): Buffer {
  const user = JSON.stringify({ id: socketId, watchlist: WATCHLIST });
  const auth = signature(userStringToSign(socketId, user));
  const data = { auth, user_data: user };
  return frames(JSON.stringify({ event: 'pusher:signin', data }), SIGNED_MESSAGES);
}

/** Hands over a socket's id once it is told. */
function greeted(socket: Socket, then: (socketId: string) => void): void {
  let text = '';
  const read = (chunk: Buffer): void => {
    text += chunk.toString('latin1');
    const [, id] = /socket_id\\":\\"([\d.]+)/.exec(text) ?? [];
    if (id === undefined) return;
    socket.off('data', read);
    then(id);
  };
  socket.on('data', read);
}

function open(): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  socket.on('close', () => running && setTimeout(open, 10));
  if (isHttp || flood === 'itself') return flooded(socket);
  socket.write(upgradeRequest(`/app/${APP.key}?protocol=7`));
  if (isSigned) greeted(socket, (id) => flooded(socket, contentOf(id)));
  else socket.once('data', () => flooded(socket));
  return socket;
}

/** Writes as fast as it is read, without reading when it is slow. */
function flooded(socket: Socket, bytes = content): Socket {
  if (isSlow) {
    socket.write(bytes);
    socket.pause();
    return socket;
  }
  const more = (): void => void (running && socket.write(bytes, more));
  more();
  return socket.resume();
}

/** A member of the channel that others join and leave. */
function openMember(): void {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  socket.write(upgradeRequest(`/app/${APP.key}?protocol=7`));
  greeted(socket, (id) => socket.resume().write(join(id)));
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
  if (flood === 'joins and leaves') for (let n = 0; n < MEMBERS; n++) openMember();
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
