import t from 'tap';
import { isWhole } from '../support/depth';
import { liveThrough } from '../support/simulator/schedules';

/** `npm run long -- schedules` lives through 200 000. */
const PER_SHARD = isWhole ? 400 : 200;
/** The shards that .ci/specs.cjs runs in processes of their own, so that all processors have something to do. */
const SHARDS = isWhole ? [1, 2] : [1];

const { SHARD, SEED } = process.env;
t.jobs = SHARDS.length;
for (const shard of SHARD === undefined && SEED === undefined ? SHARDS : [Number(SHARD ?? 1)]) {
  const first = 1 + (shard - 1) * PER_SHARD;
  // A busy machine takes longer than the half minute that a test has.
  t.test('the promises hold through any schedule of faults', { timeout: 240_000 }, (t) =>
    liveThrough(t, first, PER_SHARD),
  );
}
