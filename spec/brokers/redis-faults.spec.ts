import t, { type Test } from 'tap';
import type { Clock } from '../../lib/util/timers';
import { systemClock } from '../../lib/util/timers';
import { redisBroker } from '../../lib/brokers/redis/broker';
import { type Fsync, hasRedis, TestRedis } from '../support/start-redis';
import { until } from '../support/until';
import { APP, TestNode, transitionsOf } from './test-node';

/** A lease that a spec can wait for; others have the usual one, which a busy machine can keep. */
const SHORT = { leaseMs: 5000 };

/** A clock that stands still when it is told to: the process is stopped, and its connections stay. */
class StoppableClock implements Clock {
  #held: Array<() => void> | undefined;

  now = systemClock.now;
  wall = systemClock.wall;
  random = systemClock.random;
  clearTimeout = systemClock.clearTimeout;

  setTimeout(run: () => void, delayMs: number): object {
    return systemClock.setTimeout(() => this.#run(run), delayMs);
  }

  endOfTurn(run: () => void): void {
    systemClock.endOfTurn(() => this.#run(run));
  }

  stop(): void {
    this.#held = [];
  }

  go(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) run();
  }

  #run(run: () => void): void {
    if (this.#held === undefined) run();
    else this.#held.push(run);
  }
}

async function startNode(
  t: Test,
  redis: TestRedis,
  { clock, ...limits }: { clock?: Clock; leaseMs?: number; holdMs?: number } = {},
): Promise<TestNode> {
  const broker = redisBroker({
    ...{ address: redis.address, limits },
    ...(clock && { clock }),
  });
  const node = new TestNode(broker);
  t.teardown(() => broker.stop());
  await node.start();
  return node;
}

async function startNodes(
  t: Test,
  redis: TestRedis,
  options: { leaseMs?: number; holdMs?: number } = {},
): Promise<[TestNode, TestNode]> {
  const nodes: [TestNode, TestNode] = [
    await startNode(t, redis, options),
    await startNode(t, redis, options),
  ];
  await until(() => nodes.every(({ broker }) => broker.nodes.size === 2));
  return nodes;
}

t.test('facts of a node that dies are swept after its lease, each told once', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const [a, b] = await startNodes(t, redis, SHORT);
  const c = await startNode(t, redis, SHORT);
  await b.app.watch('presence-x');
  for (let i = 0; i < 1000; i++) {
    a.app.socket(`1.${i}`, true);
    void a.subscriptions(`room-${i}`, 1);
    void a.member('presence-x', `user-${i}`, 1, 5000);
  }
  await a.app.settled();
  await b.subscriptions('room-7', 1);
  a.transitions.length = 0;
  a.broker.stop();
  await until(() => transitionsOf([b, c]).length >= 2999);
  await until(() => b.members.length === 2000);
  const told = transitionsOf([b, c]);
  t.equal(told.length, 2999);
  t.equal(new Set(told).size, 2999, 'none twice');
  t.notOk(told.includes('room-7 vacated'));
  const left = await b.app.channels('');
  t.strictSame(left === 'unavailable' ? [] : [...left], [['room-7', 1]]);
  const list = await b.app.members('presence-x');
  t.match(list, { members: [] });
  t.strictSame(await redis.keys('*:n:*'), [`sp:{${APP}}:n:${b.broker.node}:subs`]);
});

t.test('a node that stood still for longer than its lease begins anew', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const clock = new StoppableClock();
  const a = await startNode(t, redis, { ...SHORT, clock });
  const b = await startNode(t, redis, SHORT);
  await a.subscriptions('room', 1);
  const before = a.broker.node;
  clock.stop();
  await until(() => transitionsOf([b]).includes('room vacated'));
  a.app.socket('1.1', true);
  void a.app.publish('room', 'of the dead');
  await b.app.watch('room');
  clock.go();
  await until(() => a.fenced === 1 && a.broker.state === 'up');
  t.not(a.broker.node, before);
  t.equal(await a.subscriptions('room', 1), 1, 'its new facts count');
  await a.app.publish('room', 'of the new');
  await until(() => b.events.length > 0);
  t.strictSame(b.texts('room'), ['of the new']);
});

for (const fsync of ['always', 'everysec', 'off'] as const) {
  t.test(
    `facts are the truth again after the engine was killed, appendfsync ${fsync}`,
    async (t) => {
      await survivesTheEngine(t, fsync);
    },
  );
}

async function survivesTheEngine(t: Test, fsync: Fsync): Promise<void> {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t, fsync);
  const [a, b] = await startNodes(t, redis);
  await b.app.watch('room');
  await a.subscriptions('room', 2);
  await b.subscriptions('room', 1);
  await a.member('presence-x', 'ann', 1);
  await a.subscriptions('left', 1);
  await a.app.publish('room', 'before', { cacheMs: 60_000 });
  t.equal(await a.app.idempotent('key', 'f', 60_000, () => undefined), 'new');
  t.equal(await a.app.home('name', true), a.broker.node);
  await until(() => b.events.length === 1);
  await redis.kill();
  await until(() => a.broker.state !== 'up' && b.broker.state !== 'up');
  const joined = a.app.member('presence-x', { userId: 'bob', userInfo: '1' }, 1, 10);
  await redis.start();
  t.match(await joined, { change: 'added' }, 'a call waits while the engine is away');
  await until(() => [a, b].every(({ broker }) => broker.state === 'up'));
  await until(() => b.missed.includes('room'));
  // An engine that has lost everything knows the truth when all nodes have said it again.
  await Promise.all([a, b].map(async ({ app }) => app.settled()));
  void a.subscriptions('left', 0);
  t.equal(await a.subscriptions('room', 3), 4);
  await Promise.all([a, b].map(async ({ app }) => app.settled()));
  const channels = await b.app.channels('');
  t.strictSame(channels === 'unavailable' ? [] : [...channels], [['room', 4]]);
  const list = await b.app.members('presence-x');
  t.strictSame(list === 'unavailable' ? [] : list.members.map(({ userId }) => userId).sort(), [
    'ann',
    'bob',
  ]);
  t.equal(await b.app.home('name', true), a.broker.node, 'the home of a name stays');
  const kept = [
    await b.app.cached('room'),
    await b.app.idempotent('key', 'f', 60_000, () => undefined),
  ];
  // With a write in each second they may be lost or not.
  if (fsync === 'always') t.match(kept, [{ text: 'before' }, { answer: undefined }]);
  if (fsync === 'off') t.strictSame(kept, [undefined, 'new']);
  await a.app.publish('room', 'after');
  await until(() => b.texts('room').includes('after'));
  const [before, after] = [b.events.at(0)!.seq, b.events.at(-1)!.seq];
  t.ok(after > before, 'numbers do not fall');
  const told = transitionsOf([a, b]);
  t.equal(new Set(told).size, told.length, 'no transition is told twice');
  t.equal(a.fenced + b.fenced, 0);
}

t.test(
  'calls wait while the engine stands still, and are answered when that takes too long',
  async (t) => {
    if (!hasRedis(t)) return;
    const redis = await TestRedis.start(t);
    const [a, b] = await startNodes(t, redis, { holdMs: 300 });
    await b.app.watch('room');
    redis.pause();
    void a.app.publish('room', 'held');
    const joined = a.app.subscriptions('room', 1, false);
    t.equal(await joined, 'unavailable');
    t.equal(a.broker.state, 'down');
    t.equal(await a.app.publish('room', 'refused'), 'unavailable');
    t.equal(await a.app.members('presence-x'), 'unavailable');
    t.equal(await a.app.settled(), 'unavailable');
    t.equal(await a.app.user('ann', 1), 'unavailable');
    redis.resume();
    await until(() => [a, b].every(({ broker }) => broker.state === 'up'));
    await until(() => transitionsOf([a, b]).length === 2);
    t.strictSame(transitionsOf([a, b]), ['ann online', 'room occupied'], 'told when it is known');
    t.equal(a.broker.metrics.dropped > 0, true);
  },
);

t.test('nothing comes twice over cut connections', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  // Nothing is given up, however long the way back takes.
  const [a, b] = await startNodes(t, redis, { holdMs: 60_000, leaseMs: 60_000 });
  await b.app.watch('room');
  const totals: Array<number | undefined> = [];
  for (let i = 1; i <= 200; i++) {
    void a.app.publish('room', `${i}`);
    void a.subscriptions('room', i).then((total) => totals.push(total));
    if (i % 10 === 0) await redis.cutConnections();
    if (i % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await until(() => a.broker.state === 'up' && totals.length === 200);
  t.strictSame(
    totals,
    Array.from({ length: 200 }, (_, i) => i + 1),
    'each fact is applied once, in order',
  );
  await until(() => b.broker.state === 'up');
  void a.app.publish('room', 'last');
  await until(() => b.texts('room').includes('last'));
  const texts = b.texts('room');
  t.equal(new Set(texts).size, texts.length);
  t.strictSame(transitionsOf([a, b]), ['room occupied']);
});

for (const isBusy of [false, true]) {
  const nodes = isBusy ? 'busy' : 'idle';
  t.test(`${nodes} nodes say all facts again to an engine that was emptied`, async (t) => {
    if (!hasRedis(t)) return;
    const redis = await TestRedis.start(t);
    const [a, b] = await startNodes(t, redis, isBusy ? {} : SHORT);
    await a.subscriptions('room', 2);
    await b.subscriptions('room', 1);
    await a.member('presence-x', 'ann', 1);
    await b.member('presence-x', 'bob', 1);
    await b.app.watch('room');
    await redis.flush();
    if (isBusy) await a.app.publish('room', 'e');
    const isTrue = async (): Promise<boolean> => {
      const [channels, list] = await Promise.all([b.app.channels(''), b.app.members('presence-x')]);
      if (channels === 'unavailable' || list === 'unavailable') return false;
      return channels.get('room') === 3 && list.members.length === 2;
    };
    while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
    await until(() => [a, b].every(({ broker }) => broker.nodes.size === 2));
    t.ok(b.missed.includes('room'));
    t.equal(a.fenced + b.fenced, 0, 'browsers stay');
    const told = transitionsOf([a, b]);
    t.equal(new Set(told).size, told.length, 'no transition is told twice');
  });
}

t.test('the spool is bounded', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const broker = redisBroker({
    ...{ address: redis.address, limits: { maxSpoolBytes: 10_000 } },
  });
  const node = new TestNode(broker);
  t.teardown(() => broker.stop());
  await node.start();
  redis.pause();
  const answers = Array.from({ length: 500 }, () => node.app.publish('room', 'x'.repeat(1000)));
  t.ok(answers.filter((answer) => answer === 'unavailable').length > 400);
  t.ok(broker.metrics.spoolBytes <= 11_000);
  redis.resume();
});

t.test('an engine that would lose what is true is refused at the start', async (t) => {
  if (!hasRedis(t)) return;
  const redis = await TestRedis.start(t);
  const none = redisBroker({ address: 'unix:/nowhere/at/all' });
  await redis.configure('maxmemory-policy', 'allkeys-lru');
  const broker = redisBroker({ address: redis.address });
  await t.rejects(new TestNode(broker).start(), {
    code: 'broker_unsuitable',
    message: /noeviction/,
  });
  const started = new TestNode(none).start();
  none.stop();
  await t.rejects(started, { code: 'broker_unavailable' });
});
