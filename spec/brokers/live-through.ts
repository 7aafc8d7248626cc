import type { Test } from 'tap';
import { FarEngine } from '../../lib/brokers/memory/far-engine';
import { Chance } from '../support/simulator/chance';
import { FarCluster, type FarNode } from './far-cluster';

/**
 * `cuts`: ways are cut for less than a lease, and the engine is started again with all that it had. `losses`: ways are
 * also cut for longer, nodes are killed, and the engine loses everything.
 */
export type Kind = 'cuts' | 'losses';

const CHANNELS = ['room-0', 'room-1', 'room-2'];
const ROSTERS = ['presence-0', 'presence-1'];
const USERS = ['ann', 'bob', 'cid'];
const STEPS = 80;
/** Longer than a lease, the search for the dead and a sweep together. */
const REST_MS = 45_000;

/** Lets three nodes live through a random schedule; returns all that is wrong afterwards. */
export async function liveThrough(kind: Kind, seed: number, Engine = FarEngine): Promise<string[]> {
  const chance = new Chance(seed);
  const random = (): number => chance.next();
  const below = (count: number): number => Math.floor(random() * count);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const cluster = new FarCluster(random, Engine);
  await cluster.add(3);
  for (const { app } of cluster.nodes) {
    for (const channel of [...CHANNELS, ...ROSTERS]) void app.watch(channel);
    for (const userId of USERS) void app.watchUser(userId);
  }
  await cluster.pass(100);

  let texts = 0;
  for (let step = 0; step < STEPS; step++) {
    const node = one(cluster.alive);
    const action = below(22);
    if (action < 6) sayChannel(node, one(CHANNELS), below(3));
    else if (action < 10) sayMember(node, one(ROSTERS), one(USERS), below(3));
    else if (action < 13) sayUser(node, one(USERS), below(2));
    else if (action < 18) void node.app.publish(one(CHANNELS), `${texts++}`);
    else if (action < 21) {
      const awayMs = 5 + below(kind === 'cuts' ? 4000 : 25_000);
      node.link.cut(one(['calls', 'topics', 'both'] as const), awayMs);
    } else if (below(3) === 0) disturb(cluster, kind, node, below);
    await cluster.pass(one([0, 0, 5, 10, 15, below(400)]));
  }
  await cluster.pass(REST_MS, 50);
  const faults = await faultsOf(cluster, kind);
  for (const { broker } of cluster.alive) broker.stop();
  return faults;
}

function disturb(
  cluster: FarCluster,
  kind: Kind,
  node: FarNode,
  below: (count: number) => number,
): void {
  const awayMs = 5 + below(4000);
  if (kind === 'cuts') cluster.engine.restart({ lost: false, awayMs });
  else if (below(2) === 0) cluster.engine.restart({ lost: true, awayMs });
  else if (cluster.alive.length > 2) node.kill();
}

function sayChannel(node: FarNode, channel: string, count: number): void {
  if ((node.channels.get(channel) ?? 0) === count) return;
  node.channels.set(channel, count);
  void node.subscriptions(channel, count);
}

function sayMember(node: FarNode, channel: string, userId: string, count: number): void {
  const name = `${channel} ${userId}`;
  if ((node.roster.get(name) ?? 0) === count) return;
  node.roster.set(name, count);
  void node.member(channel, userId, count);
}

function sayUser(node: FarNode, userId: string, count: number): void {
  if ((node.online.get(userId) ?? 0) === count) return;
  node.online.set(userId, count);
  void node.user(userId, count);
}

async function faultsOf(cluster: FarCluster, kind: Kind): Promise<string[]> {
  const { alive } = cluster;
  const faults = alive
    .filter(({ broker }) => broker.state !== 'up')
    .map(({ broker }) => `node ${broker.node} is ${broker.state}`);
  const truth = truthOf(alive);
  for (const node of alive) {
    const seen = seenBy(node);
    await cluster.pass(200);
    for (const [what, is] of Object.entries(await Promise.race([seen, never(cluster)]))) {
      const should = truth[what as keyof typeof truth];
      if (is !== should) faults.push(`${what}: node ${node.broker.node} sees ${is}, not ${should}`);
    }
  }
  faults.push(...orderFaults(cluster.nodes));
  // An engine that is started again has lost the events that it kept for nodes that were away.
  if (kind === 'cuts' && cluster.engine.run === 'run-1') faults.push(...lossFaults(alive));
  if (kind === 'cuts') faults.push(...transitionFaults(alive));
  return faults;
}

async function never(cluster: FarCluster): Promise<Record<string, string>> {
  await cluster.pass(1000);
  return { answers: 'none' };
}

interface Seen {
  channels: string;
  members: string;
  online: string;
}

/** Facts of all nodes, added up. */
function truthOf(nodes: readonly FarNode[]): Seen {
  const channels = CHANNELS.map((channel) => {
    const total = nodes.reduce((sum, node) => sum + (node.channels.get(channel) ?? 0), 0);
    return total === 0 ? '' : `${channel}=${total}`;
  });
  const members = ROSTERS.flatMap((channel) =>
    USERS.filter((userId) =>
      nodes.some(({ roster }) => (roster.get(`${channel} ${userId}`) ?? 0) > 0),
    ).map((userId) => `${channel} ${userId}`),
  );
  const online = USERS.filter((userId) => nodes.some((node) => (node.online.get(userId) ?? 0) > 0));
  return {
    channels: channels.filter((text) => text !== '').join(', '),
    members: members.join(', '),
    online: online.join(', '),
  };
}

/** The same as a node is told by the engine. */
async function seenBy({ app }: FarNode): Promise<Seen> {
  const [channels, online, ...lists] = await Promise.all([
    app.channels(''),
    app.online(USERS),
    ...ROSTERS.map(async (channel) => app.members(channel)),
  ]);
  const totals = channels === 'unavailable' ? [] : [...channels];
  const members = lists.flatMap((list, i) =>
    list === 'unavailable' ? [] : list.members.map(({ userId }) => `${ROSTERS[i]} ${userId}`),
  );
  return {
    channels: totals
      .map(([channel, total]) => `${channel}=${total}`)
      .sort()
      .join(', '),
    members: members.sort().join(', '),
    online: online === 'unavailable' ? '' : [...online.online].sort().join(', '),
  };
}

/** Events that a node has heard twice, and pairs that two nodes have heard in different orders. */
function orderFaults(nodes: readonly FarNode[]): string[] {
  const faults: string[] = [];
  for (const channel of CHANNELS) {
    const heard = nodes.map((node) => node.texts(channel));
    for (const texts of heard) {
      if (new Set(texts).size < texts.length) faults.push(`${channel}: an event came twice`);
    }
    for (const texts of heard) {
      for (const others of heard) {
        const common = others.filter((text) => texts.includes(text)).join();
        if (texts.filter((text) => others.includes(text)).join() === common) continue;
        faults.push(`${channel}: two orders`);
      }
    }
  }
  return faults;
}

/** Events that one node has heard, and another one has not. */
function lossFaults(nodes: readonly FarNode[]): string[] {
  return CHANNELS.flatMap((channel) => {
    const heard = nodes.map((node) => node.texts(channel).length);
    return new Set(heard).size === 1 ? [] : [`${channel}: ${heard.join(', ')} events were heard`];
  });
}

/** Transitions that were told twice or not at all: for each name they must alternate, in the order of their numbers. */
function transitionFaults(nodes: readonly FarNode[]): string[] {
  const faults: string[] = [];
  const ledger = nodes.flatMap((node) => node.ledger).sort((a, b) => a.seq - b.seq);
  const last = new Map<string, string>();
  for (const { text } of ledger) {
    const space = text.lastIndexOf(' ');
    const [name, kind] = [text.slice(0, space), text.slice(space + 1)];
    if (last.get(name) === kind) faults.push(`${text}: told twice in a row`);
    if (!last.has(name) && /vacated|removed|offline/.test(kind)) {
      faults.push(`${text}: told before it came`);
    }
    last.set(name, kind);
  }
  const truth = truthOf(nodes);
  for (const [name, kind] of last) {
    const isThere = /occupied|added|online/.test(kind);
    const places = `${truth.channels}, ${truth.members}, ${truth.online}`.split(/=\d+|, /);
    if (places.includes(name) !== isThere) faults.push(`${name}: last told as ${kind}`);
  }
  return faults;
}

/** Schedules with seeds from one on; tells those that end in faults. */
export async function manySchedules(
  test: Test,
  firstSeed: number,
): Promise<{ schedules: number; failed: number }> {
  const SEEDS = 2000;
  let failed = 0;
  for (let seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
    for (const kind of ['cuts', 'losses'] as const) {
      const faults = await liveThrough(kind, seed);
      if (faults.length === 0) continue;
      failed++;
      test.strictSame(faults, [], `${kind}, seed ${seed}`);
    }
  }
  return { schedules: 2 * SEEDS, failed };
}
