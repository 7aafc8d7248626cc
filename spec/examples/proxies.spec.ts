import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Gateway } from '../../lib/gateway';
import { behindProxy, withGateways } from '../support/behind-proxy';
import { freePort } from '../support/nginx';
import { hasProgram, runServer } from '../support/program';
import { hasRedis } from '../support/start-redis';

const FOLDER = join(__dirname, '../../examples/deploy');
const HAPROXY = '/usr/sbin/haproxy';

/** A configuration of the example with the addresses of this machine, in a file. */
function configured(
  t: Test,
  name: string,
  gateways: readonly Gateway[],
  [there, here]: readonly [string, string],
): { folder: string; file: string } {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  if (!text.includes(there)) throw new Error(`${name} has no ${there}`);
  const folder = t.testdir();
  const file = join(folder, name);
  const config = withGateways(text, gateways).replace(there, here);
  // As many descriptors as this process may have.
  writeFileSync(file, config.replace('maxconn 20000', 'maxconn 1000'));
  return { folder, file };
}

t.test('HAProxy of the example before two gateways that share a Redis', async (t) => {
  if (!hasRedis(t) || !hasProgram(t, HAPROXY, 'its configuration')) return;
  await behindProxy(t, async (t, gateways) => {
    const port = await freePort();
    const listens = ['bind :80', `bind 127.0.0.1:${port}`] as const;
    const { file } = configured(t, 'haproxy.cfg', gateways, listens);
    await runServer(t, [HAPROXY, '-db', '-f', file], `http://127.0.0.1:${port}/livez`);
    return port;
  });
});

t.test('Caddy of the example before two gateways that share a Redis', async (t) => {
  if (!hasRedis(t) || !hasProgram(t, 'caddy', 'its configuration')) return;
  await behindProxy(t, async (t, gateways) => {
    const port = await freePort();
    const listens = ['\n:80 {', `\nhttp://127.0.0.1:${port} {`] as const;
    const { folder, file } = configured(t, 'Caddyfile', gateways, listens);
    const run = ['caddy', 'run', '--adapter', 'caddyfile', '--config', file];
    const home = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    await runServer(t, run, `http://127.0.0.1:${port}/livez`, home);
    return port;
  });
});
