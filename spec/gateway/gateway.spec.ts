import { once } from 'node:events';
import { get } from 'node:https';
import { join } from 'node:path';
import t from 'tap';
import { generate } from 'selfsigned';
import { WebSocket } from 'ws';
import { createGateway } from '../../lib/gateway';
import { ownBroker } from '../../lib/gateway/make-broker';
import { checkGatewayOptions } from '../../lib/gateway/options/options';
import { silent } from '../../lib/util/logger';
import { ROOMY } from '../../lib/stream/memory-watch';
import { ManualClock } from '../support/manual-clock';
import { nodeChild } from '../support/node-child';
import { RawSocket } from '../support/raw-socket';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';
import { certificate } from '../support/tls';
import { turns } from '../support/until';

const APPS = [{ id: '1', key: 'key', secret: SECRET }];
const PAIR = certificate();

t.test('health is told by status, on the port of everything', async (t) => {
  const gateway = await startGateway(t);
  for (const path of ['/livez', '/readyz', '/readyz?verbose']) {
    const response = await fetch(gateway.url + path);
    t.strictSame([response.status, await response.text()], [200, 'ok\n']);
  }
  const other = await fetch(`${gateway.url}/metrics`);
  t.equal(other.status, 404, 'and metrics are not there');
  await other.text();
});

t.test(
  'a draining gateway is not ready, and everything goes on until it closes its sockets',
  async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    const gateway = await startGateway(t, { clock });
    const socket = await TestSocket.connect(t, gateway.port);
    const status = async (path: string): Promise<number> =>
      (await fetch(gateway.url + path)).status;
    const drained = gateway.drain();
    t.strictSame([await status('/livez'), await status('/readyz')], [200, 503]);
    clock.advance(400);
    await new Promise((resolve) => setImmediate(resolve));
    const late = await TestSocket.connect(t, gateway.port);
    t.strictSame([gateway.socketCount, await status('/livez')], [2, 200], 'nothing is closed yet');
    const ends = [socket, late].map((each) => each.closed());
    await turned(clock, drained);
    for (const { code } of await Promise.all(ends)) t.equal(code, 4100);
  },
);

t.test('a browser that comes while the sockets are closed is told to come back', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock, limits: { drainDelayMs: 1 } });
  const sockets = await Promise.all(
    Array.from({ length: 60 }, () => TestSocket.connect(t, gateway.port)),
  );
  const drained = gateway.drain();
  clock.advance(1);
  await Promise.race(sockets.map((socket) => socket.closed()));
  const late = await TestSocket.open(t, gateway.port);
  t.match(await late.closed(), { code: 4100 });
  const publish = await fetch(`${gateway.url}/apps/1/events`, { method: 'POST' });
  t.equal(publish.status, 401, 'and the HTTP API answers');
  t.equal(publish.headers.get('connection'), 'close', 'once for each connection');
  await turned(clock, drained);
});

t.test('a drain closes the sockets with 4100 in a few waves and then stops', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const limits = { drainMs: 600, drainDelayMs: 1 };
  const gateway = await startGateway(t, { clock, limits });
  const sockets = await Promise.all(
    Array.from({ length: 130 }, () => TestSocket.connect(t, gateway.port)),
  );
  const ends = sockets.map((socket) => socket.closed());
  let closed = 0;
  for (const end of ends) void end.then(() => closed++);
  const drained = gateway.drain();
  clock.advance(1);
  // 130 sockets in 3 waves, 100 ms apart.
  for (const expected of [50, 100, 130]) {
    while (closed < expected || gateway.socketCount > 130 - expected) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.strictSame([closed, gateway.socketCount], [expected, 130 - expected]);
    clock.advance(100);
  }
  for (const { code } of await Promise.all(ends)) t.equal(code, 4100);
  await turned(clock, drained);
});

t.test('all ports are taken or none', async (t) => {
  const { port } = await startGateway(t);
  const own = { apps: APPS, port: 0 };
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
  const { private: other } = await generate([{ name: 'commonName', value: 'localhost' }]);
  const rows: Array<[object, { code: string; message: RegExp }]> = [
    [{ metrics: { port } }, { code: 'listen_failed', message: /^metrics\.port: cannot listen on/ }],
    [{ tls: { port, cert, key } }, { code: 'listen_failed', message: /^tls\.port: cannot listen/ }],
    [{ tls: { port: 0, cert, key: other } }, { code: 'bad_option', message: /^tls: the cert/ }],
    [{ tls: { port: 0, cert: '', key: '' } }, { code: 'bad_option', message: /^tls: the cert/ }],
  ];
  for (const [more, error] of rows) {
    const gateway = createGateway({ ...own, ...more });
    await t.rejects(gateway.start(), error);
    await t.rejects(fetch(gateway.url), 'nothing listens');
    await gateway.stop();
  }
});

t.test('a second order to stop ends a drain at once', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const sockets = [
    await TestSocket.connect(t, gateway.port),
    await TestSocket.connect(t, gateway.port),
  ];
  const ends = Promise.all(sockets.map((socket) => socket.closed()));
  const drained = gateway.drain();
  const stopped = gateway.drain();
  for (const { code } of await ends) t.equal(code, 4100);
  await turned(clock, Promise.all([drained, stopped]));
  await gateway.stop();
  t.pass('and it may be stopped again');
});

t.test('a gateway that stops lets nobody in any more', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const { port } = gateway;
  // The gateway waits for its close frames to leave, here until the clock is turned.
  const stopped = gateway.stop();
  const late = await RawSocket.upgrade(port);
  t.equal(late.status, 0, 'refused');
  await turned(clock, stopped);
});

/** Turns a clock until something has come to its end. */
async function turned(clock: ManualClock, end: Promise<unknown>): Promise<void> {
  let over = false;
  void end.then(() => (over = true));
  while (!over) {
    clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

t.test('the TLS port serves the same protocols', async (t) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
  });
  const gateway = await startGateway(t, { tls: { port: 0, cert, key } });
  const { tlsPort } = gateway;
  const status = await new Promise<number | undefined>((resolve) => {
    const options = { port: tlsPort, path: '/readyz', rejectUnauthorized: false };
    get({ ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
  });
  t.equal(status, 200);
  const url = `wss://127.0.0.1:${tlsPort}/app/key?protocol=7`;
  const socket = new WebSocket(url, { rejectUnauthorized: false });
  const text = await new Promise<string>((resolve) => {
    socket.once('message', (data: Buffer) => resolve(data.toString()));
  });
  t.match(text, /connection_established/);
  const plain = await RawSocket.upgrade(tlsPort as number);
  t.equal(plain.status, 0, 'which speaks nothing else');
  socket.close();
});

t.test('a port that is taken is told with its address', async (t) => {
  const { port } = await startGateway(t);
  const second = createGateway({ port, apps: APPS });
  await t.rejects(second.start(), {
    code: 'listen_failed',
    message: `port: cannot listen on 127.0.0.1:${port}: the port is in use`,
  });
  await second.stop();
});

t.test('a gateway that is stopped while it waits for a port takes none', async (t) => {
  for (const order of ['stop', 'drain'] as const) {
    const { port } = await startGateway(t);
    let waits: (() => void) | undefined;
    const waiting = new Promise<void>((resolve) => (waits = resolve));
    const info = (_: object, message: string): void => {
      if (message === 'waits for a port in use') waits?.();
    };
    const metrics = { port: 0 };
    const log = { ...silent, info };
    const gateway = createGateway({
      port: 0,
      metrics,
      tls: { port, ...(await PAIR) },
      apps: APPS,
      log,
      portWaitMs: 100_000,
    });
    const started = gateway.start();
    const rejected = t.rejects(started, { code: 'closed', message: /stopped while it started/ });
    await waiting;
    t.equal((await fetch(`${gateway.url}/readyz`)).status, 503, 'its first port is open');
    const browser = await TestSocket.connect(t, gateway.port);
    await gateway[order]();
    await t.rejects(fetch(gateway.url), 'and is free when it has stopped');
    t.ok(await browser.closed());
    await rejected;
  }
});

t.test('a gateway that is stopped at any turn of its start takes no port', async (t) => {
  const outcomes = new Set<string>();
  // Not by a request to its ports: another process may have them by then.
  const listening = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
  for (let after = 0; after < 12; after++) {
    const before = listening();
    const metrics = { port: 0 };
    const gateway = createGateway({
      port: 0,
      metrics,
      tls: { port: 0, ...(await PAIR) },
      apps: APPS,
    });
    const ended = gateway.start().then(
      () => 'started',
      ({ code }: { code: string }) => code,
    );
    await turns(after);
    await gateway.stop();
    outcomes.add(await ended);
    t.equal(gateway.metricsPort, undefined);
    // Node drops the handle of a closed port at the end of a turn, behind what waits for that end.
    await turns(2);
    t.ok(listening() <= before, `after ${after} turns`);
  }
  t.ok(outcomes.has('closed'));
  t.strictSame(
    [...outcomes].filter((outcome) => !['closed', 'started'].includes(outcome)),
    [],
  );
});

t.test('a gateway starts once', async (t) => {
  const once = { name: 'StandpipeError', code: 'refused', message: /^a gateway starts once/ };
  const gateway = createGateway({ port: 0, apps: APPS });
  const started = gateway.start();
  await t.rejects(gateway.start(), once, 'not while it starts');
  await started;
  await t.rejects(gateway.start(), once, 'nor while it runs');
  t.equal((await fetch(`${gateway.url}/readyz`)).status, 200, 'which goes on');
  await gateway.stop();
  await t.rejects(gateway.start(), once, 'nor after the stop');
  await t.rejects(fetch(gateway.url));
});

t.test('a start that failed may be tried again', async (t) => {
  const first = await startGateway(t);
  const pushy = { secretKey: 'x', port: 0 };
  const apps = APPS.map((app) => ({ ...app, pushy }));
  const gateway = createGateway({ port: 0, metrics: { port: first.port }, apps });
  t.teardown(() => gateway.stop());
  await t.rejects(gateway.start(), { code: 'listen_failed' });
  await first.stop();
  await gateway.start();
  t.equal((await fetch(`${gateway.url}/readyz`)).status, 200);
  t.equal(gateway.pushyPorts.length, 1);
});

t.test('a log that throws ends the start, and no port stays open', async (t) => {
  const info = (): never => {
    throw new Error('no room on the disk');
  };
  const gateway = createGateway({
    port: 0,
    metrics: { port: 0 },
    apps: APPS,
    log: { ...silent, info },
  });
  await t.rejects(gateway.start(), { message: 'no room on the disk' });
  await t.rejects(fetch(gateway.url));
  t.equal(gateway.metricsPort, undefined);
  await gateway.stop();
});

t.test('the address of a gateway before its start is the one asked for', async (t) => {
  t.equal(createGateway({ port: 7001, apps: APPS }).url, 'http://127.0.0.1:7001');
  const tls = { port: 7443, ...(await PAIR), only: true };
  t.equal(createGateway({ tls, apps: APPS }).url, 'https://127.0.0.1:7443');
});

t.test('a gateway that never started can be stopped', async (t) => {
  await createGateway({ apps: APPS }).stop();
  t.pass('and keeps nothing running');
});

t.test('a worker of a cluster without a broker warns that it is alone', async (t) => {
  const app = { id: '1', key: 'key', secret: SECRET };
  const stderrOf = async (options: object): Promise<string> => {
    const child = nodeChild(join(__dirname, 'children/worker.ts'), {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: { ...process.env, CHILD_OPTIONS: JSON.stringify({ apps: [app], ...options }) },
    });
    t.teardown(() => child.kill('SIGKILL'));
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await once(child, 'close');
    return stderr;
  };
  const [alone, silenced] = await Promise.all([stderrOf({}), stderrOf({ log: false })]);
  t.match(alone, /StandpipeWarning: a worker of a cluster without a broker.*set broker/);
  t.equal(silenced, '');
});

t.test('a shared port without a broker is warned of once', async (t) => {
  const warnings: string[] = [];
  const log = { ...silent, warn: (_fields: object, text: string) => void warnings.push(text) };
  const settings = checkGatewayOptions({ apps: APPS });
  const clock = new ManualClock();
  ownBroker({ ...settings, log }, clock, ROOMY);
  t.strictSame(warnings, []);
  ownBroker({ ...settings, log, reusePort: true }, clock, ROOMY);
  t.equal(warnings.length, 1);
  t.match(warnings[0], /^reusePort without a broker: .*SIGTERM.*or set broker$/);
});
