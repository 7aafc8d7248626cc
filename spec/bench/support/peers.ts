import { createHmac } from 'node:crypto';
import { createClient } from '../../../lib/pipe/client';
import { APP } from './app';
import { frameBytes, maskedFrame } from './frames';
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
  opening(channels: readonly string[]): Opening;
  /** Publishes `data`, which is JSON text, to all of a channel. */
  publisher(port: number, channel: string, data: string): Promise<Publisher>;
  /** Bytes that a subscriber gets of one such event. */
  eventBytes(channel: string, data: string): number;
  /** A message that is answered, and the bytes of the answer. */
  echo(data: string): { question: Buffer; answerBytes: number };
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
    const value: unknown = JSON.parse(data);
    return {
      publish: (count) => {
        for (let i = 0; i < count; i += 1) handle.trigger(EVENT, value);
      },
      close: () => void client.disconnect(),
    };
  },
  eventBytes: (channel, data) => frameBytes(JSON.stringify({ event: EVENT, channel, data })),
  echo: (data) => ({
    question: maskedFrame(`{"event":"${EVENT}","data":${data}}`),
    answerBytes: frameBytes(JSON.stringify({ event: EVENT, data })),
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
  eventBytes: (_, data) => frameBytes(data),
  echo: (data) => ({ question: maskedFrame(`?${data}`), answerBytes: frameBytes(`?${data}`) }),
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
  eventBytes: (_, data) => frameBytes(`42["${EVENT}",${data}]`),
  echo: (data) => ({
    question: maskedFrame(`42["echo",${data}]`),
    answerBytes: frameBytes(`42["echo",${data}]`),
  }),
};

/** The first is what the others are compared with. */
export const PEERS: readonly Peer[] = [rawWs, socketIo, standpipe];

/** JSON text of `bytes` bytes. */
export function payload(bytes: number): string {
  const frame = '{"text":""}';
  return JSON.stringify({ text: 'x'.repeat(Math.max(0, bytes - frame.length)) });
}

function subscription(socketId: string, channel: string): Buffer {
  const signature = (): string =>
    createHmac('sha256', APP.secret).update(`${socketId}:${channel}`).digest('hex');
  const auth = channel.startsWith('private-') ? `${APP.key}:${signature()}` : '';
  return maskedFrame(JSON.stringify({ event: 'pusher:subscribe', data: { auth, channel } }));
}

/** A connection that sends the same frame again and again; the frames of one call travel in one write. */
async function publisher(peer: Peer, port: number, frame: Buffer): Promise<Publisher> {
  const socket = await new RawSocket(port, peer.path, peer.opening([])).ready;
  return {
    publish: (count) =>
      socket.write(count === 1 ? frame : Buffer.concat(new Array<Buffer>(count).fill(frame))),
    close: () => socket.close(),
  };
}
