import { createClient } from '../../../lib/pipe/client';
import { answerParent, optionsOf } from '../support/answer';
import { APP } from '../support/app';
import { FIRST } from '../support/numbered';
import { EVENT, payload, type Payload } from '../peers/peer';

/** A game server that sends every socket a view of its own with each tick, for as long as it is told. */
const { port, hz, bytes } = optionsOf<{ port: number; hz: number; bytes: number }>();
// Room for seconds of views: on a busy machine they come late, and none is refused.
const room = { maxOutboxEvents: 1e6, maxOutboxBytes: 512 * 1024 * 1024 };
const client = createClient({ key: APP.key, secret: APP.secret, appId: APP.id, port, ...room });
const views = new Map<string, string>();
/** Number of the next tick, over all rounds. */
let next = FIRST;
/** Times that the ticks were due, by a clock that all processes of the machine share. */
let ticksMs: number[] = [];
let late = 0;

client.subscribe(['socket_existence']);
client.sockets.on('open', (id) => {
  const { text } = JSON.parse(payload(bytes)) as Payload;
  views.set(id, id.padEnd(text.length, '.').slice(0, text.length));
});

function play(seconds: number): Promise<number> {
  ticksMs = [];
  late = 0;
  return new Promise((resolve) => {
    const ticker = client.tick(hz, (tick) => {
      if (ticksMs.length >= hz * seconds) {
        ticker.stop();
        return resolve(ticksMs.length);
      }
      late += tick.late;
      const nowMs = Number(process.hrtime.bigint()) / 1e6;
      const dueMs = (ticksMs[0] ?? nowMs) + ((ticksMs.length + late) * 1_000) / hz;
      ticksMs.push(Math.min(nowMs, dueMs));
      for (const [id, text] of views) client.socket(id).trigger(EVENT, { n: next, text });
      next += 1;
    });
  });
}

const answers = {
  play,
  players: () => views.size,
  tickMs: (number: number) => ticksMs[number] ?? NaN,
  skipped: () => late,
};

client.on('error', (error) => {
  throw error;
});
void client.connect().then(() => answerParent(answers));
