import { randomBytes } from 'node:crypto';
import type { Environment } from '../config';
import { differences, readAnswers, saveAnswers } from '../recording/answers';
import { openRecording } from '../recording/format';
import { Player } from '../recording/player';

export interface ReplayFlags {
  host: string;
  port: number;
  speed: number;
  /** Silence in seconds behind which the backend has said everything. */
  wait: number;
  save?: string;
  expect?: string;
}

/**
 * Plays a recording to a backend that connects: as fast as it was, or faster. Ends with 1 where `--expect` finds another
 * answer than that of an earlier replay.
 */
export async function replay(file: string, flags: ReplayFlags, env: Environment): Promise<void> {
  const { host, port, speed } = flags;
  const expected = flags.expect === undefined ? undefined : readAnswers(flags.expect);
  const { head, entries, end } = await openRecording(file);
  const key = env['STANDPIPE_APP_KEY'] ?? 'replay';
  const secret = env['STANDPIPE_APP_SECRET'] ?? randomBytes(20).toString('hex');
  const player = new Player({ id: head.app, key, secret }, { host, port });
  const { gateway } = player;
  await gateway.start();
  console.log(JSON.stringify({ appId: head.app, key, secret, host, port: gateway.port }));
  console.error('standpipe: waits for a backend with these credentials');
  await player.backend();
  const played = await player.play(entries, speed === 0 ? Infinity : speed);
  await quiet(player, flags.wait * 1000);
  await gateway.drain();
  const { answers, skipped } = player;
  const isWhole = end() !== undefined;
  console.log(
    JSON.stringify({
      played,
      answers: answers.length,
      skipped: Object.fromEntries(skipped),
      isWhole,
    }),
  );
  if (!isWhole) console.error(`standpipe: ${file} was cut off; all that it holds was played`);
  if (flags.save !== undefined) saveAnswers(flags.save, answers);
  const found = expected === undefined ? [] : differences(expected, answers);
  for (const difference of found) console.log(difference);
  if (found.length > 0) process.exitCode = 1;
}

/** Waits until the backend has handled everything, and its last answer is a while ago. */
async function quiet(player: Player, waitMs: number): Promise<void> {
  for (let before = -1; before !== player.answers.length;) {
    await player.caughtUp();
    before = player.answers.length;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
