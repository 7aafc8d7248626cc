import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Pusher from 'pusher-js';
import t, { type Test } from 'tap';
import { MemoryEngine } from '../../lib/brokers/memory/engine';
import { readConfig } from '../../lib/cli/config';
import type { Gateway } from '../../lib/gateway';
import { checkGatewayOptions } from '../../lib/gateway/options/options';
import { createClient } from '../../lib';
import { signedRequest } from '../support/api-client';
import { ask } from '../support/fallback-client';
import { freePort, hasNginx, runNginx, temporaryPaths } from '../support/nginx';
import { SECRET, startGateway } from '../support/start-gateway';
import { hasRedis, TestRedis } from '../support/start-redis';
import { until } from '../support/until';

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
  for (const [i, gateway] of gateways.entries()) {
    config = config.replaceAll(`gateway-${i + 1}:6001`, `127.0.0.1:${gateway.port}`);
  }
  const outside = `daemon off; pid ${folder}/pid; error_log stderr error;`;
  await runNginx(t, folder, `${outside}\n${config}`, `http://127.0.0.1:${port}/livez`);
  return port;
}

function browser(t: Test, port: number, transport: 'ws' | 'xhr_streaming' | 'xhr_polling'): Pusher {
  const pusher = new Pusher('key', {
    ...{ wsHost: '127.0.0.1', wsPort: port, httpHost: '127.0.0.1', httpPort: port, cluster: '' },
    ...{ forceTLS: false, enabledTransports: [transport] },
  });
  t.teardown(() => pusher.disconnect());
  return pusher;
}

t.test('nginx of the example before two gateways that share a Redis', async (t) => {
  if (!hasRedis(t) || !hasNginx(t)) return;
  const { address } = await TestRedis.start(t);
  const options = { broker: { redis: address }, trustedProxies: ['127.0.0.1'] };
  const gateways = [await startGateway(t, options), await startGateway(t, options)] as const;
  const port = await startProxy(t, gateways);
  const heard = new Map<Pusher, unknown[]>();
  for (const transport of ['ws', 'ws', 'xhr_streaming', 'xhr_polling', 'xhr_streaming'] as const) {
    const pusher = browser(t, port, transport);
    const told: unknown[] = [];
    heard.set(pusher, told);
    const room = pusher.subscribe('room').bind('said', (data: unknown) => told.push(data));
    await until(() => room.subscribed);
  }
  t.ok(
    gateways.every(({ socketCount }) => socketCount > 0),
    'both gateways have browsers',
  );
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port });
  t.teardown(() => client.disconnect());
  client.on('error', () => undefined);
  await client.connect();
  client.channel('room').trigger('said', 'by the Pipe');
  const publish = async (data: string): Promise<number> => {
    const body = { name: 'said', channel: 'room', data: JSON.stringify(data) };
    const { target, body: text } = signedRequest({ method: 'POST', path: '/events', body });
    return (await ask(port, target, { body: text })).status;
  };
  const everybodyHears = (data: string): Promise<void> =>
    until(() => [...heard.values()].every((told) => told.includes(data)));
  await everybodyHears('by the Pipe');
  for (let n = 0; n < 10; n++) t.equal(await publish(`by HTTP ${n}`), 200);
  await everybodyHears('by HTTP 9');
  const said = ['by the Pipe', ...Array.from({ length: 10 }, (_, n) => `by HTTP ${n}`)];
  for (const told of heard.values()) t.strictSame(told, said, 'each of it once, in order');

  const ids = new Map([...heard.keys()].map((pusher) => [pusher, pusher.connection.socket_id]));
  await gateways[0].drain();
  const isBack = (pusher: Pusher): boolean =>
    pusher.connection.state === 'connected' && pusher.channel('room').subscribed;
  // A browser that has yet to notice its close seems to be back.
  await until(() => gateways[1].socketCount === heard.size && [...heard.keys()].every(isBack));
  t.equal(await publish('behind a gateway that has gone'), 200);
  await everybodyHears('behind a gateway that has gone');
  const stayed = [...ids].filter(([pusher, id]) => pusher.connection.socket_id === id).length;
  t.ok(stayed > 0 && stayed < heard.size, 'browsers of the other one stay');
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
