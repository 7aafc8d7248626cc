import { createClient } from '../../../lib/pipe/client';
import { answerParent, optionsOf } from '../support/answer';
import { APP } from '../support/app';
import { Numbers } from '../support/numbers';
import { channelNames, EVENT } from '../peers/peer';

/** A backend that triggers as fast as the gateway takes it, for as long as it is told. Channels go to its Pipes in turn. */
const options = optionsOf<{ port: number; channels: number; sockets: number; pipes: number }>();
const clients = Array.from({ length: options.pipes }, () => {
  return createClient({ key: APP.key, secret: APP.secret, appId: APP.id, port: options.port });
});
const handles = channelNames(options.channels).map((name, i) => {
  return clients[i % clients.length]?.channel(name);
});
const events = new Numbers(options.channels, options.sockets);
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

for (const client of clients) {
  client.on('error', (error) => {
    throw error;
  });
  client.on('drain', pump);
}
void Promise.all(clients.map((client) => client.connect())).then(() => answerParent({ send }));
