import { once } from 'node:events';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createClient } from '../../lib/pipe/client';
import type { PipeOptions } from '../../lib/pipe/options';
import { systemClock } from '../../lib/util/timers';
import { nodeChild } from '../support/node-child';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';

const APP = { appId: '1', key: 'key', secret: SECRET };

/** Starts the README's first program. `until` resolves with its stderr when that fits, or when the program ends. */
function firstProgram(
  t: Test,
  options: PipeOptions,
): { until: (sign: RegExp) => Promise<string>; ended: Promise<string> } {
  const child = nodeChild(join(__dirname, 'children/first-program.ts'), {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, CHILD_OPTIONS: JSON.stringify(options) },
  });
  t.teardown(() => child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(() => stderr);
  const until = async (sign: RegExp): Promise<string> => {
    while (!sign.test(stderr) && child.exitCode === null) {
      await Promise.race([once(child.stderr ?? child, 'data'), ended]);
    }
    return stderr;
  };
  return { until, ended };
}

t.test('a program without a handler of error is told on stderr what fails', async (t) => {
  const gateway = await startGateway(t);
  const { port } = gateway;
  const wrong = firstProgram(t, { ...APP, port, secret: 'not-the-secret' });
  const nowhere = firstProgram(t, { ...APP, port: 1 });
  const silent = firstProgram(t, { ...APP, port, secret: 'not-the-secret', log: false });

  const refused = await wrong.ended;
  t.match(refused, /\[bad_credentials\] StandpipeWarning: auth_signature does not match/);
  t.notMatch(refused, /not-the-secret/);
  t.match(
    await nowhere.until(/StandpipeWarning.*\n/),
    /\[connect_failed\] StandpipeWarning: ws:\/\/127.0.0.1:1: .*; nothing listens there/,
  );
  t.equal(await silent.ended, '', 'log: false silences it');
});

t.test('a handler that throws is told on stderr with its place, once a minute', async (t) => {
  const { port } = await startGateway(t);
  const program = firstProgram(t, { ...APP, port });
  const connect = setInterval(() => void TestSocket.connect(t, port).catch(() => undefined), 200);
  t.teardown(() => clearInterval(connect));
  const told = await program.until(/first-program\.ts:\d+/);
  t.match(told, /\[handler_failed\] StandpipeWarning: a handler of open failed: a bug of the app/);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const later = await program.until(/first-program/);
  t.equal(later.match(/StandpipeWarning/g)?.length, 1);
});

t.test('a backend whose clock is wrong connects by the clock of the gateway', async (t) => {
  const { port } = await startGateway(t);
  for (const offMs of [-3_600_000, 86_400_000]) {
    const clock = { ...systemClock, wall: () => Date.now() + offMs };
    const options = { ...APP, port, backoff: { baseMs: 1, maxMs: 10 } };
    const client = createClient(options, { clock });
    const statuses: unknown[] = [];
    client.on('error', ({ code, status }) => void statuses.push([code, status]));
    await client.connect();
    t.strictSame(statuses, [['connect_failed', 401]]);
    await client.disconnect();
  }
});
