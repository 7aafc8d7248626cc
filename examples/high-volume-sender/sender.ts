/**
 * Sends as many events as the gateway takes, and prints how many were sent and acknowledged each second.
 *
 *     node -r ts-node/register/transpile-only examples/high-volume-sender/sender.ts
 *
 * The example is about one thing: `trigger` returns false when it is time to wait, and 'drain' says when to go on.
 * Sender and gateway share this process, and so one core; Ctrl-C ends it.
 */
import { createClient } from 'standpipe';
import { credentials, fail, onCtrlC, startGateway } from '../start-gateway';

const CHANNELS = 100;

async function main(): Promise<void> {
  const gateway = await startGateway();
  const client = createClient({ ...credentials, port: gateway.port });
  const channels = Array.from({ length: CHANNELS }, (_, index) => client.channel(`room-${index}`));
  let sent = 0;
  let acknowledged = 0;
  let refused = 0;
  let waits = 0;
  let stopped = false;

  // A function for all events: a closure for each would cost more than the event.
  const settled = (error: Error | null): void => {
    if (error === null) acknowledged += 1;
    else refused += 1;
  };

  const pump = (): void => {
    for (let room = true; room && !stopped; sent += 1) {
      const channel = channels[sent % CHANNELS];
      room = channel?.trigger('price', { number: sent }, {}, settled) === true;
    }
    waits += 1;
  };
  client.on('drain', pump);

  await client.connect();
  pump();

  let before = { sent, acknowledged, at: performance.now() };
  const printing = setInterval(() => {
    const now = { sent, acknowledged, at: performance.now() };
    const rate = (from: number, to: number): string =>
      Math.round(((to - from) * 1_000) / (now.at - before.at))
        .toLocaleString('en')
        .padStart(9);
    console.log(
      `${rate(before.sent, sent)} sent/s ${rate(before.acknowledged, acknowledged)} acknowledged/s` +
        `   ${refused} refused   waited ${waits} times`,
    );
    before = now;
  }, 1_000);

  onCtrlC(async () => {
    stopped = true;
    clearInterval(printing);
    // Waits until every event sent is acknowledged.
    await client.disconnect();
    console.log(`${sent} sent, ${acknowledged} acknowledged, ${refused} refused`);
    await gateway.stop();
  });
}

main().catch(fail);
