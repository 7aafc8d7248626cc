import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runs } from '../support/depth';
import { fuzz } from './fuzz/fuzz';
import { PLANTED } from './fuzz/planted';

const SEEDS = [1, 2, 3].slice(0, runs(3));
/** Time to find the smallest input that fails, too. */
const TIMEOUT_MS = 200_000;
const TITLE = 'wrong input at every entrance hurts nobody and leaves nothing behind';

t.test(TITLE, { timeout: TIMEOUT_MS }, async (t) => {
  const random = Date.now() % 1_000_000;
  t.comment(`the random seed is ${random}: npm run long -- fuzz 60 ${random}`);
  const { faults, ...report } = await fuzz(t, {
    seeds: [...SEEDS, random],
    seconds: runs(20),
    share: 0.3,
  });
  t.strictSame(faults, []);
  t.ok(report.attempts > 0 && report.rounds > 0, JSON.stringify(report));
});

t.test('bugs that wrong input must find stand in the text of lib', async (t) => {
  for (const { title, file, from } of PLANTED) {
    const text = readFileSync(join(__dirname, '../../lib', file), 'utf8');
    t.equal(text.split(from).length, 2, title);
  }
});
