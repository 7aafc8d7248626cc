import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';
import { createClient, type PipeOptions } from '../../lib';
import type { Dial } from '../../lib/net/dial';
import { dialWebSocket } from '../../lib/net/web-socket';
import { ApiClient } from '../support/api-client';
import { startChild } from '../support/processes';
import { Chance } from '../support/simulator/chance';
import { SECRET } from '../support/start-gateway';
import { TestRedis } from '../support/start-redis';
import { TestSentinels } from '../support/start-sentinels';
import { Reader } from '../support/reader';
import { TestSocket } from '../support/test-socket';
import { lossesOf, silentLosses, type Expected } from './told-losses';

const NODES = 3;
const BROWSERS = 60;
/** Short, so that a run has many faults. Real ones are 15 s and 5 s. */
const LIMITS = { brokerLeaseMs: 3000, pipeGraceMs: 500 };
/** Longest time until everything is told after a fault: lease, search, sweep, and the wait for a home. */
const REST_MS = 40_000;
const ROOM = 'presence-room';

interface Node {
  child: ChildProcess;
  port: number;
}

/** A backend, and what it knows by the events that it was told. */
interface Backend {
  open: Map<string, number>;
  handled: Map<string, number>;
  /** Times that it was told of a loss. */
  losses: number;
}

type Fault = 'gateway killed' | 'gateway suspended' | 'engine killed' | 'connections cut';
const FAULTS: readonly [Fault, ...Fault[]] = [
  'gateway killed',
  'gateway killed',
  'gateway suspended',
  'engine killed',
  'connections cut',
];

/** The engine of the gateways, and the ways in which it fails. */
interface Engine {
  readonly address: string;
  /** True where it may lose what it has acknowledged: a group may lose events then, and is told. */
  readonly mayForget: boolean;
  /** Kills it; it, or its replica, is there again when this resolves. */
  die(chance: Chance): Promise<void>;
  cutConnections(): Promise<void>;
}

/** A Redis with fsync at every write. */
export async function startAlone(t: Test): Promise<Engine> {
  const redis = await TestRedis.start(t, 'always');
  return {
    address: redis.address,
    mayForget: false,
    async die(chance) {
      await redis.kill();
      await setTimeout(chance.whole(0, 2000));
      await redis.start();
    },
    cutConnections: () => redis.cutConnections(),
  };
}

/** A primary with a replica that takes its place, with what it had. */
export async function startReplicated(t: Test): Promise<Engine> {
  const redis = await TestSentinels.start(t);
  return {
    address: redis.address,
    // A replica may lack the last writes.
    mayForget: true,
    die: () => redis.failOver(),
    cutConnections: () => redis.cutConnections(),
  };
}

/**
 * Three gateways on an engine, whose processes are killed and suspended at random under load. After
 * each fault: nobody who is gone is told as there, counts are exact, and each event is handled once.
 */
export async function killsInACluster(
  t: Test,
  { seed, seconds, start }: { seed: number; seconds: number; start: typeof startAlone },
): Promise<Record<string, unknown>> {
  const chance = new Chance(seed);
  const redis = await start(t);
  const nodes: Node[] = [];
  for (let i = 0; i < NODES; i++) nodes.push(await startNode(t, redis));
  const anyPort = (): number => chance.pick(nodes)?.port ?? 0;
  const plain = await backend(t, {}, anyPort);
  const group = [
    await backend(t, { group: 'workers', name: 'first' }, anyPort),
    await backend(t, { group: 'workers', name: 'second' }, anyPort),
  ];
  const browsers = Array.from({ length: BROWSERS }, (_, i) => new Visitor(t, `user-${i}`, anyPort));
  const faults: Record<string, number> = {};
  const figures = { rounds: 0, events: 0, slowestRestMs: 0, slowestEventMs: 0 };
  const endsAt = Date.now() + seconds * 1000;
  let isOver = false;
  const load = (async () => {
    for (let n = 0; !isOver; n++) {
      const losses = { plain: lossesOf([plain]), group: lossesOf(group) };
      for (const each of browsers) each.say('load', n, losses);
      await setTimeout(50);
    }
  })();

  while (Date.now() < endsAt) {
    const fault = chance.pick(FAULTS);
    faults[fault] = (faults[fault] ?? 0) + 1;
    await happen(t, fault, { chance, redis, nodes });
    const begunAt = Date.now();
    const wrong = async (): Promise<string[]> => check(t, { nodes, browsers, plain, group });
    let found = await wrong();
    while (found.length > 0 && Date.now() - begunAt < REST_MS) {
      await setTimeout(200);
      found = await wrong();
    }
    t.strictSame(found, [], `${figures.rounds}: ${fault}, the truth is told`);
    figures.slowestRestMs = Math.max(figures.slowestRestMs, Date.now() - begunAt);
    const sentAt = Date.now();
    const witnesses = { plain, group, mayForget: redis.mayForget };
    const calm = await calmRound(browsers, witnesses, ++figures.rounds);
    figures.slowestEventMs = Math.max(figures.slowestEventMs, Date.now() - sentAt);
    t.strictSame(calm, [], `${figures.rounds}: ${fault}, each event is handled once`);
    const lost = await untold(browsers, witnesses);
    t.strictSame(lost, [], `${figures.rounds}: ${fault}, no loss is silent`);
    figures.events += browsers.length;
    if (found.length + calm.length + lost.length > 0) break;
  }
  isOver = true;
  await load;
  const twice = [plain, ...group].flatMap(({ handled }) => [...handled.values()]);
  t.equal(
    twice.filter((times) => times > 1).length,
    0,
    'nothing twice without the mark redelivered',
  );
  for (const each of browsers) each.leave();
  return { seconds, faults, ...figures, losses: lossesOf([plain]), lossesOfGroup: lossesOf(group) };
}

/** Losses that were told so far. */
interface Losses {
  plain: number;
  group: number;
}

/** Backends whose handled events are looked at. */
interface Witnesses {
  plain: Backend;
  group: readonly Backend[];
  mayForget: boolean;
}

/** Events for each of the witnesses, with the losses that these were told before. */
function expectedOf(
  { plain, group, mayForget }: Witnesses,
  losses: Losses,
  keys: readonly string[],
): Expected[] {
  return [
    { who: 'a backend', of: [plain], excusedAbove: losses.plain, keys },
    // The group's stream outlives its gateway, with all that the engine has acknowledged.
    { who: 'a group', of: group, excusedAbove: mayForget ? losses.group : 'none', keys },
  ];
}

/** Events over connections that stayed, which a backend has not handled although no loss was told since these began. */
async function untold(browsers: readonly Visitor[], witnesses: Witnesses): Promise<string[]> {
  // The load goes on meanwhile.
  const all = browsers.flatMap(({ id, said }) => (said?.id === id && said ? [{ ...said }] : []));
  let missing = all.flatMap(({ id, first, last, losses }) => {
    const keys = Array.from({ length: last - first }, (_, i) => `load ${id} ${first + i}`);
    return expectedOf(witnesses, losses, keys);
  });
  // Only the rest is looked for again: a process that stands still for the grace keeps its group's members from going on.
  missing = silentLosses(missing);
  for (let looks = 0; looks < 300 && missing.length > 0; looks++) {
    await setTimeout(50);
    missing = silentLosses(missing);
  }
  return missing.map(({ who, keys }) => `${who} misses ${keys.length}, such as ${keys[0]}`);
}

async function startNode(t: Test, { address }: Engine): Promise<Node> {
  const apps = [{ id: '1', key: 'key', secret: SECRET, clientEvents: true }];
  const options = { port: 0, apps, broker: { redis: address }, limits: LIMITS };
  const { child, said } = await startChild<{ port: number }>(t, 'gateway', options);
  return { child, port: said.port };
}

async function happen(
  t: Test,
  fault: Fault,
  { chance, redis, nodes }: { chance: Chance; redis: Engine; nodes: Node[] },
): Promise<void> {
  const at = chance.whole(0, nodes.length - 1);
  const node = nodes[at] as Node;
  switch (fault) {
    case 'gateway killed':
      node.child.kill('SIGKILL');
      nodes.splice(at, 1);
      await setTimeout(chance.whole(0, 2000));
      nodes.push(await startNode(t, redis));
      // A backend over another gateway, whose stream the dead one had, seems to be connected until that is known to be dead.
      await setTimeout(LIMITS.brokerLeaseMs);
      return;
    case 'gateway suspended':
      node.child.kill('SIGSTOP');
      nodes.splice(at, 1);
      await setTimeout(chance.whole(500, 2 * LIMITS.brokerLeaseMs));
      node.child.kill('SIGCONT');
      nodes.push(node);
      return;
    case 'engine killed':
      await redis.die(chance);
      return;
    case 'connections cut':
      await redis.cutConnections();
  }
}

async function backend(
  t: Test,
  options: Partial<PipeOptions>,
  anyPort: () => number,
): Promise<Backend> {
  const dial: Dial = (url, ...rest) =>
    dialWebSocket(url.replace(/:\d+\//, `:${anyPort()}/`), ...rest);
  const access = { key: 'key', secret: SECRET, appId: '1', drainMs: 0 };
  const backoff = { baseMs: 20, maxMs: 500 };
  const client = createClient({ ...access, backoff, ...options }, { dial });
  t.teardown(() => client.disconnect());
  const known: Backend = { open: new Map(), handled: new Map(), losses: 0 };
  client.on('error', () => undefined);
  client.on('reset', () => known.losses++);
  client.on('gap', () => known.losses++);
  client.subscribe(['socket_existence', 'socket_message']);
  client.sockets.on('open', (id) => known.open.set(id, (known.open.get(id) ?? 0) + 1));
  client.sockets.on('close', (id) => void known.open.delete(id));
  client.sockets.on('moved', (id) => void known.open.delete(id));
  client.sockets.on('event', (event, id, data, { redelivered }) => {
    const key = `${event} ${id} ${String(data)}`;
    if (!redelivered) known.handled.set(key, (known.handled.get(key) ?? 0) + 1);
    else if (!known.handled.has(key)) known.handled.set(key, 1);
  });
  await client.connect();
  return known;
}

/** A browser that comes back to any gateway when its connection is lost. */
class Visitor {
  reader: Reader | undefined;
  /** Load that it has sent over its present connection, and the losses told before it. */
  said: { id: string; first: number; last: number; losses: Losses } | undefined;
  readonly #userId: string;
  #isGone = false;

  constructor(t: Test, userId: string, anyPort: () => number) {
    this.#userId = userId;
    void this.#stay(t, anyPort);
  }

  /** Id of its connection while it is in the room. */
  get id(): string | undefined {
    const { reader } = this;
    return reader?.closed === undefined ? reader?.socket.id : undefined;
  }

  say(event: string, n: number, losses?: Losses): void {
    const { id } = this;
    if (id === undefined) return;
    this.reader?.socket.send({ event, data: n });
    if (losses === undefined) return;
    if (this.said?.id !== id) this.said = { id, first: n, last: n, losses };
    else this.said.last = n;
  }

  leave(): void {
    this.#isGone = true;
    this.reader?.socket.drop();
  }

  async #stay(t: Test, anyPort: () => number): Promise<void> {
    while (!this.#isGone) {
      try {
        const reader = new Reader(await TestSocket.connect(t, anyPort()));
        reader.socket.askFor(ROOM, { user_id: this.#userId });
        while (reader.closed === undefined && !reader.rest.some(isWelcome)) await setTimeout(5);
        if (reader.closed === undefined) this.reader = reader;
        while (reader.closed === undefined) {
          reader.messages.length = 0;
          await setTimeout(20);
        }
      } catch {
        // Gateways that are dead or shut are tried again, or another one is.
      }
      this.reader = undefined;
      await setTimeout(50);
    }
  }
}

function isWelcome(event: string): boolean {
  return event === 'pusher_internal:subscription_succeeded';
}

interface Situation {
  nodes: readonly Node[];
  browsers: readonly Visitor[];
  plain: Backend;
  group: readonly Backend[];
}

/** Differences between the truth and what gateways and backends say of it. */
async function check(t: Test, { nodes, browsers, plain, group }: Situation): Promise<string[]> {
  const wrong: string[] = [];
  const ids = browsers.flatMap(({ id }) => id ?? []).sort();
  if (ids.length < browsers.length) return [`${ids.length} of ${browsers.length} are back`];
  for (const node of nodes) {
    const api = new ApiClient(t, node);
    const path = `/channels/${ROOM}`;
    const users = await api.get(`${path}/users`).catch(({ message }: Error) => ({ body: message }));
    const count = users.body.match(/"id"/g)?.length ?? 0;
    if (count !== browsers.length) wrong.push(`${count} members: ${users.body.slice(0, 60)}`);
  }
  const differ = (who: string, open: readonly string[]): void => {
    const text = open.toSorted().join();
    if (text !== ids.join()) wrong.push(`${who} knows ${open.length} of ${ids.length} sockets`);
  };
  differ('a backend', [...plain.open.keys()]);
  differ(
    'a group',
    group.flatMap(({ open }) => [...open.keys()]),
  );
  return wrong;
}

/**
 * Lets each browser send one event. Returns those that are not handled exactly once, by the backend and by the group: where a
 * connection is lost meanwhile, or a loss is told that is excused, an event may be missing, but does not come twice.
 */
async function calmRound(
  browsers: readonly Visitor[],
  witnesses: Witnesses,
  round: number,
): Promise<string[]> {
  const { plain, group } = witnesses;
  const losses = { plain: lossesOf([plain]), group: lossesOf(group) };
  const sent = browsers.flatMap((each) => each.id ?? []);
  for (const each of browsers) each.say('calm', round);
  const keyOf = (id: string): string => `calm ${id} ${round}`;
  const missing = (): string[] => {
    const there = new Set(browsers.map(({ id }) => id));
    const keys = sent.filter((id) => there.has(id)).map(keyOf);
    const lost = silentLosses(expectedOf(witnesses, losses, keys));
    return lost.flatMap(({ who, keys }) => keys.map((key) => `${who}: ${key}`));
  };
  for (let looks = 0; looks < 400 && missing().length > 0; looks++) await setTimeout(50);
  const times = (backends: readonly Backend[], key: string): number =>
    backends.reduce((sum, { handled }) => sum + (handled.get(key) ?? 0), 0);
  const keys = sent.map(keyOf);
  const twice = [[plain], group].flatMap((each) => keys.filter((key) => times(each, key) > 1));
  return [...missing(), ...twice.map((key) => `twice: ${key}`)];
}
