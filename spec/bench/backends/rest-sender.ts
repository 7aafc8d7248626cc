import { Agent } from 'node:http';
import Pusher from 'pusher';
import { answerParent, optionsOf } from '../support/answer';
import { APP } from '../support/app';
import { Numbers } from '../support/numbers';
import { channelNames, EVENT } from '../peers/peer';

/** The same over the HTTP API with Pusher's own SDK, as many requests at once as connections are kept open. */
const REQUESTS_AT_ONCE = 32;

const options = optionsOf<{ port: number; channels: number }>();
const { port } = options;
const channels = channelNames(options.channels);
const agent = new Agent({ keepAlive: true, maxSockets: REQUESTS_AT_ONCE });
const { id: appId, key, secret } = APP;
const pusher = new Pusher({ appId, key, secret, host: '127.0.0.1', port: `${port}`, agent });
const events = new Numbers(channels.length);

async function send(seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let sent = 0;
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const { channel, value } = events.next();
      sent += 1;
      await pusher.trigger(channels[channel] ?? '', EVENT, value);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, one));
  return sent;
}

answerParent({ send });
