import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { StandpipeError } from '../../errors';
import { parseJson } from '../../pusher/json';
import type { Answer } from './player';

/** Differences that are told; further ones are counted. */
const MAX_TOLD = 20;

/** Answers of each socket, in their order: between sockets there is none. */
function bySocket(answers: readonly Answer[]): Map<string, Array<Omit<Answer, 's'>>> {
  const sockets = new Map<string, Array<Omit<Answer, 's'>>>();
  for (const { s, ...answer } of answers) {
    const list = sockets.get(s);
    if (list === undefined) sockets.set(s, [answer]);
    else list.push(answer);
  }
  return sockets;
}

/** Writes what browsers were sent in a replay, for later ones to be compared with. */
export function saveAnswers(file: string, answers: readonly Answer[]): void {
  const lines = answers.map((answer) => JSON.stringify(answer));
  writeFileSync(file, gzipSync(`${lines.join('\n')}\n`), { mode: 0o600 });
}

/** @throws StandpipeError `bad_argument` when the file is none that `saveAnswers` has written */
export function readAnswers(file: string): Answer[] {
  let text: string;
  try {
    text = gunzipSync(readFileSync(file)).toString();
  } catch (cause) {
    const message = `--expect: cannot read ${file}: ${(cause as Error).message}`;
    throw new StandpipeError('bad_argument', message, { cause });
  }
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => parseJson(line) as Answer);
}

/** Differences of what the sockets were sent in two replays, a line for the first one of each socket. */
export function differences(expected: readonly Answer[], got: readonly Answer[]): string[] {
  const [before, now] = [bySocket(expected), bySocket(got)];
  const found: string[] = [];
  for (const s of new Set([...before.keys(), ...now.keys()])) {
    const [one, other] = [before.get(s) ?? [], now.get(s) ?? []];
    for (let i = 0; i < Math.max(one.length, other.length); i++) {
      if (isDeepStrictEqual(one[i], other[i])) continue;
      const [was, is] = [one[i], other[i]].map((each) => JSON.stringify(each) ?? 'nothing');
      found.push(`socket ${s}, message ${i + 1}: ${is ?? ''} in place of ${was ?? ''}`);
      break;
    }
  }
  const more = found.length - MAX_TOLD;
  return more > 0 ? [...found.slice(0, MAX_TOLD), `and ${more} more sockets`] : found;
}
