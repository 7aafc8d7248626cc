import { maskedFrame } from '../support/frames';
import { shapeOf } from '../support/numbered';
import type { Peer } from './peer';
import { rawPublisher } from './publisher';

/**
 * Servers with the least that rooms take: `+room` joins one, `?text` is answered with itself, and `room`, a line break and a
 * text is sent to all of the room.
 */
function plain(name: string, server: string, options: object = {}): Peer {
  return {
    name,
    server,
    options,
    path: () => '/',
    *opening(channels) {
      if (channels.length > 0) yield channels.map((channel) => maskedFrame(`+${channel}`));
      for (let left = channels.length; left > 1; left -= 1) yield [];
    },
    publisher(port, channels, data) {
      const frames = channels.map((channel) => maskedFrame(`${channel}\n${data}`));
      return rawPublisher(port, frames, { path: '/', opening: this.opening([]) });
    },
    event: (_, data) => shapeOf(data),
    echo: (data) => ({ question: maskedFrame(`?${data}`), answer: shapeOf(`?${data}`) }),
  };
}

export const rawWs = plain('raw ws, send to each', 'servers/raw-ws');

/** @param folder of the package */
export function uWebSockets(folder: string): Peer {
  return plain('uWebSockets.js', 'servers/uws', { folder });
}
