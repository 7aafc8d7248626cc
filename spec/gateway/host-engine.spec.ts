import { join } from 'node:path';
import t, { type Test } from 'tap';
import { nodeChild } from '../support/node-child';

function said(t: Test, setUp: 'before' | 'after'): Promise<unknown> {
  const child = nodeChild(join(__dirname, 'children/hosted-worker.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, SET_UP: setUp },
  });
  t.teardown(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}, and said nothing`)));
  });
}

t.test(
  'workers with open files of their own find the engine of their primary process',
  async (t) => {
    t.equal(await said(t, 'before'), 'started twice');
  },
);

t.test('a worker whose files were set up behind hostEngine() says what to do', async (t) => {
  t.match(await said(t, 'after'), /call cluster\.setupPrimary\(\) before hostEngine\(\)/);
});
