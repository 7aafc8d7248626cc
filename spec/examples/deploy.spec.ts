import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { MemoryEngine } from '../../lib/brokers/memory/engine';
import { readConfig } from '../../lib/cli/config';
import type { Gateway } from '../../lib/gateway';
import { checkGatewayOptions } from '../../lib/gateway/options/options';
import { behindProxy, withGateways } from '../support/behind-proxy';
import { freePort, hasNginx, runNginx, temporaryPaths } from '../support/nginx';
import { SECRET, startGateway } from '../support/start-gateway';
import { hasRedis } from '../support/start-redis';

const FOLDER = join(__dirname, '../../examples/deploy');

function textOf(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8');
}

/** The nginx of the example, before gateways of this machine. */
async function startProxy(t: Test, gateways: readonly Gateway[]): Promise<number> {
  const folder = t.testdir();
  const port = await freePort();
  let config = textOf('nginx.conf')
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('http {', `http { access_log off; ${temporaryPaths(folder)}`);
  config = withGateways(config, gateways);
  const outside = `daemon off; pid ${folder}/pid; error_log stderr error;`;
  await runNginx(t, folder, `${outside}\n${config}`, `http://127.0.0.1:${port}/livez`);
  return port;
}

t.test('nginx of the example before two gateways that share a Redis', async (t) => {
  if (hasRedis(t) && hasNginx(t)) await behindProxy(t, startProxy);
});

t.test('the configuration of the example is one', async (t) => {
  const variables = textOf('env.example').matchAll(/^(STANDPIPE_APP_[A-Z]+)=/gm);
  const env = Object.fromEntries(Array.from(variables, ([, name = '']) => [name, SECRET]));
  const { options } = readConfig({ config: join(FOLDER, 'standpipe.json') }, env);
  const { apps, metrics, host } = checkGatewayOptions(options);
  t.match({ apps, metrics, host }, { apps: [{ id: SECRET }], metrics: { port: 9601 } });
  const compose = textOf('compose.yaml');
  t.strictSame(options.trustedProxies, [/subnet: (\S+)/.exec(compose)?.[1]], 'nginx is believed');
  const files = Array.from(
    compose.matchAll(/- \.\/([^:]+):|dockerfile: (\S+)/g),
    ([, file, path]) =>
      file === undefined ? join(FOLDER, '../..', path ?? '') : join(FOLDER, file),
  );
  t.equal(files.length, 3);
  const unfilled = Array.from(
    textOf('env.example').matchAll(/^(STANDPIPE_APP_\w+)=$/gm),
    ([, name]) => name,
  );
  t.equal(unfilled.length, 3);
  for (const name of unfilled) {
    t.ok(compose.includes(`${name}: \${${name}:?`), `compose names ${name} when it is empty`);
  }
  for (const file of files) t.ok(existsSync(file), file);
});

t.test('the metrics that the page of the example names are those of a gateway', async (t) => {
  const gateway = await startGateway(t, {
    ...{ joinedBy: new MemoryEngine().join(), metrics: { port: 0 } },
  });
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`)).text();
  const names = Array.from(
    textOf('README.md').matchAll(/`(standpipe_\w+)/g),
    ([, name = '']) => name,
  );
  t.ok(names.length > 8);
  for (const name of names) t.ok(metrics.includes(`# TYPE ${name} `), name);
});

t.test('systemd finds no fault with the unit of the example', async (t) => {
  const unit = textOf('standpipe@.service');
  if (spawnSync('systemd-analyze', ['--version']).error !== undefined) {
    const message = 'systemd-analyze is not installed: the unit is not checked';
    if (process.env['CI'] === 'true') t.fail(message);
    else t.comment(message);
    return;
  }
  // Programs of the example need not be on this machine.
  const folder = t.testdir();
  mkdirSync(join(folder, 'units'));
  const file = join(folder, 'units', 'standpipe@6001.service');
  writeFileSync(file, unit.replaceAll('/usr/bin/node ', `${process.execPath} `));
  const { stderr, status } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
    encoding: 'utf8',
  });
  const faults = stderr.split('\n').filter((line) => line.includes('standpipe@'));
  t.strictSame(faults, []);
  t.equal(status, 0, stderr);
});
