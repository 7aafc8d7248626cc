import type { Test } from 'tap';
import { simulate } from './simulate';

/** How many failing schedules are told of; the first is enough to begin with. */
const MAX_TOLD = 5;

/**
 * Lives through schedules with consecutive seeds, or through the one that SEED names: `SEED=17 node … the spec`. Each
 * that fails is told with its seed.
 */
export async function liveThrough(t: Test, first: number, count: number): Promise<void> {
  const { SEED } = process.env;
  const from = SEED === undefined ? first : Number(SEED);
  const until = SEED === undefined ? first + count : from + 1;
  let failed = 0;
  for (let seed = from; seed < until && failed < MAX_TOLD; seed++) {
    const faults = await simulate(seed);
    if (faults.length === 0) continue;
    failed += 1;
    t.same(faults, [], `SEED=${seed}`);
  }
  t.equal(failed, 0, `seeds ${from} to ${until - 1}`);
}
