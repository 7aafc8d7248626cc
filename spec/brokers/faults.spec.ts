import t from 'tap';
import type { JoinedNode } from '../../lib/brokers/joined/node';
import { FarEngine } from '../../lib/brokers/memory/far-engine';
import { isWhole, runs } from '../support/depth';
import { Chance } from '../support/simulator/chance';
import { FarCluster, type FarNode } from './far-cluster';
import { liveThrough, type Kind } from './live-through';
import { APP } from './test-node';

const SCHEDULES: Record<Kind, number> = { cuts: runs(12), losses: runs(12) };
/** Schedules within which a planted fault must show. */
const MAX_SCHEDULES = 400;

for (const kind of ['cuts', 'losses'] as const) {
  t.test(`nodes agree after ${SCHEDULES[kind]} schedules with ${kind}`, async (t) => {
    for (let seed = 1; seed <= SCHEDULES[kind]; seed++) {
      t.strictSame(await liveThrough(kind, seed), [], `seed ${seed}`);
    }
  });
}

type Turn = Parameters<FarEngine['turn']>;

class ForgetsResults extends FarEngine {
  override turn(...turn: Turn): ReturnType<FarEngine['turn']> {
    const reply = super.turn(...turn);
    return reply.kind === 'repeated' ? { ...reply, results: [] } : reply;
  }
}

class AppliesTwice extends FarEngine {
  override turn(...turn: Turn): ReturnType<FarEngine['turn']> {
    const [app, node, number] = turn;
    const record = this.app(app).turns.get(node);
    if (record !== undefined && number <= record.last) record.last = number - 1;
    return super.turn(...turn);
  }
}

class LosesQuietly extends FarEngine {
  override restart(how: Parameters<FarEngine['restart']>[0]): void {
    const { run } = this;
    super.restart(how);
    this.run = run;
  }

  override renew(...call: Parameters<FarEngine['renew']>): ReturnType<FarEngine['renew']> {
    return { ...super.renew(...call), era: 'the only one' };
  }

  override turn(...turn: Turn): ReturnType<FarEngine['turn']> {
    const [app, node, number] = turn;
    const { turns } = this.app(app);
    if (!turns.has(node)) turns.set(node, { last: number - 1, results: new Map() });
    return super.turn(...turn);
  }
}

class NeverFences extends FarEngine {
  override turn(...turn: Turn): ReturnType<FarEngine['turn']> {
    const [app, node] = turn;
    this.app(app).fences.delete(node);
    return super.turn(...turn);
  }

  override renew(
    ...[lease, leaseMs]: Parameters<FarEngine['renew']>
  ): ReturnType<FarEngine['renew']> {
    return { ...super.renew(lease, leaseMs), held: true };
  }
}

class NeverBuries extends FarEngine {
  override bury(): number[] {
    return [];
  }
}

const PLANTED: ReadonlyArray<[name: string, kind: Kind, Engine: typeof FarEngine]> = [
  ['forgets the results of a turn that comes again', 'cuts', ForgetsResults],
  ['applies a turn that comes again', 'cuts', AppliesTwice],
  ['loses everything without a sign', 'losses', LosesQuietly],
  ['lets dead nodes go on', 'losses', NeverFences],
  ['keeps the facts of dead nodes', 'losses', NeverBuries],
];

// Faults of engines, not of nodes, planted to hold the schedules to what they must find.
for (const [name, kind, Engine] of isWhole ? PLANTED : []) {
  t.test(`an engine that ${name} is found out`, async (t) => {
    for (let seed = 1; seed <= MAX_SCHEDULES; seed++) {
      const faults = await liveThrough(kind, seed, Engine);
      if (faults.length === 0) continue;
      t.pass(`seed ${seed}: ${faults[0]}`);
      return;
    }
    t.fail('not found out');
  });
}

/** Chance of its own: nodes draw their numbers by it. */
function fair(seed: number): () => number {
  const chance = new Chance(seed);
  return () => chance.next();
}

/** Two nodes, the first of which is cut off for longer than its lease and the sweep after it. */
async function cutOff(): Promise<[cluster: FarCluster, a: FarNode, b: FarNode]> {
  const cluster = new FarCluster(fair(1));
  await cluster.add(2);
  const [a, b] = cluster.nodes as [FarNode, FarNode];
  a.link.cut('both', 40_000);
  await cluster.pass(39_900, 100);
  return [cluster, a, b];
}

t.test('a node that was declared dead is known to the others when it is up again', async (t) => {
  const [cluster, a, b] = await cutOff();
  const { node } = a.broker;
  t.strictSame([...b.broker.nodes], [b.broker.node]);
  for (let ms = 0; a.broker.state !== 'up' && ms < 1000; ms += 5) await cluster.pass(5);
  t.equal(a.fenced, 1);
  t.not(a.broker.node, node);
  // Renewals come every 5 s. A message takes 12 ms here, and the renewal that it causes as long again.
  await cluster.pass(30);
  t.strictSame([...b.broker.nodes].sort(), [a.broker.node, b.broker.node].sort());
  for (const { broker } of cluster.alive) broker.stop();
});

t.test('a node that died is known as dead to all as soon as one has found it out', async (t) => {
  const cluster = new FarCluster(fair(1));
  await cluster.add(3);
  const [a, b, c] = cluster.nodes as [FarNode, FarNode, FarNode];
  await cluster.pass(1000, 50);
  a.kill();
  const known = (): number[] => [b, c].map(({ broker }) => broker.nodes.size);
  for (let ms = 0; known().includes(3) && !known().includes(2) && ms < 30_000; ms += 5) {
    await cluster.pass(5);
  }
  await cluster.pass(40);
  t.strictSame(known(), [2, 2]);
  for (const { broker } of cluster.alive) broker.stop();
});

t.test('nobody is declared dead behind a time in which renewals were refused', async (t) => {
  const cluster = new FarCluster(fair(1));
  await cluster.add(2);
  const { nodes } = cluster;
  await cluster.pass(1000, 50);
  // An engine without memory can be spoken to, and takes no writes.
  const renewals = nodes.map(({ link }) => link.renew.bind(link));
  for (const { link } of nodes) link.renew = () => Promise.reject(new Error('OOM'));
  await cluster.pass(17_000, 50);
  nodes.forEach(({ link }, i) => (link.renew = renewals[i] as typeof link.renew));
  await cluster.pass(25_000, 50);
  t.strictSame(
    nodes.map(({ fenced, broker }) => [fenced, broker.state, broker.nodes.size]),
    [
      [0, 'up', 2],
      [0, 'up', 2],
    ],
  );
  for (const { broker } of nodes) broker.stop();
});

t.test('a connection is given up after a third of the lease without an answer', async (t) => {
  const cluster = new FarCluster(fair(1));
  await cluster.add(1);
  const [a] = cluster.nodes as [FarNode];
  const { link, clock } = a;
  const renew = link.renew.bind(link);
  let resets = 0;
  link.reset = () => void resets++;
  const answersAfter = (ms: number): Promise<void> =>
    new Promise((resolve) => clock.setTimeout(resolve, ms));

  link.renew = (...call) => answersAfter(4500).then(() => renew(...call));
  await cluster.pass(30_000, 100);
  t.equal(resets, 0, 'an engine that is only slow is waited for');

  let isAsked = false;
  link.renew = async (...call) => {
    isAsked = true;
    const renewal = await renew(...call);
    await new Promise<void>((read) => clock.receive(read));
    return renewal;
  };
  while (!isAsked) await cluster.pass(5);
  clock.standStill();
  await cluster.pass(8000, 100);
  clock.goOn();
  await cluster.pass(3000, 100);
  t.equal(resets, 0, 'a process that stood still reads first what has come');

  isAsked = false;
  link.renew = () => ((isAsked = true), new Promise(() => undefined));
  while (!isAsked) await cluster.pass(100);
  await cluster.pass(4900, 100);
  t.equal(resets, 0);
  await cluster.pass(1200, 100);
  t.equal(resets, 1);
  await cluster.pass(8000, 100);
  t.equal(
    resets,
    1,
    'an engine that is silent over the next one, too, is not dialled again and again',
  );
  a.broker.stop();
});

t.test('a letter that waited while its receiver stood still is not handled in doubt', async (t) => {
  const cluster = new FarCluster(fair(1));
  await cluster.add(2);
  const [a, b] = cluster.nodes as [FarNode, FarNode];
  const letter = { kind: 'letter', from: a.broker.node, number: 1, first: 1, app: APP } as const;
  const post = (text: string): void => (b.broker as JoinedNode).posted({ ...letter, text });
  b.link.cut('both', 13_000);
  await cluster.pass(12_900, 100);
  post('late');
  t.strictSame(b.messages, []);
  await cluster.pass(2000, 50);
  post('again');
  t.strictSame(b.messages, ['again'], 'it is sent again as long as nobody has answered it');
  for (const { broker } of cluster.alive) broker.stop();
});

t.test('a node that leaves is swept at once, also soon after the engine was away', async (t) => {
  const cluster = new FarCluster(fair(1));
  await cluster.add(3);
  const [a, b, c] = cluster.nodes as [FarNode, FarNode, FarNode];
  void a.subscriptions('room', 1);
  await cluster.pass(100);
  for (const { link } of [b, c]) link.cut('both', 100);
  await cluster.pass(500);
  t.strictSame([b.broker.state, c.broker.state], ['up', 'up']);
  void a.broker.leave();
  await cluster.pass(500);
  const channels = b.app.channels('');
  await cluster.pass(100);
  t.strictSame(await channels, new Map(), 'nothing is left of it');
  for (const { broker } of [b, c]) broker.stop();
});
