import { execFileSync } from 'node:child_process';
import t from 'tap';
import { oldGenerationBytes } from '../../../../lib/gateway/core/timing/old-generation';

const MIB = 1024 * 1024;
/** Versions of V8 in Node 20, 22, 24 and 26. */
const V8 = ['11.3.244', '12.4.254', '13.6.233', '14.6.202'] as const;

t.test(
  'the old generation that a flag sets is what is left of the limit of the heap',
  async (t) => {
    for (const flags of ['', '--max-semi-space-size=8', '--max_semi_space_size=40']) {
      const args = ['--max-old-space-size=40', ...(flags === '' ? [] : [flags])];
      const script = 'v8.getHeapStatistics().heap_size_limit';
      const env = { ...process.env, NODE_OPTIONS: '' };
      const limit = execFileSync(process.execPath, [...args, '-p', script], {
        env,
        encoding: 'utf8',
      });
      const bytes = oldGenerationBytes(Number(limit), process.versions.v8, args.join(' '));
      t.equal(bytes / MIB, 40, `${process.version} ${flags}`);
    }
  },
);

t.test('the old generation that V8 chooses is found within its limit, on every Node', async (t) => {
  const limits: Array<[old: number, limits: number[]]> = [
    [512, [524, 524, 560, 536]],
    [1_024, [1_048, 1_048, 1_120, 1_072]],
    [2_048, [2_096, 2_096, 2_240, 2_144]],
    [4_096, [4_144, 4_144, 4_288, 4_192]],
  ];
  for (const [old, each] of limits) {
    for (const [i, limit] of each.entries()) {
      t.equal(oldGenerationBytes(limit * MIB, V8[i], '') / MIB, old, `V8 ${V8[i]}: ${limit} MiB`);
    }
  }
});

t.test('a small heap is not taken for a full one', async (t) => {
  for (const v8 of V8) {
    const bytes = oldGenerationBytes(259 * MIB, v8, '--no-warnings');
    t.ok(bytes > 230 * MIB && bytes < 259 * MIB, `V8 ${v8}: ${bytes / MIB} MiB`);
  }
});
