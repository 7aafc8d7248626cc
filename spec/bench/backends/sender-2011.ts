import { createClient } from 'pusher-pipe';
import { answerParent, optionsOf } from '../support/answer';
import { APP } from '../support/app';
import { Numbers } from '../support/numbers';
import { channelNames, EVENT } from '../peers/peer';

/** The same with the unmodified client of 2011, which has no sign of its own to slow down: so many requests at once. */
const REQUESTS_AT_ONCE = 1_024;

const options = optionsOf<{ port: number; channels: number }>();
const { port } = options;
const channels = channelNames(options.channels);
const { id, key, secret } = APP;
const client = createClient({ app_id: id, key, secret, host: '127.0.0.1', port });
const handles = channels.map((name) => client.channel(name));
const events = new Numbers(channels.length);
let until = 0;
let sent = 0;
let open = 0;
let told: (sent: number) => void = () => undefined;

function pump(): void {
  while (open < REQUESTS_AT_ONCE && performance.now() < until) {
    const { channel, value } = events.next();
    handles[channel]?.trigger(EVENT, value, answered);
    sent += 1;
    open += 1;
  }
  if (open === 0) told(sent);
}

function answered(error: Error | null): void {
  if (error !== null) throw error;
  open -= 1;
  // Room for many at a time, so that they share packets.
  if (open <= REQUESTS_AT_ONCE / 2) pump();
}

function send(seconds: number): Promise<number> {
  until = performance.now() + seconds * 1_000;
  sent = 0;
  return new Promise((resolve) => {
    told = resolve;
    setImmediate(pump);
  });
}

client.on('error', (error: Error) => {
  throw error;
});
client.on('connected', () => answerParent({ send }));
client.connect();
