import { get } from 'node:https';
import t from 'tap';
import { generate } from 'selfsigned';
import { WebSocket } from 'ws';
import { createGateway } from '../../lib/gateway';
import { ManualClock } from '../support/manual-clock';
import { RawSocket } from '../support/raw-socket';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';

const APPS = [{ id: '1', key: 'key', secret: SECRET }];

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

t.test('a draining gateway is alive and not ready', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  await TestSocket.connect(t, gateway.port);
  const { port } = gateway;
  // Asked on a connection that was open before: the port takes no new ones.
  const kept = await RawSocket.tcp(port);
  kept.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /readyz HTTP/1.1\r\n');
  while (!kept.head.endsWith('ok\n')) await new Promise((resolve) => setImmediate(resolve));
  const drained = gateway.drain();
  kept.write('Host: x\r\nConnection: close\r\n\r\n');
  await kept.ended;
  t.match(kept.head, /503 Service Unavailable[^]*draining\n$/);
  const late = await RawSocket.upgrade(port);
  t.equal(late.status, 0, 'refused');
  await turned(clock, drained);
});

t.test('a drain closes the sockets with 4200 in waves and then stops', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock, limits: { drainMs: 600 } });
  const sockets = await Promise.all(
    Array.from({ length: 7 }, () => TestSocket.connect(t, gateway.port, { query: 'protocol=5' })),
  );
  const ends = sockets.map((socket) => socket.closed());
  let closed = 0;
  for (const end of ends) void end.then(() => closed++);
  const drained = gateway.drain();
  // 7 sockets in 3 waves, 100 ms apart.
  for (const expected of [3, 6, 7]) {
    while (closed < expected || gateway.socketCount > 7 - expected) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.strictSame([closed, gateway.socketCount], [expected, 7 - expected]);
    clock.advance(100);
  }
  for (const { code, messages } of await Promise.all(ends)) {
    t.equal(code, 4200);
    t.match(messages, [{ event: 'pusher:error', data: { code: 4200 } }], 'as protocol 5 asks for');
  }
  await turned(clock, drained);
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
  for (const { code } of await ends) t.equal(code, 4200);
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
    message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
  });
  await second.stop();
});

t.test('a gateway that never started can be stopped', async (t) => {
  await createGateway({ apps: APPS }).stop();
  t.pass('and keeps nothing running');
});
