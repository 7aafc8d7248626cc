import { createClient } from '../../../lib/pipe/client';
import { APP } from '../support/app';
import { atEnd } from '../support/attempt';
import { maskedFrame } from '../support/frames';
import { FIRST, shapeOf } from '../support/numbered';
import { EVENT, type Payload, type Peer } from './peer';
import { subscribed } from './pusher';

/** The gateway, which a backend in the process of the loader publishes to over a Pipe. */
export const standpipe: Peer & Required<Pick<Peer, 'path' | 'echo'>> = {
  name: 'standpipe',
  server: 'servers/standpipe',
  path: () => `/app/${APP.key}?protocol=7&client=bench`,
  opening: subscribed,
  async publisher(port, channels, data) {
    const client = createClient({ key: APP.key, secret: APP.secret, appId: APP.id, port });
    atEnd(() => client.disconnect());
    await client.connect();
    const handles = channels.map((name) => client.channel(name));
    const { text } = JSON.parse(data) as Payload;
    let next = 0;
    return {
      publish: (count) => {
        for (let i = 0; i < count; i += 1) {
          handles[next % handles.length]?.trigger(EVENT, { n: FIRST + next, text });
          next += 1;
        }
      },
    };
  },
  event: (channel, data) => shapeOf(JSON.stringify({ event: EVENT, channel, data })),
  echo: (data) => ({
    question: maskedFrame(`{"event":"${EVENT}","data":${data}}`),
    answer: shapeOf(JSON.stringify({ event: EVENT, data })),
  }),
};
