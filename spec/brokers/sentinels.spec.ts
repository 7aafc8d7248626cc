import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import { redisBroker, type RedisBrokerOptions } from '../../lib/brokers/redis/broker';
import { isRedisUrl, sentinelsOf } from '../../lib/brokers/redis/address';
import { redisNodes } from '../../lib/brokers/redis/nodes';
import { primaries, PrimaryWatch } from '../../lib/brokers/redis/sentinels';
import { Run } from '../support/command';
import { ManualClock } from '../support/manual-clock';
import { hasRedis } from '../support/start-redis';
import { TestSentinels } from '../support/start-sentinels';
import { turns, until, untilAnswered } from '../support/until';
import { TestNode, transitionsOf } from './test-node';

async function startNodes(
  t: Test,
  { address }: { address: string },
  limits: RedisBrokerOptions['limits'] = {},
): Promise<[TestNode, TestNode]> {
  const nodes = [1, 2].map(() => new TestNode(redisBroker({ address, limits })));
  for (const node of nodes) {
    t.teardown(() => node.broker.stop());
    await node.start();
  }
  await until(() => nodes.every(({ broker }) => broker.nodes.size === 2));
  return nodes as [TestNode, TestNode];
}

/** Some of everything, said by two nodes. */
async function fill([a, b]: readonly [TestNode, TestNode]): Promise<void> {
  await b.app.watch('room');
  await a.subscriptions('room', 2);
  await b.subscriptions('room', 1);
  await a.member('presence-x', 'ann', 1);
  await a.subscriptions('left', 1);
  await a.app.publish('room', 'before', { cacheMs: 60_000 });
  t.equal(await a.app.home('name', true), a.broker.node);
  await until(() => b.events.length === 1);
}

/** Shows that the engine knows the truth again, and that nobody was told anything twice. */
async function holdsTheTruth(t: Test, nodes: readonly [TestNode, TestNode]): Promise<void> {
  const [a, b] = nodes;
  // Each has noticed by itself that the engine is another one.
  await until(() =>
    nodes.every(({ broker: { state, metrics } }) => state === 'up' && metrics.eras > 0),
  );
  await until(() => b.missed.includes('room'));
  await Promise.all(nodes.map(async ({ app }) => app.settled()));
  void a.subscriptions('left', 0);
  t.equal(await a.subscriptions('room', 3), 4);
  await Promise.all(nodes.map(async ({ app }) => app.settled()));
  // Facts that are true no more are looked for behind those that are said again.
  await untilAnswered(async () => {
    const channels = await b.app.channels('');
    return channels !== 'unavailable' && isDeepStrictEqual([...channels], [['room', 4]]);
  });
  const list = await b.app.members('presence-x');
  const ids = list === 'unavailable' ? [] : list.members.map(({ userId }) => userId).sort();
  t.strictSame(ids, ['ann', 'bob']);
  t.equal(await b.app.home('name', true), a.broker.node, 'the home of a name stays');
  await a.app.publish('room', 'after');
  await until(() => b.texts('room').includes('after'));
  const [before, after] = [b.events.at(0)!.seq, b.events.at(-1)!.seq];
  t.ok(after > before, 'numbers do not fall');
  const told = transitionsOf(nodes);
  t.equal(new Set(told).size, told.length, 'no transition is told twice');
  t.equal(a.fenced + b.fenced, 0);
}

t.test('a primary behind sentinels', async (t) => {
  if (!hasRedis(t)) return;
  t.jobs = 4;

  t.test('facts are the truth again after a failover', async (t) => {
    const redis = await TestSentinels.start(t);
    // A call waits for the failover, however long that takes on a busy machine.
    const nodes = await startNodes(t, redis, { leaseMs: 30_000, holdMs: 25_000 });
    const [a, b] = nodes;
    await fill(nodes);
    t.equal(await a.app.idempotent('key', 'f', 60_000, () => undefined), 'new');
    await redis.replicated();
    await redis.killPrimary();
    await until(() => nodes.every(({ broker }) => broker.state !== 'up'));
    const joined = a.app.member('presence-x', { userId: 'bob', userInfo: '1' }, 1, 10);
    await redis.failedOver();
    t.match(await joined, { change: 'added' }, 'a call waits for the next primary');
    await holdsTheTruth(t, nodes);
    t.match(await b.app.cached('room'), { text: 'before' });
    t.match(await b.app.idempotent('key', 'f', 60_000, () => undefined), { answer: undefined });
    t.equal(a.broker.metrics.eras, 1, 'told as another run of the engine');
  });

  t.test(
    'facts that the replica had not are said again after a failover, and events are lost',
    async (t) => {
      const redis = await TestSentinels.start(t);
      const nodes = await startNodes(t, redis);
      const [a, b] = nodes;
      await a.subscriptions('first', 1);
      await redis.replicated();
      await redis.cutReplica();
      await fill(nodes);
      await a.member('presence-x', 'bob', 1);
      await a.subscriptions('first', 0);
      t.equal(await a.app.idempotent('key', 'f', 60_000, () => undefined), 'new');
      await redis.killPrimary();
      await redis.failedOver();
      await holdsTheTruth(t, nodes);
      t.equal(await b.app.cached('room'), undefined);
      t.equal(await b.app.idempotent('key', 'f', 60_000, () => undefined), 'new');
    },
  );

  t.test('a primary that is replaced while it is there is left', async (t) => {
    const redis = await TestSentinels.start(t);
    const nodes = await startNodes(t, redis);
    await fill(nodes);
    await nodes[0].member('presence-x', 'bob', 1);
    await redis.replacePrimary();
    await holdsTheTruth(t, nodes);
    t.strictSame(
      (await redisNodes({ address: redis.address })).map(({ node }) => node).sort(),
      nodes.map(({ broker }) => broker.node).sort(),
    );
  });

  t.test('sentinels that do not know the primary, or do not answer, are told of', async (t) => {
    const redis = await TestSentinels.start(t);
    const at = (sentinels: readonly string[], name: string): object => ({ sentinels, name });
    const known = `127.0.0.1:${redis.port}`;
    const nodes = await redisNodes({ address: at(['127.0.0.1:1', known], 'main') as never });
    t.strictSame(nodes, [], 'one that answers is enough');
    const run = new Run(t, ['nodes', '--broker', redis.address]);
    t.equal(await run.ended, 0, run.output);
    await t.rejects(redisNodes({ address: at([known], 'other') as never }), {
      code: 'broker_unavailable',
      message: `the Redis 'other' of the sentinels ${known} can not be reached: no sentinel knows a primary of the name other`,
    });
    await t.rejects(redisNodes({ address: at(['127.0.0.1:1'], 'main') as never }), {
      code: 'broker_unavailable',
      message: /of the sentinels 127\.0\.0\.1:1 can not be reached: .*ECONNREFUSED/,
    });
  });
});

const ADDRESS = { sentinels: ['a', 'b:1', '[::1]:2'], name: 'main' };
const [OLD, NEW] = [
  { host: '10.0.0.1', port: 1 },
  { host: '10.0.0.2', port: 1 },
];

t.test('the server that most sentinels name is tried first', async (t) => {
  const asked: unknown[] = [];
  const answers = [OLD, NEW, NEW];
  const found = await primaries(ADDRESS, async (_, sentinel) => answers[asked.push(sentinel) - 1]);
  t.strictSame(found, [NEW, OLD]);
  t.strictSame(asked, [
    { host: 'a', port: 26_379 },
    { host: 'b', port: 1 },
    { host: '::1', port: 2 },
  ]);
});

t.test('a primary is left when most sentinels name another one, and not before', async (t) => {
  const clock = new ManualClock();
  let answers: Array<typeof OLD | undefined> = [OLD, OLD, OLD];
  let asked = 0;
  const watch = new PrimaryWatch(clock, ADDRESS, async () => {
    const answer = answers[asked++ % 3];
    if (answer === undefined) throw new Error('away');
    return answer;
  });
  let moves = 0;
  watch.begin(OLD, () => moves++);
  const look = async (...next: typeof answers): Promise<number> => {
    answers = next;
    const before = asked;
    clock.advance(2000);
    await until(() => asked === before + 3);
    await turns(5);
    return moves;
  };
  t.equal(await look(OLD, OLD, OLD), 0);
  t.equal(await look(NEW, OLD, OLD), 0, 'one that was cut off, or has begun anew');
  t.equal(await look(NEW, undefined, undefined), 0);
  t.equal(await look(undefined, undefined, undefined), 0);
  t.equal(await look(NEW, undefined, NEW), 1);
  clock.advance(10_000);
  t.equal(asked, 15, 'nobody is asked any more');
});

t.test('an address of sentinels is read as a URL has it', async (t) => {
  t.strictSame(sentinelsOf('redis+sentinel://a,b:1,[::1]:2/main'), { ...ADDRESS, tls: false });
  t.strictSame(sentinelsOf('rediss+sentinel://ann:p%40ss@a,b:1,[::1]:2/main/3'), {
    ...{ ...ADDRESS, tls: true, username: 'ann', password: 'p@ss', database: 3 },
  });
  t.strictSame(sentinelsOf('redis+sentinel://:secret@a,b:1,[::1]:2/main'), {
    ...{ ...ADDRESS, tls: false, password: 'secret' },
  });
  t.equal(sentinelsOf('redis://a'), undefined);
  for (const wrong of [
    'redis+sentinel://a',
    'redis+sentinel:///main',
    'redis+sentinel://a:b/main',
  ]) {
    t.notOk(isRedisUrl(wrong), wrong);
  }
  t.notOk(isRedisUrl('redis+sentinel://:%@a/main'), 'an escape that is none');
});
