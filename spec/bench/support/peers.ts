import { createHmac } from 'node:crypto';
import { createClient } from '../../../lib/pipe/client';
import { APP } from './app';
import { maskedFrame } from './frames';
import { FIRST, renumbered, shapeOf, type Shape } from './numbered';
import { RawSocket, type Opening } from './raw-socket';

/** A peer that publishes to all others. */
export interface Publisher {
  publish(count: number): void;
  close(): void;
}

/** A server as its clients see it. */
export interface Peer {
  readonly name: string;
  /** File of the peer under spec/bench. */
  readonly server: string;
  readonly path: string;
  /** Options of its process besides the port. */
  readonly options?: object;
  opening(channels: readonly string[]): Opening;
  /** Publishes `data`, JSON text of `payload`, to all of a channel, numbered from the first number on. */
  publisher(port: number, channel: string, data: string): Promise<Publisher>;
  /** Frames of such events at a subscriber. */
  event(channel: string, data: string): Shape;
  /** A message that is answered, and the frame of the answer. */
  echo(data: string): { question: Buffer; answer: Shape };
}

export const EVENT = 'bench';

export const standpipe: Peer = {
  name: 'standpipe',
  server: 'servers/standpipe',
  path: `/app/${APP.key}?protocol=7&client=bench`,
  *opening(channels) {
    const established = yield [];
    const id = /"(\d+\.\d+)\\"/.exec(established)?.[1] ?? '';
    if (channels.length === 0) return;
    yield channels.map((channel) => subscription(id, channel));
    for (let left = channels.length; left > 1; left -= 1) yield [];
  },
  async publisher(port, channel, data) {
    const client = createClient({ key: APP.key, secret: APP.secret, appId: APP.id, port });
    await client.connect();
    const handle = client.channel(channel);
    const { text } = JSON.parse(data) as Payload;
    let next = FIRST;
    return {
      publish: (count) => {
        for (let i = 0; i < count; i += 1) handle.trigger(EVENT, { n: next++, text });
      },
      close: () => void client.disconnect(),
    };
  },
  event: (channel, data) => shapeOf(JSON.stringify({ event: EVENT, channel, data })),
  echo: (data) => ({
    question: maskedFrame(`{"event":"${EVENT}","data":${data}}`),
    answer: shapeOf(JSON.stringify({ event: EVENT, data })),
  }),
};

export const rawWs: Peer = {
  name: 'raw ws, send to each',
  server: 'servers/raw-ws',
  path: '/',
  *opening() {
    // Connected is all there is.
  },
  publisher: (port, _, data) => publisher(rawWs, port, maskedFrame(data)),
  event: (_, data) => shapeOf(data),
  echo: (data) => ({ question: maskedFrame(`?${data}`), answer: shapeOf(`?${data}`) }),
};

export const socketIo: Peer = {
  name: 'socket.io 4 on ws',
  server: 'servers/socket-io',
  path: '/socket.io/?EIO=4&transport=websocket',
  *opening() {
    yield [];
    yield [maskedFrame('40')];
  },
  publisher: (port, _, data) => publisher(socketIo, port, maskedFrame(`42["publish",${data}]`)),
  event: (_, data) => shapeOf(`42["${EVENT}",${data}]`),
  echo: (data) => ({
    question: maskedFrame(`42["echo",${data}]`),
    answer: shapeOf(`42["echo",${data}]`),
  }),
};

/** The first is what the others are compared with. */
export const PEERS: readonly Peer[] = [rawWs, socketIo, standpipe];

/** Data of an event: its number, and a text that makes it long. */
export interface Payload {
  n: number;
  text: string;
}

/** JSON text of `bytes` bytes with the first number. */
export function payload(bytes: number): string {
  const empty = JSON.stringify({ n: FIRST, text: '' });
  return JSON.stringify({ n: FIRST, text: 'x'.repeat(Math.max(0, bytes - empty.length)) });
}

function subscription(socketId: string, channel: string): Buffer {
  const signature = (): string =>
    createHmac('sha256', APP.secret).update(`${socketId}:${channel}`).digest('hex');
  const auth = channel.startsWith('private-') ? `${APP.key}:${signature()}` : '';
  return maskedFrame(JSON.stringify({ event: 'pusher:subscribe', data: { auth, channel } }));
}

/** A connection that sends a frame again and again, numbered; the frames of one call travel in one write. */
async function publisher(peer: Peer, port: number, frame: Buffer): Promise<Publisher> {
  const socket = await new RawSocket(port, peer.path, peer.opening([])).ready;
  let next = 0;
  return {
    publish: (count) =>
      socket.write(Buffer.concat(Array.from({ length: count }, () => renumbered(frame, next++)))),
    close: () => socket.close(),
  };
}
