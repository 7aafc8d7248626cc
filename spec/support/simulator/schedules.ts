import { once } from 'node:events';
import { join } from 'node:path';
import type { Test } from 'tap';
import { nodeChild } from '../node-child';

/** Failing schedules whose faults are shown; the first is enough to begin with. */
const MAX_TOLD = 5;

/**
 * Lives through schedules with consecutive seeds, or through the one that SEED names: `SEED=17 node … the spec`. Each
 * that fails is told with its seed.
 */
export async function liveThrough(t: Test, first: number, count: number): Promise<void> {
  const { SEED } = process.env;
  const from = Number(SEED ?? first);
  const last = SEED === undefined ? first + count - 1 : from;
  const child = nodeChild(join(__dirname, 'live-through.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, FIRST: `${from}`, LAST: `${last}` },
  });
  t.teardown(() => child.kill('SIGKILL'));
  let failed = 0;
  child.on('message', ({ seed, faults }: { seed: number; faults: unknown[] }) => {
    if (++failed <= MAX_TOLD) t.same(faults, [], `SEED=${seed}`);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  t.equal(code, 0, 'the simulator came to its end');
  t.equal(failed, 0, `seeds ${from} to ${last}`);
}
