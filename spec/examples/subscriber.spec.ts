import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { createClient } from '../../lib';
import { hasBrowser, startBrowser } from '../support/browser';
import { built } from '../support/built';
import { SECRET, startGateway } from '../support/start-gateway';

const examples = join(__dirname, '../../examples');

/** Runs an example as its head comment says; its lines come one by one. */
function start(t: Test, file: string, env: Record<string, string>): AsyncIterator<string> {
  built('standpipe.min.js');
  const child: ChildProcess = spawn(process.execPath, [join(examples, file)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  t.teardown(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    const [code] = (await gone) as [number | null];
    if (code !== 0) throw new Error(`it did not end when it was told to: ${code}`);
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('no output');
  return createInterface({ input: stdout })[Symbol.asyncIterator]();
}

t.test('a Node process listens to an app', { timeout: 100_000 }, async (t) => {
  const gateway = await startGateway(t);
  const lines = start(t, 'node-subscriber/subscriber.mjs', {
    PORT: String(gateway.port),
    KEY: 'key',
    SECRET,
  });
  const heard: string[] = [];
  while (heard.filter((line) => line.startsWith('subscribed')).length < 3) {
    heard.push(String((await lines.next()).value));
  }
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port: gateway.port });
  t.teardown(() => client.disconnect());
  await client.connect();
  client.channel('private-room').trigger('hello', { a: 1 });
  t.equal((await lines.next()).value, 'private-room hello {"a":1}');
});

if (hasBrowser()) {
  t.test('a page shows who has it open', { timeout: 100_000 }, async (t) => {
    const lines = start(t, 'presence-page/server.mjs', { PORT: '0', PAGE_PORT: '0' });
    const url = String((await lines.next()).value);
    const browser = await startBrowser(t);
    const [ann, bob] = [await browser.newPage(), await browser.newPage()];
    await ann.goto(`${url}/?name=Ann`);
    await ann.getByText('Ann (this tab)').waitFor();
    await bob.goto(`${url}/?name=Bob`);
    await ann.getByText('Bob', { exact: true }).waitFor();
    await bob.close();
    await ann.getByText('Bob', { exact: true }).waitFor({ state: 'detached' });
    t.equal(await ann.locator('#people li').count(), 1);
    t.equal(await ann.locator('#state').textContent(), 'connected');
  });
}
