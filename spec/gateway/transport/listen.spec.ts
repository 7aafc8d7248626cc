import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import t from 'tap';
import { createGateway } from '../../../lib/gateway';
import { isShared } from '../../../lib/gateway/transport/shared-port';
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
