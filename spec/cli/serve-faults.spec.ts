import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { DEVELOPMENT_APP } from '../../lib/cli/defaults';
import { drainOnSignals } from '../../lib/cli/process/drain-on-signals';
import { createClient } from '../../lib/pipe/client';
import { silent } from '../../lib/util/logger';
import { Run } from '../support/command';
import { ManualClock } from '../support/manual-clock';
import { RawSocket } from '../support/raw-socket';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (response) => (await response.text()) === 'ok\n',
    () => false,
  );
}

async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

t.test('a log on a full disk stops nothing, and its lines are counted', async (t) => {
  const full = openSync('/dev/full', 'w');
  const [port, metrics] = [await freePort(), await freePort()];
  const args = ['serve', '--port', String(port), '--metrics-port', String(metrics)];
  const run = new Run(t, args, { stdout: full });
  closeSync(full);
  let up = false;
  while (!up) up = await answers(`http://127.0.0.1:${port}/livez`);
  t.ok((await metric(metrics, 'standpipe_log_lines_dropped_total')) >= 2);
  run.child.kill('SIGTERM');
  t.equal(await run.ended, 0);
});

t.test('a log on a full disk stops no pushy server either', async (t) => {
  const full = openSync('/dev/full', 'w');
  const port = await freePort();
  const config = { host: '127.0.0.1', port, secretKey: 'a-secret-of-the-specs' };
  const path = join(t.testdir({ 'config.json': JSON.stringify(config) }), 'config.json');
  const run = new Run(t, ['pushy', path], { stdout: full });
  closeSync(full);
  let up = false;
  while (!up && run.child.exitCode === null) up = await answers(`http://127.0.0.1:${port}/livez`);
  t.ok(up);
  run.child.kill('SIGTERM');
  t.equal(await run.ended, 0);
});

t.test('a log that has reached the size limit of files stops nothing', async (t) => {
  const path = join(t.testdir(), 'log');
  const log = openSync(path, 'a');
  const port = await freePort();
  // Some 512 or 1,024 bytes, after the first lines.
  const args = ['serve', '--port', String(port), '--log-level', 'debug'];
  const run = new Run(t, args, { stdout: log, shell: 'ulimit -f 1' });
  closeSync(log);
  let up = false;
  while (!up) up = await answers(`http://127.0.0.1:${port}/livez`);
  for (let n = 0; n < 20; n++) {
    const raw = await RawSocket.tcp(port);
    raw.write('no HTTP\r\n\r\n');
    await raw.ended;
  }
  t.ok(await answers(`http://127.0.0.1:${port}/livez`));
  run.child.kill('SIGTERM');
  t.equal(await run.ended, 0);
  t.ok([512, 1_024].includes(readFileSync(path).length), 'as long as it may be');
});

t.test('a fault of the process itself is logged, drained and ends it with 1', async (t) => {
  const inject = join(t.testdir(), 'inject.cjs');
  for (const fault of [
    "setImmediate(() => { throw new Error('of the specs'); })",
    "Promise.reject(new Error('of the specs'))",
  ]) {
    writeFileSync(inject, `process.on('SIGUSR2', () => ${fault});`);
    const run = new Run(t, ['serve', '--port', '0'], { env: { NODE_OPTIONS: `-r ${inject}` } });
    const { url } = JSON.parse(await run.line('standpipe listens')) as { url: string };
    const raw = await RawSocket.upgrade(
      Number(new URL(url).port),
      '/app/standpipe-dev-key?protocol=7',
    );
    t.equal(raw.status, 101);
    run.child.kill('SIGUSR2');
    t.match(await run.line('a fault of the gateway itself'), /of the specs/);
    t.equal(await run.ended, 1);
    await raw.ended;
    t.equal(raw.close.code, 4100, 'its browsers are told to come back');
  }
});

t.test('a process without free file descriptors says so', async (t) => {
  const metrics = await freePort();
  const args = ['serve', '--port', '0', '--metrics-port', String(metrics)];
  const run = new Run(t, args, { shell: 'ulimit -n 60' });
  const { url } = JSON.parse(await run.line('standpipe listens')) as { url: string };
  const sockets = Array.from({ length: 80 }, () => RawSocket.tcp(Number(new URL(url).port)));
  t.match(await run.line('no file descriptors are left'), /EMFILE/);
  for (const socket of sockets) (await socket).destroy();
  let hits = NaN;
  while (!(hits >= 1)) {
    hits = await metric(metrics, 'standpipe_file_limit_total').catch(() => NaN);
  }
  t.ok(hits >= 1);
  run.child.kill('SIGTERM');
  t.equal(await run.ended, 0, 'and it goes on');
});

t.test(
  'a process whose memory is used up by subscriptions refuses more, keeps no more events, and goes on',
  async (t) => {
    const env = { NODE_OPTIONS: '--max-old-space-size=40' };
    const run = new Run(t, ['serve', '--port', '0'], { env });
    const { url } = JSON.parse(await run.line('standpipe listens')) as { url: string };
    t.match(await run.line('than there is memory for'), /lower limits \(maxPipeUnackedBytes/);
    const port = Number(new URL(url).port);
    const path = '/app/standpipe-dev-key?protocol=7';
    const { id: appId, key, secret } = DEVELOPMENT_APP;
    const client = createClient({ appId, key, secret, port, name: 'slow', drainMs: 0, log: false });
    client.subscribe(['socket_message']);
    client.sockets.on('event', () => new Promise(() => undefined));
    await client.connect();
    const sockets: RawSocket[] = [];
    let status: number | undefined;
    while (status !== 503 && sockets.length < 500) {
      const socket = await RawSocket.upgrade(port, path);
      status = socket.status;
      sockets.push(socket);
      for (let n = 0; status === 101 && n < 490; n++) {
        const channel = `${sockets.length}-${n}-${'x'.repeat(130)}`;
        socket.send(1, JSON.stringify({ event: 'pusher:subscribe', data: { channel } }));
      }
    }
    t.equal(status, 503, 'new browsers are to come back later');
    t.match(await run.line('memory is nearly used up'), /--max-old-space-size/);
    // Some 14 MB for a backend that finishes nothing, which is more than there is room for.
    const message = JSON.stringify({ event: 'note', data: 'x'.repeat(9_000) });
    for (const socket of sockets.slice(0, -1)) {
      for (let n = 0; n < 1_600 / sockets.length; n++) socket.send(1, message);
      socket.send(1, '{"event":"pusher:ping","data":{}}');
    }
    for (const socket of sockets.slice(0, -1)) {
      let frame = await socket.next();
      while (frame !== undefined && !String(frame.payload).includes('pusher:pong')) {
        frame = await socket.next();
      }
      if (frame === undefined) break;
    }
    t.equal(run.child.signalCode, null, 'events beyond that are told as a gap');
    await client.disconnect();
    for (const socket of sockets) socket.destroy();
    while ((await RawSocket.upgrade(port, path)).status !== 101);
    run.child.kill('SIGTERM');
    t.equal(await run.ended, 0, 'and when they have left, it takes others');
  },
);

t.test('signals that come together are one, and a later one ends the process', async (t) => {
  const clock = new ManualClock();
  const exits = t.capture(process, 'exit', () => undefined as never);
  const drains: string[] = [];
  const never = new Promise<never>(() => undefined);
  const gateway = { drain: () => (drains.push('drained'), never) };
  const before = new Set(process.listeners('SIGTERM'));
  drainOnSignals(gateway, silent, clock);
  t.teardown(() => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      for (const each of process.listeners(signal)) {
        if (!before.has(each)) process.off(signal, each);
      }
    }
  });
  const ended = (signal: NodeJS.Signals): number => {
    for (const each of process.listeners(signal)) if (!before.has(each)) each(signal);
    return exits().length;
  };
  t.equal(ended('SIGTERM'), 0);
  clock.advance(900);
  t.equal(ended('SIGTERM'), 0, 'two managers of the process');
  t.strictSame(drains, ['drained']);
  t.equal(ended('SIGINT'), 1, 'somebody at a terminal');
  // The first call of the false exit did not end the process, so that it counts as a new first signal.
  clock.advance(1_000);
  t.equal(ended('SIGTERM'), 1);
});
