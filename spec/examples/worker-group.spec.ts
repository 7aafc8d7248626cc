import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { createTestGateway, type FakeBrowser, type TestGateway } from '../../lib/testing';
import { built } from '../support/built';
import { nodeChild } from '../support/node-child';
import { hasProgram } from '../support/program';

built('index.js');
const folder = join(__dirname, '../../examples/worker-group');

interface Settings {
  apps: Array<{ script: string; instances: number; instance_var: string; kill_timeout: number }>;
}

function settings(): Settings {
  // oxlint-disable-next-line typescript/no-require-imports
  return require(join(folder, 'ecosystem.config.cjs')) as Settings;
}

/** Starts a worker as a process manager does, and waits until it is ready. */
async function start(t: Test, { client }: TestGateway, number: number): Promise<ChildProcess> {
  const { apps } = settings();
  const [{ script, instance_var: variable }] = apps as [Settings['apps'][number]];
  const { appId, key, secret, port } = client;
  const child = nodeChild(join(folder, '../..', script), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      STANDPIPE_APP_ID: appId,
      STANDPIPE_KEY: key,
      STANDPIPE_SECRET: secret,
      STANDPIPE_PORT: `${port}`,
      [variable]: `${number}`,
    },
  });
  t.teardown(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('no output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  t.equal(line, `worker-${number} is ready`);
  return child;
}

/** Workers that answered the browsers, one job of each. */
async function answerers(browsers: FakeBrowser[]): Promise<string[]> {
  const answers = browsers.map(async (browser, job) => {
    browser.send('work', job);
    const { data } = await browser.next('done');
    const { job: done, by } = data as { job: number; by: string };
    if (done !== job) throw new Error(`job ${job} was answered as ${done}`);
    return by;
  });
  return [...new Set(await Promise.all(answers))].sort();
}

t.test(
  'workers share the browsers, and one that stops, dies or returns costs none of them an answer',
  async (t) => {
    const gateway = await createTestGateway();
    t.teardown(() => gateway.close());
    const browsers = await Promise.all(
      Array.from({ length: 24 }, () => gateway.browser({ timeoutMs: 60_000 })),
    );
    const [first, second] = await Promise.all([start(t, gateway, 0), start(t, gateway, 1)]);
    t.strictSame(await answerers(browsers), ['worker-0', 'worker-1']);

    const stopped = once(first, 'exit');
    first.kill('SIGTERM');
    t.strictSame(await stopped, [0, null], 'it ends by itself');
    t.strictSame(await answerers(browsers), ['worker-1']);

    const killed = once(second, 'exit');
    second.kill('SIGKILL');
    await killed;
    const waiting = answerers(browsers);
    await start(t, gateway, 1);
    t.strictSame(await waiting, ['worker-1'], 'jobs of the time between are done');
  },
);

t.test('workers get more time to end than the gateway waits for them', async (t) => {
  const { apps } = settings();
  t.ok((apps[0]?.kill_timeout ?? 0) > 10_000);
  if (!hasProgram(t, 'systemd-analyze', 'the unit of the workers')) return;
  const unit = join(t.testdir(), 'worker@1.service');
  copyFileSync(join(folder, 'worker@.service'), unit);
  execFileSync('systemd-analyze', ['verify', '--man=no', unit], { stdio: 'pipe' });
  t.pass('systemd takes the unit');
});
