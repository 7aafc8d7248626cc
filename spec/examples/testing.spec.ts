import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { built } from '../support/built';

built('testing/index.js');
const root = join(__dirname, '../..');
const run = promisify(execFile);
// Neither the loader of tap nor the variables by which node:test knows that it runs below another runner.
const env = { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined, NO_COLOR: '1' };

for (const [name, args, sign] of [
  ['node:test', ['--test', '--test-reporter=tap', 'examples/testing/node.test.mjs'], /^# pass 2$/m],
  [
    'vitest',
    ['node_modules/vitest/vitest.mjs', 'run', '--root', 'examples/testing'],
    /Tests +2 passed/,
  ],
] as const) {
  t.test(`the tests of the guide pass with ${name}`, async (t) => {
    const { stdout } = await run(process.execPath, args, { cwd: root, env });
    t.match(stdout, sign);
  });
}
