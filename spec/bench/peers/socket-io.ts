import { maskedFrame } from '../support/frames';
import { shapeOf } from '../support/numbered';
import { EVENT, type Peer } from './peer';
import { rawPublisher } from './publisher';

const PATH = '/socket.io/?EIO=4&transport=websocket';

export const socketIo: Peer = {
  name: 'socket.io 4 on ws',
  server: 'servers/socket-io',
  path: () => PATH,
  *opening(channels) {
    yield [];
    yield [maskedFrame('40')];
    if (channels.length > 0) yield [maskedFrame(`42${JSON.stringify(['join', channels])}`)];
  },
  publisher(port, channels, data) {
    const frames = channels.map((channel) => maskedFrame(`42["publish","${channel}",${data}]`));
    return rawPublisher(port, frames, { path: PATH, opening: this.opening([]) });
  },
  event: (_, data) => shapeOf(`42["${EVENT}",${data}]`),
  echo: (data) => ({
    question: maskedFrame(`42["echo",${data}]`),
    answer: shapeOf(`42["echo",${data}]`),
  }),
};
