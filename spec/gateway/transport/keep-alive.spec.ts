import t from 'tap';
import { Overload } from '../../../lib/gateway/core/timing/overload';
import { TurnBudget } from '../../../lib/gateway/core/timing/turn-budget';
import type { Connection } from '../../../lib/gateway/transport/connection';
import { KeepAlive } from '../../../lib/gateway/transport/keep-alive';
import { ManualClock } from '../../support/manual-clock';
import { frame, Opcode } from '../../support/raw-socket';
import { startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';

t.test('a silent socket gets a ping of RFC 6455 after the activity timeout', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  const socket = await TestSocket.connect(t, port);
  clock.advance(119_000);
  t.strictSame(await socket.settled(), [], 'which counts as activity');
  clock.advance(119_000);
  clock.advance(1_000);
  t.match(await socket.raw.next(), { opcode: Opcode.PING });
});

t.test('a silent socket is pinged every 50 s, for the proxies that cut after 60', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock, limits: { activityTimeoutMs: 300_000 } });
  const socket = await TestSocket.connect(t, port);
  for (let pings = 0; pings < 4; pings++) {
    clock.advance(50_000);
    t.match(await socket.raw.next(), { opcode: Opcode.PING });
  }
});

t.test('a socket that only answers pings lives on', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  const [quiet, other] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  for (let i = 0; i < 4; i++) {
    clock.advance(120_000);
    t.match(await quiet.raw.next(), { opcode: Opcode.PING });
    quiet.raw.send(Opcode.PONG);
    // Written after the pong, so read after it.
    await other.settled();
    await other.settled();
  }
});

t.test('a socket that does not answer a ping is closed with 4201', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  for (const [query, words] of [
    ['protocol=7', []],
    [
      'protocol=5',
      [{ event: 'pusher:error', data: { code: 4201, message: 'Pong reply not received' } }],
    ],
  ] as const) {
    const socket = await TestSocket.connect(t, port, { query, pongs: false });
    clock.advance(150_000);
    const { code, reason, messages } = await socket.closed();
    t.strictSame([code, reason, messages], [4201, 'Pong reply not received', words]);
  }
});

t.test('a socket is gone when its time is over, whether it answers its close or not', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const socket = await TestSocket.connect(t, gateway.port, { pongs: false });
  socket.raw.stream.pause();
  clock.advance(149_000);
  t.equal(gateway.socketCount, 1);
  clock.advance(1_000);
  t.equal(gateway.socketCount, 0);
});

t.test('bytes of a message that never ends are no sign of life', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  const socket = await TestSocket.connect(t, port);
  const other = await TestSocket.connect(t, port);
  const [...bytes] = frame(Opcode.TEXT, 'x'.repeat(100));
  for (let i = 0; i < 15; i++) {
    socket.raw.write(Buffer.from([bytes[i] as number]));
    await other.settled();
    clock.advance(10_000);
  }
  let last = await socket.raw.next();
  while (last?.opcode === Opcode.PING) last = await socket.raw.next();
  t.match(last, { opcode: Opcode.CLOSE });
  t.equal(socket.raw.close.code, 4201);
});

t.test('a gateway that was stopped for a while does not judge by that time', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const { port } = await startGateway(t, { clock });
  const socket = await TestSocket.connect(t, port, { pongs: false });
  clock.advance(149_000);
  clock.stall(60_000);
  clock.advance(0);
  t.strictSame(await socket.settled(), [], 'what waits in the socket is read first');
  clock.advance(151_000);
  t.equal((await socket.closed()).code, 4201, 'and then it judges as ever');
});

t.test('a reader too slow for its bytes is cut; everybody else hears everything', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const limits = { maxUnsentBytes: 256 * 1024, maxClientEventsPerSecond: 1e6 };
  const gateway = await startGateway(t, { clock, limits });
  const [sender, slow, sound] = await room(t, gateway.port);
  slow.raw.stream.pause();
  const heard = drain(sound);
  const sent = await flood(sender, () => gateway.metrics.socketsCut > 0);
  t.equal(gateway.metrics.socketsCut, 1);
  await sender.settled();
  t.equal((await heard(sent)).length, sent);
  slow.raw.stream.resume();
  await slow.raw.ended;
  await sender.settled();
  t.equal(gateway.socketCount, 2);
});

t.test('a reader too slow for its time is cut, even with few bytes', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const limits = { maxUnsentBytes: 2 ** 30, maxClientEventsPerSecond: 1e6 };
  const gateway = await startGateway(t, { clock, limits });
  const [sender, slow, sound] = await room(t, gateway.port);
  slow.raw.stream.pause();
  const heard = drain(sound);
  // Some megabytes more than the buffers of the two kernels' ends take.
  const sent = await flood(sender, (bytes) => bytes > 12 * 1024 * 1024);
  await heard(sent);
  clock.advance(10_000);
  t.equal(gateway.metrics.socketsCut, 0);
  clock.advance(2_000);
  t.equal(gateway.metrics.socketsCut, 1);
  await sender.settled();
  t.equal(gateway.socketCount, 2);
});

t.test('ends of slow readers stop for a turn when its budget is spent', async (t) => {
  const clock = new ManualClock();
  const budget = new TurnBudget(clock);
  const on = { cut: () => undefined, failure: () => undefined, peerFailure: () => undefined };
  const times = { activityTimeoutMs: 120_000, pingMs: 50_000, pongTimeoutMs: 30_000 };
  const pace = { latestCheckMs: 500, latestSlackMs: 250 };
  const options = { ...times, ...pace, maxUnsentBytes: 1024, maxUnsentMs: 10_000 };
  const keepAlive = new KeepAlive(options, new Overload(clock), budget, on);
  const endsOfTurns = (units: number): number[] => {
    const ends = new Map<number, number>();
    const endCut = (): void => {
      ends.set(budget.turn, (ends.get(budget.turn) ?? 0) + 1);
      budget.spend(units);
    };
    for (let n = 0; n < 40; n++) keepAlive.cut({ endCut } as unknown as Connection);
    clock.endTurn();
    return [...ends.values()];
  };
  t.strictSame(endsOfTurns(0), [16, 16, 8]);
  t.strictSame(endsOfTurns(300), Array<number>(10).fill(4), 'each told to many');
});

t.test('near the end of memory those that read nothing are cut, the fullest first', async (t) => {
  const clock = new ManualClock();
  const memory = { isNear: false };
  const overload = new Overload(clock, memory);
  const on = { cut: () => undefined, failure: () => undefined, peerFailure: () => undefined };
  const times = { activityTimeoutMs: 120_000, pingMs: 50_000, pongTimeoutMs: 30_000 };
  const latest = { latestCheckMs: 500, latestSlackMs: 250 };
  const options = { ...times, ...latest, maxUnsentBytes: 2 ** 20, maxUnsentMs: 10_000 };
  const keepAlive = new KeepAlive(options, overload, new TurnBudget(clock), on);
  const cut: number[] = [];
  const backedUp = (unsentBytes: number, isBackend = false, sent = (): number => 0): void => {
    const connection = {
      ...{ unsentBytes, isBackend },
      get sentBytes() {
        return sent();
      },
      cut: () => cut.push(unsentBytes),
    };
    keepAlive.backedUp(connection as unknown as Connection);
  };
  for (let n = 1; n <= 200; n++) backedUp(n);
  backedUp(1_000, true);
  let sentBytes = 0;
  backedUp(999, false, () => (sentBytes += 1_000));
  overload.start();
  clock.advance(3_000);
  t.strictSame(cut, []);
  memory.isNear = true;
  clock.advance(1_000);
  t.strictSame(
    cut,
    Array.from({ length: 25 }, (_, n) => 200 - n),
    'an eighth of them',
  );
  overload.stop();
});

async function room(
  t: Parameters<typeof startGateway>[0],
  port: number,
): Promise<[TestSocket, TestSocket, TestSocket]> {
  const sockets = await Promise.all([1, 2, 3].map(() => TestSocket.connect(t, port)));
  for (const socket of sockets) await socket.subscribe('private-x');
  return sockets as [TestSocket, TestSocket, TestSocket];
}

/** Sends events of 10 KB until told to stop; answers how many. */
async function flood(sender: TestSocket, enough: (bytes: number) => boolean): Promise<number> {
  const data = 'x'.repeat(10_000);
  const event = JSON.stringify({ event: 'client-x', channel: 'private-x', data });
  const batch = Buffer.concat(Array.from({ length: 20 }, () => frame(Opcode.TEXT, event)));
  let sent = 0;
  while (!enough(sent * data.length) && sent < 10_000) {
    sender.raw.write(batch);
    sent += 20;
    await sender.settled();
  }
  return sent;
}

/** Reads all the while; the answer waits for that many messages. */
function drain(socket: TestSocket): (count: number) => Promise<string[]> {
  const texts: string[] = [];
  let check = (): void => undefined;
  void (async () => {
    for (;;) {
      texts.push(await socket.nextText());
      check();
    }
  })().catch(() => undefined);
  return (count) =>
    new Promise((resolve) => {
      check = () => {
        if (texts.length >= count) resolve(texts);
      };
      check();
    });
}
