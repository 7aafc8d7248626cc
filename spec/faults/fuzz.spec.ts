import t from 'tap';
import { fuzz } from './fuzz/fuzz';

const SEEDS = [1, 2, 3];

t.test('wrong input at every entrance hurts nobody and leaves nothing behind', async (t) => {
  const random = Date.now() % 1_000_000;
  t.comment(`the random seed is ${random}: npm run long -- fuzz 60 ${random}`);
  const { faults, ...report } = await fuzz(t, {
    seeds: [...SEEDS, random],
    seconds: 20,
    share: 0.4,
  });
  t.strictSame(faults, []);
  t.ok(report.attempts > 0 && report.rounds > 0, JSON.stringify(report));
});
