import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { WebSocketServer, type WebSocket } from 'ws';
import { Connection, type ConnectionWatch } from '../../../lib/gateway/transport/connection';
import type { Intake } from '../../../lib/gateway/transport/intake';
import { closeFrame, frame, Opcode, RawSocket } from '../../support/raw-socket';
import { startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';

const WATCH: ConnectionWatch = {
  traffic: { receivedBytes: 0, sentBytes: 0 },
  maxUnsentBytes: 1000,
  paceLimits: { latestCheckMs: 500, latestSlackMs: 250 },
  now: () => 0,
  backedUp: () => undefined,
  cut: () => undefined,
  gone: () => undefined,
  failed: (error) => t.fail(String(error)),
  peerFailed: () => undefined,
};

t.test('nothing is written behind the answer to a close frame', async (t) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = new Promise<WebSocket>((resolve) => void server.once('connection', resolve));
  const raw = await RawSocket.upgrade(port);
  t.teardown(() => raw.destroy());
  const ws = await accepted;
  // A way out that takes its time, as TLS does: ws has answered, and the end is yet to come.
  const out = new PassThrough();
  const intake = { count: () => undefined, behind: false } as unknown as Intake;
  const parts = { slowCode: 4100, remoteAddress: '', maxPayloadBytes: 1000, intake };
  const connection = new Connection(ws, out, WATCH, parts);
  connection.write(Buffer.from('before'));
  t.equal(String(out.read()), 'before');
  raw.write(closeFrame(1000));
  while (ws.readyState === ws.OPEN) await new Promise(setImmediate);
  connection.session = {
    text: () => undefined,
    binary: () => undefined,
    closed: () => undefined,
    lastWords: () => 'last words',
  };
  connection.write(Buffer.from('after'));
  connection.close(4200, '');
  t.equal(out.read(), null);
});

t.test('messages sent before a browser was closed are heard, and none after', async (t) => {
  const { port } = await startGateway(t);
  const [one, two] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  for (const socket of [one, two]) await socket.subscribe('private-x');
  const say = (data: number): Buffer =>
    frame(Opcode.TEXT, JSON.stringify({ event: 'client-x', channel: 'private-x', data }));
  one.raw.write(Buffer.concat([say(1), closeFrame(1000), say(2)]));
  await one.closed();
  t.same(
    (await two.settled()).map(({ data }) => data),
    [1],
  );
});
