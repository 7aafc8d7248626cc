import t, { type Test } from 'tap';
import { redisBroker, type RedisBrokerOptions } from '../../lib/brokers/redis/broker';
import { runs } from '../support/depth';
import { EngineProxy } from '../support/engine-proxy';
import { hasRedis, TestRedis } from '../support/start-redis';
import { until, untilAnswered } from '../support/until';
import { TestNode, transitionsOf } from './test-node';

const CHANNELS = ['room-0', 'room-1', 'room-2'];

interface Cluster {
  redis: TestRedis;
  /** A node that stays connected, and one whose way to the engine can be cut. */
  a: TestNode;
  b: TestNode;
  proxy: EngineProxy;
}

async function startCluster(t: Test, limits: RedisBrokerOptions['limits'] = {}): Promise<Cluster> {
  const redis = await TestRedis.start(t);
  const proxy = await EngineProxy.start(t, redis.address);
  // Nothing is given up, however long the way back takes.
  const patient = { holdMs: 60_000, leaseMs: 60_000, ...limits };
  const [a, b] = [redis.address, proxy.address].map(
    (address) => new TestNode(redisBroker({ address, limits: patient })),
  ) as [TestNode, TestNode];
  t.teardown(() => [a, b].forEach(({ broker }) => broker.stop()));
  for (const node of [a, b]) await node.start();
  await until(() => [a, b].every(({ broker }) => broker.nodes.size === 2));
  return { redis, a, b, proxy };
}

/** Lets a node be away while something happens. */
async function away({ b, proxy }: Cluster, happen: () => Promise<void>): Promise<void> {
  proxy.cut();
  await until(() => b.broker.state !== 'up');
  await happen();
  proxy.restore();
  await until(() => b.broker.state === 'up');
}

async function publish({ app }: TestNode, channel: string, texts: readonly string[]) {
  for (const text of texts) void app.publish(channel, text);
  await app.settled();
}

function numbered(prefix: string, count: number, text = ''): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}${text}`);
}

t.test(
  'events of the time in which a node was cut off reach it once, in the order of all',
  async (t) => {
    if (!hasRedis(t)) return;
    const cluster = await startCluster(t);
    const { a, b, proxy } = cluster;
    for (const { app } of [a, b]) for (const channel of CHANNELS) await app.watch(channel);
    let [published, isOver] = [0, false];
    const load = (async () => {
      while (!isOver) {
        const node = published % 5 === 0 ? b : a;
        for (const channel of CHANNELS) void node.app.publish(channel, `${published++}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const cuts = runs(12);
    for (let cut = 0; cut < cuts; cut++) {
      const before = published;
      proxy.cut();
      await until(() => published > before + 30);
      proxy.restore();
      // Events come live again for a while.
      await until(() => b.events.length > before + 60);
    }
    isOver = true;
    await load;
    await until(() => a.events.length === published && b.events.length >= published);
    const textsOf = ({ events }: TestNode): string[] => events.map(({ text }) => text);
    t.strictSame(textsOf(b), textsOf(a));
    const { replayed, missed } = b.broker.metrics;
    t.ok(replayed > 8 * cuts && replayed < published, `${replayed} of ${published} were read`);
    t.equal(missed, 0);
    t.equal(a.broker.metrics.replayed, 0);
  },
);

t.test('events carry their options over a cut, and ask for no receipt', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t);
  const { a, b } = cluster;
  await b.app.watch('room');
  const options = { except: ['1.2'], latest: 'key', cacheMs: 60_000, volatile: true };
  await away(cluster, async () => {
    const reached = a.app.publish('room', 'x', { ...options, receipt: true });
    t.equal(await reached, 0);
  });
  await until(() => b.events.length > 0);
  t.match(b.events, [{ text: 'x', options }]);
});

t.test('events that are kept no more are told of, and the others come', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t, { maxReplayBytes: 64 * 1024 });
  const { a, b, redis } = cluster;
  await b.app.watch('room');
  await publish(a, 'room', ['first']);
  await until(() => b.events.length === 1);
  await away(cluster, async () => {
    for (let i = 0; i < 40; i++) await publish(a, 'room', numbered(`${i}-`, 5, 'x'.repeat(1000)));
  });
  await publish(a, 'room', ['last']);
  await until(() => b.texts('room').includes('last'));
  t.equal(b.broker.metrics.missed, 1);
  const texts = b.texts('room').map((text) => text.replace(/x+$/, ''));
  t.ok(texts.length < 100 && texts.length > 50, `${texts.length}`);
  const all = Array.from({ length: 40 }, (_, i) => numbered(`${i}-`, 5)).flat();
  t.strictSame(
    texts,
    ['first', ...all.slice(-texts.length + 2), 'last'],
    'the last ones, in order',
  );
  t.ok((await redis.memory('sp:*:r:*')) < 128 * 1024);
  t.strictSame(await redis.lasting('sp:*:r*'), [], 'and they are forgotten');
});

t.test('a node whose channels were quiet for long misses nothing', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t, { maxReplayBytes: 64 * 1024 });
  const { a, b } = cluster;
  await b.app.watch('quiet');
  for (let i = 0; i < 40; i++) await publish(a, 'loud', numbered(`${i}`, 5, 'x'.repeat(1000)));
  await away(cluster, () => publish(a, 'quiet', ['1']));
  await until(() => b.events.length > 0);
  t.strictSame(b.texts('quiet'), ['1']);
  await publish(a, 'quiet', ['2']);
  await until(() => b.events.length > 1);
  t.equal(b.broker.metrics.missed, 0);
  t.equal(b.texts('loud').length, 0);
});

t.test('events from before a channel was watched do not come behind a cut', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t);
  const { a, b } = cluster;
  await b.app.watch('other');
  // With the first one all nodes are told how far the events are.
  for (const text of ['first', 'before']) await publish(a, 'room', [text]);
  await b.app.watch('room');
  await away(cluster, () => publish(a, 'room', ['after']));
  await until(() => b.texts('room').includes('after'));
  t.strictSame(b.texts('room'), ['after']);
});

t.test(
  'a node that begins with several channels at once misses nothing behind a cut',
  async (t) => {
    if (!hasRedis(t)) return;
    const cluster = await startCluster(t);
    const { a, b } = cluster;
    for (const text of ['first', 'before']) await publish(a, 'room', [text]);
    const watched = ['other', 'room'].map((channel) => b.app.watch(channel));
    for (const each of watched) await each;
    await away(cluster, () => publish(a, 'room', ['after']));
    await until(() => b.texts('room').includes('after'));
    t.strictSame(b.texts('room'), ['after']);
    t.equal(b.broker.metrics.missed, 0);
  },
);

t.test('a connection for topics that carries nothing more is given up', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t, { holdMs: 5000, leaseMs: 6000 });
  const { a, b, proxy, redis } = cluster;
  await b.app.watch('room');
  await publish(a, 'room', ['heard']);
  await until(() => b.texts('room').length === 1);
  proxy.deafen();
  await publish(a, 'room', ['unheard']);
  const before = await redis.calls('evalsha');
  // As many scripts as the nodes run for some ten renewals of their leases.
  await untilAnswered(
    async () => b.texts('room').length === 2 || (await redis.calls('evalsha')) > before + 40,
  );
  t.strictSame(b.texts('room'), ['heard', 'unheard']);
  const { missed, fenced } = b.broker.metrics;
  t.strictSame({ missed, fenced }, { missed: 0, fenced: 0 });
});

t.test('connections that carry nothing more are given up before the lease is over', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t, { holdMs: 1000, leaseMs: 9000 });
  const { a, b, proxy } = cluster;
  await b.app.watch('room');
  await b.subscriptions('room', 1);
  const { node } = b.broker;
  proxy.forget();
  await publish(a, 'room', ['unheard']);
  const isBack = (): boolean => b.texts('room').length === 1 && b.broker.state === 'up';
  await until(() => isBack() || b.fenced > 0);
  t.equal(b.fenced, 0, 'its browsers stay');
  t.equal(b.broker.node, node);
  t.strictSame(transitionsOf([a, b]), ['room occupied']);
  t.equal(b.broker.metrics.missed, 0);
});

t.test('a turn with thousands of channels is kept whole', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t);
  const { a, b } = cluster;
  const last = 'channel-4999';
  await b.app.watch(last);
  await away(cluster, async () => {
    const publishes = (): void => {
      for (let i = 0; i < 5000; i++) void a.app.publish(`channel-${i}`, 'x');
    };
    t.equal(await a.app.idempotent('key', 'print', 60_000, publishes), 'new');
  });
  await until(() => b.events.length > 0);
  t.strictSame(b.texts(last), ['x']);
  t.equal(b.broker.metrics.missed, 0);
});

t.test('a node that hears no channel reads nothing behind a cut', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t);
  const { a, b, redis } = cluster;
  await b.app.settled();
  await publish(a, 'room', numbered('old-', 5));
  const before = await redis.calls('xrange');
  await away(cluster, () => publish(a, 'room', ['new']));
  await b.app.settled();
  t.equal((await redis.calls('xrange')) - before, 1, 'to try its rights');
});

t.test('a new run of the engine gives nodes that come late what it has', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t);
  const { a, b, redis } = cluster;
  await b.app.watch('room');
  await publish(a, 'room', numbered('old-', 5));
  await until(() => b.events.length === 5);
  await away(cluster, async () => {
    await redis.kill();
    await redis.start();
    await until(() => a.broker.state === 'up');
    await publish(a, 'room', numbered('new-', 3));
  });
  await until(() => b.texts('room').includes('new-2'));
  t.strictSame(b.texts('room').slice(5), numbered('new-', 3));
  t.equal(b.broker.metrics.missed, 1, 'the earlier run may have had more');
});

t.test('without bytes for it nothing is kept, and every cut is told', async (t) => {
  if (!hasRedis(t)) return;
  const cluster = await startCluster(t, { maxReplayBytes: 0 });
  const { a, b, redis } = cluster;
  await b.app.watch('room');
  await away(cluster, () => publish(a, 'room', ['lost']));
  await publish(a, 'room', ['heard']);
  await until(() => b.events.length > 0);
  t.strictSame(b.texts('room'), ['heard']);
  t.equal(b.broker.metrics.missed, 1);
  t.strictSame(await redis.keys('sp:*:r*'), []);
});
