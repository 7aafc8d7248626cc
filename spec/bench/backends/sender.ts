import { createClient } from '../../../lib/pipe/client';
import { answerParent, optionsOf } from '../support/answer';
import { APP } from '../support/app';
import { Numbers } from '../support/numbers';
import { EVENT } from '../support/peers';

/** A backend that triggers as fast as the gateway takes it, for as long as it is told. */
const { port, channels } = optionsOf<{ port: number; channels: string[] }>();
const client = createClient({ key: APP.key, secret: APP.secret, appId: APP.id, port });
const handles = channels.map((name) => client.channel(name));
const events = new Numbers(channels.length);
let until = 0;
let sent = 0;
let told: (sent: number) => void = () => undefined;

function pump(): void {
  let room = true;
  while (room && performance.now() < until) {
    // The clock is looked at now and then only.
    for (let i = 0; i < 64 && room; i += 1) {
      const { channel, value } = events.next();
      room = handles[channel]?.trigger(EVENT, value) === true;
      sent += 1;
    }
  }
  if (performance.now() >= until) told(sent);
}

function send(seconds: number): Promise<number> {
  until = performance.now() + seconds * 1_000;
  sent = 0;
  return new Promise((resolve) => {
    told = resolve;
    setImmediate(pump);
  });
}

client.on('error', (error) => {
  throw error;
});
client.on('drain', pump);
void client.connect().then(() => answerParent({ send }));
