import { writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createClient, type PipeClient } from '../../lib';
import { serve as command } from '../../lib/cli/commands/serve';
import type { ServeFlags } from '../../lib/cli/flags';
import { sharesPorts } from '../../lib/gateway/options/guards';
import { isShared } from '../../lib/gateway/transport/listen';
import { ApiClient } from '../support/api-client';
import { Run } from '../support/command';
import { ConsoleVisitor } from '../support/console-visitor';
import { freePort } from '../support/nginx';
import { Reader } from '../support/reader';
import { SECRET } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { until, untilAnswered } from '../support/until';

const APP = { id: '1', key: 'key', secret: SECRET, clientEvents: true };

interface Line {
  pid: number;
  msg: string;
  url?: string;
  worker?: number;
}

/** The command with two workers, and its port. */
async function serve(
  t: Test,
  {
    args = [],
    config = {},
    env = {},
  }: { args?: string[]; config?: object; env?: Record<string, string> } = {},
): Promise<{ run: Run; port: number; pids: number[]; file: string }> {
  const text = JSON.stringify({ port: 0, apps: [APP], ...config });
  const file = join(t.testdir({ 'config.json': text }), 'config.json');
  const run = new Run(t, ['serve', '--workers', '2', '--config', file, ...args], { env });
  await run.line('all workers listen');
  const listening = lines(run).filter(({ msg }) => msg === 'standpipe listens');
  const ports = new Set(listening.map(({ url = '' }) => Number(new URL(url).port)));
  t.equal(ports.size, 1, 'one port');
  return { run, port: [...ports][0] ?? 0, pids: listening.map(({ pid }) => pid), file };
}

function lines({ output }: Run): Line[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

async function connect(
  t: Test,
  port: number,
  prepare: (client: PipeClient) => void = () => undefined,
): Promise<PipeClient> {
  const client = createClient({ key: 'key', secret: SECRET, appId: '1', host: '127.0.0.1', port });
  t.teardown(() => client.disconnect());
  prepare(client);
  await client.connect();
  return client;
}

t.test('workers of one command serve browsers, backends and HTTP calls as one', async (t) => {
  const { run, port } = await serve(t);
  const heard: string[] = [];
  const client = await connect(t, port, (client) => {
    client.subscribe(['socket_existence', 'socket_message']);
    client.sockets.on('event:hi', (id) => heard.push(id));
  });
  // Enough for both.
  const readers: Reader[] = [];
  for (let i = 0; i < 12; i++) {
    const socket = await TestSocket.connect(t, port);
    await socket.subscribe('room');
    socket.send({ event: 'hi', data: '' });
    readers.push(new Reader(socket));
  }
  const ids = readers.map(({ socket }) => socket.id).sort();
  await until(() => heard.length === ids.length);
  t.strictSame([...heard].sort(), ids, 'each is heard once');
  t.equal(await client.sockets.count(), ids.length);
  client.channel('room').trigger('from the backend', 1);
  const api = new ApiClient(t, { port });
  const event = { name: 'from HTTP', channel: 'room', data: '2' };
  t.match(await api.post('/events', event), { status: 200 });
  for (const id of ids) client.socket(id).trigger('to one', id);
  for (const { socket, messages } of readers) {
    await until(() => messages.length === 3);
    const each = messages.map(({ event, data }) => `${event}: ${String(data)}`).sort();
    t.strictSame(each, ['from HTTP: 2', 'from the backend: 1', `to one: "${socket.id}"`]);
  }
  run.child.kill('SIGTERM');
  t.equal(await run.ended, 0);
  const stopped = lines(run).filter(({ msg }) => msg === 'gateway stopped');
  t.equal(new Set(stopped.map(({ pid }) => pid)).size, 2, 'both drained');
});

t.test(
  'with --reuse-port each worker takes connections from the system',
  { skip: !sharesPorts(process.versions.node) && 'this Node shares no ports' },
  async (t) => {
    const port = await freePort();
    await serve(t, { args: ['--reuse-port'], config: { port } });
    t.ok(isShared(port), 'two sockets listen');
    for (let i = 0; i < 4; i++) await TestSocket.connect(t, port);
  },
);

t.test('workers that are killed, and files that change', async (t) => {
  const free = await freePorts(4);
  const args = ['--watch', '--metrics-port', `${free}`, '--console-port', `${free + 2}`];
  const { run, port, pids, file } = await serve(t, { args });
  const consoles = (): string[] =>
    [...run.output.matchAll(/^console: (\S+)$/gm)].map(([, url = '']) => url);
  const listening = (): number =>
    lines(run).filter(({ msg }) => msg === 'standpipe listens').length;

  await t.test('each worker has ports for its metrics and its console', async (t) => {
    await Promise.all(Array.from({ length: 6 }, async () => TestSocket.connect(t, port)));
    const counts = await Promise.all(
      [free, free + 1].map(async (at) => {
        const text = await (await fetch(`http://127.0.0.1:${at}/metrics`)).text();
        return Number(/^standpipe_sockets(?:{[^}]*})? (\d+)$/m.exec(text)?.[1]);
      }),
    );
    t.equal((counts[0] ?? 0) + (counts[1] ?? 0), 6);
    await until(() => consoles().length === 2);
    t.strictSame(
      consoles()
        .map((url) => Number(new URL(url).port))
        .sort(),
      [free + 2, free + 3],
    );
    for (const consoleUrl of consoles()) {
      const { body } = await new ConsoleVisitor({ consoleUrl }).get<{ role: string }>('/api/me');
      t.equal(body.role, 'operator', 'its own token opens it');
    }
  });

  await t.test(
    'a worker that is killed takes its own sockets alone, and is replaced',
    async (t) => {
      // Backends of both: that of the other one stays.
      const told = new Map<string, number>();
      const clients: PipeClient[] = [];
      for (let i = 0; i < 2; i++) {
        const client = await connect(t, port, (client) => {
          client.on('error', () => undefined);
          client.subscribe(['socket_existence']);
          client.sockets.on('close', (id) =>
            told.set(`${i} ${id}`, (told.get(`${i} ${id}`) ?? 0) + 1),
          );
        });
        clients.push(client);
      }
      const sockets = await Promise.all(
        Array.from({ length: 12 }, async () => TestSocket.connect(t, port)),
      );
      const closed = new Set<string>();
      for (const socket of sockets) void socket.closed().then(() => closed.add(socket.id));
      await untilAnswered(async () => (await clients[0]?.sockets.count()) === 12);
      process.kill(pids[0] ?? 0, 'SIGKILL');
      await run.line('a worker has ended, and is replaced');
      await until(() => clients.every(({ state }) => state === 'open') && closed.size > 0);
      await untilAnswered(async () => (await clients[0]?.sockets.count()) === 12 - closed.size);
      t.ok(closed.size < 12, 'the others stay');
      const tellsAll = (i: number): boolean => [...closed].every((id) => told.has(`${i} ${id}`));
      await until(() => tellsAll(0) || tellsAll(1));
      for (const [what, times] of told) t.equal(times, 1, what);
      await until(() => listening() === 3 && consoles().length === 3);
      for (const at of [free, free + 1]) {
        t.equal((await fetch(`http://127.0.0.1:${at}/metrics`)).status, 200);
      }
      const again = consoles().at(-1) ?? '';
      t.equal((await new ConsoleVisitor({ consoleUrl: again }).get('/api/me')).status, 200);
    },
  );

  await t.test('a file that has changed is read again by all workers, with --watch', async (t) => {
    writeFileSync(file, JSON.stringify({ port: 0, apps: [{ ...APP, id: '2', key: 'two' }] }));
    await until(() => lines(run).filter(({ msg }) => msg === 'reloaded').length === 2);
    const changed = lines(run).filter(({ msg }) => msg.startsWith('a file has changed'));
    t.equal(changed.length, 1, 'one process looks');
    for (let i = 0; i < 4; i++) await TestSocket.connect(t, port, { key: 'two' });
  });
});

t.test('signals, and workers that do not do as they should', async (t) => {
  const { run, port, pids, file } = await serve(t, { config: { limits: { drainMs: 100 } } });
  const apps = [APP, { ...APP, id: '2', key: 'two' }];
  const sound = JSON.stringify({ port: 0, apps, limits: { drainMs: 100 } });

  await t.test('SIGHUP is passed on to the workers', async (t) => {
    writeFileSync(file, sound);
    run.child.kill('SIGHUP');
    await until(() => lines(run).filter(({ msg }) => msg === 'reloaded').length === 2);
    for (let i = 0; i < 4; i++) await TestSocket.connect(t, port, { key: 'two' });
  });

  await t.test(
    'a worker that can not be replaced at once takes no other one with it',
    async (t) => {
      const sockets = await Promise.all(
        Array.from({ length: 4 }, async () => TestSocket.connect(t, port)),
      );
      const closed = new Set<string>();
      for (const socket of sockets) void socket.closed().then(() => closed.add(socket.id));
      writeFileSync(file, '{');
      run.child.kill('SIGHUP');
      await run.line('reload refused');
      process.kill(pids[0] ?? 0, 'SIGKILL');
      const tried = JSON.parse(
        await run.line('ended before it listened, and is replaced'),
      ) as object;
      t.match(tried, { code: 1, signal: null });
      t.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
      writeFileSync(file, sound);
      await until(() => lines(run).filter(({ msg }) => msg === 'standpipe listens').length === 3);
      t.ok(closed.size < sockets.length, 'the other one stays');
    },
  );

  await t.test('a worker that stands still does not keep the command from its end', async (t) => {
    process.kill(pids[1] ?? 0, 'SIGSTOP');
    run.child.kill('SIGTERM');
    await run.line('a worker does not end: it is killed');
    t.equal(await run.ended, 0);
  });
});

/** Has the command kill a worker at SIGUSR2, and speak to it afterwards. */
const SPEAKS_TO_THE_DEAD = `
import cluster from 'node:cluster';
if (cluster.isPrimary) process.on('SIGUSR2', () => {
  const [worker] = Object.values(cluster.workers);
  worker.process.kill('SIGKILL');
  worker.once('exit', () => worker.send('hello'));
});`;

t.test('a worker that is spoken to after its death takes no other one with it', async (t) => {
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(SPEAKS_TO_THE_DEAD)}`;
  const { run, port } = await serve(t, { env: { NODE_OPTIONS } });
  const readers: Reader[] = [];
  for (let i = 0; i < 8; i++) readers.push(new Reader(await TestSocket.connect(t, port)));
  run.child.kill('SIGUSR2');
  await run.line('a worker is not there');
  await until(() => lines(run).filter(({ msg }) => msg === 'standpipe listens').length === 3);
  const closed = readers.flatMap((reader) => reader.closed ?? []);
  t.ok(closed.length > 0 && closed.length < readers.length, `${closed.length} of 8`);
  t.notOk(closed.includes(4100), 'nobody is told of a restart');
});

t.test('a connection that was on its way to a worker that stood still ends with it', async (t) => {
  const { port, pids } = await serve(t);
  process.kill(pids[0] ?? 0, 'SIGSTOP');
  // The worker that stands still gets one connection, and no other before it has answered.
  const unanswered = new Set<Socket>();
  for (let i = 0; i < 4; i++) {
    const socket = connectTcp(port, '127.0.0.1');
    t.teardown(() => socket.destroy());
    unanswered.add(socket);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.once('data', () => unanswered.delete(socket)).on('error', () => undefined);
  }
  await until(() => unanswered.size === 1);
  const [silent] = unanswered;
  t.equal(silent?.closed, false);
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await until(() => silent?.closed === true);
});

t.test('workers that cannot start end the command, and say why', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.teardown(() => taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const file = join(t.testdir({ 'c.json': JSON.stringify({ apps: [APP] }) }), 'c.json');
  const busy = new Run(t, ['serve', '--workers', '2', '--config', file, '--port', `${port}`]);
  t.equal(await busy.ended, 1);
  t.match(busy.output, /EADDRINUSE|taken|in use/);
  const two = new Run(t, ['serve', '--config', file, '--port', '0', '--workers', 'two']);
  t.equal(await two.ended, 1);
  t.match(two.output, /whole number/);
  const refused: Array<[ServeFlags, RegExp]> = [
    [{ workers: 0 }, /^--workers: must be a number from 1 to 256/],
    [{ workers: 2, metricsPort: 65_535 }, /^--metrics-port: each worker takes one port/],
    [{ workers: 2, reusePort: true }, /reuse-?port: (each worker would take|needs Node)/i],
  ];
  for (const [flags, message] of refused) {
    await t.rejects(command({ config: file, port: 0, ...flags }, {}), { message });
  }
  const pushy = JSON.stringify({ port: 0, apps: [{ ...APP, pushy: { secretKey: 'pushy' } }] });
  writeFileSync(file, pushy);
  const run = new Run(t, ['serve', '--workers', '2', '--config', file]);
  t.equal(await run.ended, 1);
  t.match(run.output, /clients of pushy .* know one gateway alone/);
});

/** The first of some ports in a row that nobody has. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 20_000);
    const servers = await Promise.all(
      Array.from({ length: count }, (_, i) => listening(first + i).catch(() => undefined)),
    );
    for (const server of servers) server?.close();
    if (servers.every((server) => server !== undefined)) return first;
  }
}

function listening(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
