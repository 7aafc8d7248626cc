import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, Server as NetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { createGateway } from '../../../lib/gateway';
import { isShared, listen, queueTaken } from '../../../lib/gateway/transport/listen';
import { silent } from '../../../lib/util/logger';
import { systemClock } from '../../../lib/util/timers';
import { ManualClock } from '../../support/manual-clock';
import { SECRET, startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';

const APPS = [{ id: '1', key: 'key', secret: SECRET }];

/** Two listening sockets of one port, until standard input ends. Node 20 makes none. */
const TWO = `
my ($port, @sockets) = (0);
for (1, 2) {
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die;
  setsockopt($socket, SOL_SOCKET, SO_REUSEPORT, 1) or die;
  bind($socket, sockaddr_in($port, INADDR_LOOPBACK)) or die;
  listen($socket, 1) or die;
  ($port) = sockaddr_in(getsockname($socket));
  push @sockets, $socket;
}
$| = 1;
print "$port\\n";
<STDIN>;
`;

t.test('a port that another gateway has is waited for until it is free', async (t) => {
  const first = await startGateway(t, { limits: { drainDelayMs: 1 } });
  const { port } = first;
  const socket = await TestSocket.connect(t, port);
  let waits: (() => void) | undefined;
  const waiting = new Promise<void>((resolve) => (waits = resolve));
  const none = (): void => undefined;
  const info = (_: unknown, message?: string): void => {
    if (message === 'waits for a port in use') waits?.();
  };
  const log = { debug: none, info, warn: none, error: none };
  const next = createGateway({ port, portWaitMs: 100_000, apps: APPS, log });
  t.teardown(() => next.stop());
  const started = next.start();
  await waiting;
  const drained = first.drain();
  t.equal((await socket.closed()).code, 4100);
  await started;
  t.equal(next.port, port);
  await TestSocket.connect(t, port);
  await drained;
});

t.test(
  'looks at a port in use leave no listeners and make no warning of the process',
  async (t) => {
    const warnings: Error[] = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warned);
    t.teardown(() => process.off('warning', warned));
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const [server, clock] = [createServer(), new ManualClock()];
    let looks = 0;
    server.on('error', () => looks++);
    const names = ['error', 'listening'] as const;
    const before = names.map((name) => server.listenerCount(name));
    const place = { option: 'port', host: '127.0.0.1', port, reusePort: false, waitMs: 100_000 };
    const listening = listen(server, place, { clock, log: silent, requireWanted: () => undefined });
    while (looks < 30) {
      clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => taken.close(resolve));
    let over = false;
    void listening.then(() => (over = true));
    while (!over) {
      clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.strictSame(
      names.map((name) => server.listenerCount(name)),
      before,
    );
    t.strictSame(warnings, []);
    await new Promise((resolve) => server.close(resolve));
  },
);

t.test('connections that wait for a port are taken before it is closed', async (t) => {
  const server = createServer((_request, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const answers = Array.from({ length: 100 }, () => {
    const stream = connect(port, '127.0.0.1');
    stream.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    return text(stream).then(
      (answer) => answer.endsWith('here'),
      () => false,
    );
  });
  await queueTaken([server], systemClock);
  NetServer.prototype.close.call(server);
  t.strictSame(new Set(await Promise.all(answers)), new Set([true]));
  t.equal(server.listenerCount('connection'), createServer().listenerCount('connection'));
});

t.test('a descriptor that is no listening socket is refused by its option', async (t) => {
  const fd = openSync(__filename, 'r');
  t.teardown(() => closeSync(fd));
  const message = /^fd: cannot listen on file descriptor \d+: /;
  await t.rejects(createGateway({ fd, apps: APPS }).start(), { code: 'listen_failed', message });
});

t.test('two sockets that listen on one port are seen', async (t) => {
  const { port: alone } = await startGateway(t);
  t.notOk(isShared(alone));
  const two = spawn('perl', ['-MSocket', '-e', TWO], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => two.kill());
  const port = await new Promise<number>((resolve) =>
    two.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))),
  );
  t.ok(isShared(port));
});
