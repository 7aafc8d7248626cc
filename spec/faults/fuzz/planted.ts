import { join } from 'node:path';
import type { Test } from 'tap';
import type { Mutation } from '../../stream/models/modules';
import { fuzz, type FuzzReport } from './fuzz';

const PLANT = join(__dirname, '../../../.ci/plant.cjs');
const SECONDS = 60;
/** Rests in this time: entries that stay are seen at rest only. */
const SEEDS = 6;

/** A bug in one place of lib, and the fault by which wrong input must show it. */
export interface PlantedInGateway extends Mutation {
  title: string;
  shows: RegExp;
}

/** Bugs of the kinds that wrong input is sent for. */
export const PLANTED: readonly PlantedInGateway[] = [
  {
    title: 'a reserved bit in a frame ends the process',
    file: 'gateway/transport/connection.ts',
    from: 'ownerOf(this).#watch.peerFailed(error);',
    to: 'if (/RSV/.test(error.message)) setImmediate(() => { throw error; });',
    shows: /the gateway has ended/,
  },
  {
    title: 'a Map has an entry more with each refused signature',
    file: 'gateway/protocols/channels/commands/subscribe.ts',
    from: 'if (!verdict.ok) return verdict.message;',
    to:
      'const all = ((globalThis as any).refused ??= new Map());' +
      'if (!verdict.ok) { all.set(socket.id + channel, auth); return verdict.message; }',
    shows: /entries at rest/,
  },
  {
    title: 'nested JSON stops the gateway for 300 ms',
    file: 'pusher/json.ts',
    from: '    return JSON.parse(text) as unknown;',
    to:
      "    if (text.includes('[[[[')) for (const start = process.cpuUsage().user; process.cpuUsage().user < start + 300_000; );" +
      '    return JSON.parse(text) as unknown;',
    shows: /a turn took \d+ ms/,
  },
  {
    title: 'a body that is no array is refused by a rejection that nobody handles',
    file: 'gateway/sockjs/body.ts',
    from: "return { refuse: 400, text: 'The body must be a JSON array of strings' };",
    to: "void Promise.reject(new Error('no array')); return { refuse: 400, text: 'No array' };",
    shows: /the gateway has ended/,
  },
  {
    title: 'bytes that are no HTTP leave their connection open',
    file: 'gateway/transport/listener.ts',
    from: 'this.#refuse(stream, unreadable(error)),',
    to: 'void [stream.pause(), unreadable(error)],',
    shows: /connections are open/,
  },
  {
    title: 'data of a subscription of pushy are written as deep as they are nested',
    file: 'gateway/protocols/pushy/signature.ts',
    from: 'const json = writeJson(data);',
    to: 'const json = JSON.stringify(data);',
    shows: /RangeError/,
  },
];

/** Plants each bug in turn, and looks whether wrong input shows it. Prints the smallest input that did. */
export async function findPlantedByFuzz(
  test: Test,
  seed: number,
  word = '',
): Promise<{ bugs: number; found: number }> {
  const bugs = PLANTED.filter(({ title }) => title.includes(word));
  let found = 0;
  for (const { title, shows, ...mutation } of bugs) {
    const { faults } = await withPlanted(test, mutation, seed);
    const isFound = faults.some((fault) => shows.test(fault));
    if (isFound) found++;
    test.ok(isFound, title);
    for (const fault of faults) test.comment(fault.slice(0, 2_000));
  }
  return { bugs: bugs.length, found };
}

function withPlanted(test: Test, mutation: Mutation, seed: number): Promise<FuzzReport> {
  const env = { PLANTED: JSON.stringify(mutation) };
  const seeds = Array.from({ length: SEEDS }, (_, i) => seed + i);
  return fuzz(test, { seeds, seconds: SECONDS, env, nodeArgs: ['-r', PLANT] });
}
