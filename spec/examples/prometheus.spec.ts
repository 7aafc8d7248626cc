import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createClient } from '../../lib';
import type { Gateway } from '../../lib/gateway';
import { ApiClient } from '../support/api-client';
import { askAuth } from '../support/auth-request';
import { freePort } from '../support/nginx';
import { OBSERVE, panelsOf, startObserved } from '../support/observe';
import { hasProgram, runServer } from '../support/program';
import { SECRET } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { untilAnswered } from '../support/until';
import { WebhookEndpoint } from '../support/webhook-endpoint';

function promtool(cwd: string, ...args: string[]): { status: number | null; said: string } {
  return promtoolOf('', cwd, ...args);
}

function promtoolOf(
  input: string,
  cwd: string,
  ...args: string[]
): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd, encoding: 'utf8', input });
  return { status, said: stdout + stderr };
}

/** A copy of the example, with the text of one file changed. */
function changed(t: Test, file: string, change: (text: string) => string): string {
  const folder = t.testdir();
  cpSync(OBSERVE, folder, { recursive: true });
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (change(text) === text) throw new Error(`nothing has changed in ${file}`);
  writeFileSync(path, change(text));
  return folder;
}

t.test('promtool finds no fault with the rules, and sees each fire and stay silent', (t) => {
  if (!hasProgram(t, 'promtool', 'the alert rules')) return t.end();
  for (const args of [
    ['check', 'config', 'prometheus.yml'],
    ['check', 'rules', 'standpipe.rules.yml'],
    ['test', 'rules', 'standpipe.rules.test.yml'],
  ]) {
    const { status, said } = promtool(OBSERVE, ...args);
    t.equal(status, 0, said);
  }
  const off = changed(t, 'standpipe.rules.yml', (text) => text.replace('> 0.8', '> 0.9'));
  t.not(promtool(off, 'test', 'rules', 'standpipe.rules.test.yml').status, 0, 'one that is off');
  t.end();
});

t.test('promtool finds no fault with the metrics, their names and their form', async (t) => {
  if (!hasProgram(t, 'promtool', 'the metrics')) return;
  const gateway = await startObserved(t, {});
  await (
    await load(t, gateway)
  )();
  const answer = await fetch(`http://127.0.0.1:${gateway.metricsPort}/metrics`);
  const { status, said } = promtoolOf(await answer.text(), OBSERVE, 'check', 'metrics');
  t.strictSame([status, said], [0, '']);
});

/** Work that moves each metric: browsers, a backend, publishes, refusals. */
async function load(t: Test, gateway: Gateway): Promise<() => Promise<void>> {
  const client = createClient({ appId: '1', key: 'key', secret: SECRET, port: gateway.port });
  client.on('error', () => undefined);
  t.teardown(() => client.disconnect());
  client.authorize('private-*', () => true);
  await client.connect();
  client.subscribe(['socket_message', 'socket_existence']);
  const api = new ApiClient(t, gateway);
  let rooms = 0;
  return async () => {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe(`room-${rooms++}`);
    socket.askFor('private-a');
    socket.send({ event: 'said', data: {}, channel: 'private-a' });
    socket.send({ event: 'pusher:subscribe', data: { channel: 'bad name' } });
    const event = { name: 'said', channel: 'private-a', data: '1' };
    await api.post('/events', event);
    await askAuth(gateway);
    socket.drop();
  };
}

t.test(
  'a real Prometheus reads a gateway, and each panel of the dashboard shows something',
  async (t) => {
    if (!hasProgram(t, 'prometheus', 'the dashboard')) return;
    const endpoint = await WebhookEndpoint.start(t);
    const app = { webhooks: [{ url: endpoint.url }] };
    const gateway = await startObserved(t, { app, webhookAllow: ['127.0.0.1'] });
    const folder = changed(t, 'prometheus.yml', (text) =>
      text
        .replaceAll('15s', '1s')
        .replace(/targets: .*/, `targets: ['127.0.0.1:${gateway.metricsPort}']`),
    );
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const where = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
    const listen = `--web.listen-address=127.0.0.1:${port}`;
    await runServer(t, ['prometheus', ...where, listen], `${url}/-/ready`);
    const work = await load(t, gateway);
    const empty = new Map<string, string>();
    for (const { title, targets = [] } of panelsOf()) {
      for (const { refId, expr } of targets) {
        const query = expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*');
        empty.set(`${title} ${refId}`, query);
      }
    }
    t.ok(empty.size > 30);
    // A rate needs two scrapes, and something between them.
    await untilAnswered(async () => {
      await work();
      for (const [panel, query] of empty) {
        const asked = await fetch(
          `${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`,
        );
        const { data } = (await asked.json()) as { data?: { result: Array<{ value: string[] }> } };
        if (data?.result.some(({ value }) => value[1] !== 'NaN')) empty.delete(panel);
      }
      return empty.size === 0;
    }).catch(() => undefined);
    t.strictSame([...empty], [], 'panels that show nothing');
    const alerts = await fetch(`${url}/api/v1/rules`);
    const { data } = (await alerts.json()) as {
      data: { groups: Array<{ rules: Array<{ name: string; health: string; state: string }> }> };
    };
    const judged = data.groups.flatMap(({ rules }) => rules);
    t.ok(judged.length > 10);
    for (const { name, health } of judged) t.not(health, 'err', name);
  },
);
