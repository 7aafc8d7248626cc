import t, { type Test } from 'tap';
import { PingPace } from '../../../lib/gateway/transport/pace';
import { Verb, type Command } from '../../../lib/wire/frames';
import { ManualClock } from '../../support/manual-clock';
import { Opcode } from '../../support/raw-socket';
import { startGateway } from '../../support/start-gateway';
import { TestSocket } from '../../support/test-socket';
import { WireClient } from '../../support/wire-client';

const LIMITS = { latestCheckMs: 500, latestSlackMs: 250 };
const PING = 0x89;

/** A connection without a network, and its pace. */
class FakeConnection {
  unsentBytes = 0;
  writtenBytes = 0;
  paused = false;
  nowMs = 10_000;
  /** Times that it may have caught up. */
  wakes = 0;
  readonly pace = new PingPace(this, LIMITS);
  readonly #drains: Array<() => void> = [];

  onDrain(run: () => void): void {
    this.#drains.push(run);
  }

  caughtUp(): void {
    this.wakes++;
  }

  drain(): void {
    this.unsentBytes = 0;
    for (const run of this.#drains.splice(0)) run();
  }

  get isBehind(): boolean {
    return this.pace.isBehind(this.nowMs);
  }

  /** The payload of the ping that is due; undefined when none is. */
  probe(): Buffer | undefined {
    const bytes = this.pace.probe(this.nowMs);
    if (bytes === undefined) return undefined;
    if (bytes[0] !== PING || bytes[1] !== bytes.length - 2) throw new Error('not one ping');
    return bytes.subarray(2);
  }

  /** A ping that is answered after a while. */
  roundTrip(byMs: number): void {
    const payload = this.probe() as Buffer;
    this.nowMs += byMs;
    this.pace.ponged(payload, this.nowMs);
  }
}

/** A backend whose commands are applied when its promises resolve. */
async function sender(
  t: Test,
  port: number,
): Promise<(command: Omit<Command, 'verb'>) => Promise<void>> {
  const { client } = await WireClient.attach(t, port, { rules: [] });
  let seq = 0;
  return async (command) => {
    const commands = [{ verb: Verb.TRIGGER_CHANNEL, ...command }];
    client.send({ type: 'commands', firstSeq: ++seq, commands });
    const { refused } = await client.expect('commandAck');
    if (refused.length > 0) throw new Error(refused[0]?.message);
  };
}

t.test(
  'a socket is behind while a ping waits longer than the shortest one and the slack',
  async (t) => {
    const connection = new FakeConnection();
    connection.roundTrip(30);
    connection.nowMs += 500;
    const payload = connection.probe() as Buffer;
    connection.nowMs += 280;
    t.equal(connection.isBehind, false);
    connection.nowMs += 2;
    t.equal(connection.isBehind, true);
    t.equal(connection.wakes, 0);
    connection.pace.ponged(payload, connection.nowMs);
    t.equal(connection.isBehind, false);
    t.equal(connection.wakes, 1);
  },
);

t.test('a ping goes out before its time behind 16 KiB', async (t) => {
  const connection = new FakeConnection();
  connection.roundTrip(30);
  connection.writtenBytes += 16 * 1024 - 1;
  t.equal(connection.probe(), undefined);
  connection.writtenBytes += 1;
  t.ok(connection.probe());
  connection.nowMs += 1;
  connection.writtenBytes += 16 * 1024 - 1;
  t.equal(connection.probe(), undefined);
});

t.test('pings are as far apart as the limit says', async (t) => {
  const connection = new FakeConnection();
  connection.roundTrip(30);
  t.equal(connection.probe(), undefined);
  connection.nowMs += 469;
  t.equal(connection.probe(), undefined);
  connection.nowMs += 1;
  t.ok(connection.probe());
});

t.test(
  'a socket that was behind is pinged with every write, and behind until it answers',
  async (t) => {
    const connection = new FakeConnection();
    connection.roundTrip(30);
    connection.nowMs += 500;
    const late = connection.probe() as Buffer;
    connection.nowMs += 1_000;
    t.equal(connection.isBehind, true);
    connection.pace.ponged(late, connection.nowMs);
    for (let i = 0; i < 3; i++) {
      connection.nowMs += 10;
      const payload = connection.probe() as Buffer;
      connection.nowMs += 10;
      t.equal(connection.isBehind, true, 'its answer is on the way');
      connection.pace.ponged(payload, connection.nowMs);
      t.equal(connection.isBehind, false);
    }
    t.equal(connection.wakes, 4);
    const startMs = connection.nowMs;
    let payload = connection.probe();
    for (; payload !== undefined; payload = connection.probe()) {
      connection.nowMs += 40;
      connection.pace.ponged(payload, connection.nowMs);
    }
    const tookMs = connection.nowMs - startMs;
    t.ok(tookMs > 9_900 && tookMs < 10_100, `let go after ${tookMs} ms of prompt answers`);
    t.equal(connection.isBehind, false);
  },
);

t.test('a late answer begins the ten seconds anew', async (t) => {
  const connection = new FakeConnection();
  connection.roundTrip(30);
  connection.nowMs += 500;
  const late = connection.probe() as Buffer;
  connection.nowMs += 1_000;
  t.equal(connection.isBehind, true);
  connection.pace.ponged(late, connection.nowMs);
  for (let i = 0; i < 100; i++) connection.roundTrip(90);
  connection.roundTrip(300);
  for (let i = 0; i < 100; i++) connection.roundTrip(90);
  t.ok(connection.probe());
  t.equal(connection.isBehind, true, 'still pressed');
});

t.test('an answer counts for all pings before it, and a made-up one for none', async (t) => {
  const connection = new FakeConnection();
  connection.roundTrip(30);
  connection.nowMs += 500;
  t.ok(connection.probe());
  connection.nowMs += 500;
  const second = connection.probe() as Buffer;
  connection.nowMs += 1_000;
  for (const payload of [Buffer.alloc(0), Buffer.alloc(8), Buffer.alloc(125, 1)]) {
    connection.pace.ponged(payload, connection.nowMs);
    t.equal(connection.isBehind, true);
  }
  connection.pace.ponged(second, connection.nowMs);
  t.equal(connection.isBehind, false);
});

t.test('a socket that never answers is behind by its unsent bytes alone', async (t) => {
  const connection = new FakeConnection();
  let pings = 0;
  for (let i = 0; i < 100; i++) {
    if (connection.probe() !== undefined) pings++;
    connection.nowMs += 1_000;
    t.equal(connection.isBehind, false);
  }
  t.equal(pings, 16, 'and it is not pinged for ever');
  connection.unsentBytes = 64 * 1024 + 1;
  t.equal(connection.isBehind, true);
  t.equal(connection.isBehind, true);
  connection.drain();
  t.equal(connection.isBehind, false);
  t.equal(connection.wakes, 1);
});

t.test('answers that nobody reads make no socket late', async (t) => {
  const connection = new FakeConnection();
  connection.roundTrip(30);
  connection.nowMs += 500;
  t.ok(connection.probe());
  connection.nowMs += 400;
  t.equal(connection.isBehind, true);
  connection.paused = true;
  connection.pace.notHeard();
  t.equal(connection.wakes, 1, 'a socket that was behind gets what it has missed');
  connection.nowMs += 5_000;
  t.equal(connection.isBehind, false);
  t.equal(connection.probe(), undefined);
});

t.test('a longer way is learnt in time', async (t) => {
  const connection = new FakeConnection();
  connection.roundTrip(30);
  for (let i = 0; i < 400; i++) {
    connection.nowMs += 500;
    connection.roundTrip(400);
  }
  connection.nowMs += 500;
  t.ok(connection.probe());
  connection.nowMs += 600;
  t.equal(connection.isBehind, false);
});

t.test(
  'an unmodified browser that is behind gets the latest event when it has answered',
  async (t) => {
    const clock = new ManualClock({ turns: 'real' });
    clock.wallMs = Date.now();
    const gateway = await startGateway(t, { clock });
    const slow = await TestSocket.connect(t, gateway.port, { pongs: false });
    const quick = await TestSocket.connect(t, gateway.port);
    for (const socket of [slow, quick]) await socket.subscribe('prices');
    const backend = await sender(t, gateway.port);
    const say = async (price: number): Promise<void> => {
      await backend({ channel: 'prices', event: 'price', data: `${price}`, latestKey: 'ACME' });
    };
    await say(1);
    t.match(await quick.next(), { data: '1' });
    t.match(await slow.next(), { data: '1' });
    const first = await slow.raw.next();
    t.equal(first?.opcode, Opcode.PING, 'one ping, behind the event');
    clock.advance(20);
    slow.raw.send(Opcode.PONG, first?.payload);
    await slow.settled();
    clock.advance(500);
    await say(2);
    t.match(await slow.next(), { data: '2' });
    const second = await slow.raw.next();
    clock.advance(400);
    for (const price of [3, 4, 5]) await say(price);
    t.strictSame(
      (await quick.settled()).map(({ data }) => data),
      ['2', '3', '4', '5'],
      'others do not wait',
    );
    t.strictSame(await slow.settled(), [], 'nothing for a socket that is behind');
    t.equal(gateway.metrics.latestDrops, 0);
    slow.raw.send(Opcode.PONG, second?.payload);
    t.match(await slow.next(), { event: 'price', channel: 'prices', data: '5' });
    t.equal(gateway.metrics.latestDrops, 2);
    t.equal(
      (await slow.raw.next())?.opcode,
      Opcode.PING,
      'which it has to answer at once from now on',
    );
  },
);

t.test('a volatile event is not for a browser that is behind, and never comes later', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const gateway = await startGateway(t, { clock });
  const slow = await TestSocket.connect(t, gateway.port, { pongs: false });
  await slow.subscribe('cache-room');
  t.match(await slow.next(), { event: 'pusher:cache_miss' });
  const backend = await sender(t, gateway.port);
  const say = (event: object): Promise<void> =>
    backend({ channel: 'cache-room', event: 'typing', ...event });
  await say({ data: '1', volatile: true });
  t.match(await slow.next(), { data: '1' });
  const ping = await slow.raw.next();
  clock.advance(20);
  slow.raw.send(Opcode.PONG, ping?.payload);
  await slow.settled();
  clock.advance(500);
  await say({ data: '2', volatile: true });
  t.match(await slow.next(), { data: '2' });
  const late = await slow.raw.next();
  clock.advance(400);
  await say({ data: '3', volatile: true });
  await say({ data: '4' });
  await say({ data: '5', volatile: true });
  t.match(await slow.next(), { data: '4' });
  slow.raw.send(Opcode.PONG, late?.payload);
  t.strictSame(await slow.settled(), []);
  t.equal(gateway.metrics.volatileDrops, 2);
  const late2 = await TestSocket.connect(t, gateway.port);
  await late2.subscribe('cache-room');
  t.match(await late2.next(), { data: '4' }, 'nor is it kept');
});
