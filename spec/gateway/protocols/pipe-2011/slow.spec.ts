import t from 'tap';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { ManualClock } from '../../../support/manual-clock';
import { Opcode } from '../../../support/raw-socket';
import { turns, until } from '../../../support/until';
import { connectedPipe, WirePipe } from './backend';

const DATA = 'x'.repeat(9_000);
const LIMITS = {
  maxPipeUnackedEvents: 100,
  maxUnsentBytes: 64 * 1024,
  maxBackChannelEventsPerSecond: 1e9,
};

t.test('a backend that does not read is warned of what its stream had to drop', async (t) => {
  // A clock that stands still: on a busy machine the backend would be cut for the time that it does not read.
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { limits: LIMITS, clock });
  clock.wallMs = Date.now();
  const pipe = await WirePipe.connect(t, gateway.port);
  await pipe.ask('{"id":"a","method":"subscribe","params":{"events":["socket_message"]}}');
  const socket = await TestSocket.connect(t, gateway.port);
  pipe.raw.stream.pause();
  let sent = 0;
  while (gateway.metrics.pipeEventsDropped === 0 && sent < 5_000) {
    for (let i = 0; i < 50; i++) socket.send({ event: 'e', data: { n: sent++, DATA } });
    await socket.settled();
    if (sent >= 3_000) pipe.raw.stream.resume();
  }
  pipe.raw.stream.resume();
  let last = -1;
  let lost = 0;
  while (last + lost < sent - 1) {
    const { event, data } = (await pipe.next()).result as { event: string; data: never };
    if (event === 'warning') lost += Number(/^\d+/.exec(data)?.[0]);
    else {
      const { n } = (data as { data: { n: number } }).data;
      if (n !== last + 1 + lost) throw new Error(`${n} came after ${last} and ${lost} lost ones`);
      last = n;
      lost = 0;
    }
  }
  t.ok(gateway.metrics.pipeEventsDropped > 0);
});

t.test('a backend that reads nothing for too long is cut', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { limits: LIMITS, clock });
  clock.wallMs = Date.now();
  const pipe = await WirePipe.connect(t, gateway.port);
  await pipe.ask('{"id":"a","method":"subscribe","params":{"events":["socket_message"]}}');
  const socket = await TestSocket.connect(t, gateway.port);
  pipe.raw.stream.pause();
  for (let i = 0; i < 3_000; i++) socket.send({ event: 'e', data: DATA });
  await socket.settled();
  for (let i = 0; i < 15 && gateway.metrics.socketsCut === 0; i++) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.equal(gateway.metrics.socketsCut, 1);
  pipe.raw.stream.resume();
  await pipe.raw.ended;
  t.match(await gateway.metrics.registry.metrics(), /^standpipe_pipes 0$/m);
});

t.test(
  'a silent backend is pinged: the client of 2011 answers, a dead one is closed',
  async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    clock.wallMs = Date.now();
    const gateway = await startGateway(t, { clock });
    const client = await connectedPipe(t, gateway);
    const dead = await WirePipe.connect(t, gateway.port);
    let isClosed = false;
    void dead.raw.ended.then(() => (isClosed = true));
    for (let second = 0; second < 300 && !isClosed; second++) {
      clock.advance(1_000);
      await turns(10);
    }
    await until(() => isClosed);
    const opcodes: unknown[] = [];
    for (let each = await dead.raw.next(); each; each = await dead.raw.next()) {
      opcodes.push(each.opcode);
    }
    t.match(opcodes, [Opcode.PING]);
    t.strictSame(dead.raw.close, { code: 4201, reason: 'Pong reply not received' });
    t.equal(client.connected, true);
  },
);
