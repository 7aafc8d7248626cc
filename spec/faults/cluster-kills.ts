import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';
import { createClient, type PipeOptions } from '../../lib';
import type { Dial } from '../../lib/net/dial';
import { dialWebSocket } from '../../lib/net/web-socket';
import { ApiClient } from '../support/api-client';
import { exited, startChild } from '../support/processes';
import { Chance } from '../support/simulator/chance';
import { SECRET } from '../support/start-gateway';
import type { Engine } from './cluster/engines';
import { ToldRooms } from './cluster/told-rooms';
import { type Losses, ROOM, Visitor } from './cluster/visitors';
import { lossesOf, silentLosses, type Expected } from './told-losses';

const NODES = 3;
const BROWSERS = 60;
/** Short, so that a run has many faults. Real ones are 15 s, 5 s, 5 s and 10 s. */
const LIMITS = { brokerLeaseMs: 4000, brokerHoldMs: 1300, pipeGraceMs: 500, drainMs: 2000 };
/** Longest time until everything is told after a fault: lease, search, sweep, and the wait for a home. */
const REST_MS = 40_000;
/** The same for webhooks: an endpoint that refuses five in a row is left alone for 30 s, and so it may be again. */
const HOOKS_REST_MS = 120_000;
/** In one of so many rounds the endpoint is away while the fault happens. */
const AWAY = 4;

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

const FAULTS = [
  'gateway killed',
  'gateway killed',
  'gateway suspended',
  'gateway restarted',
  'gateway restarted',
  'engine killed',
  'connections cut',
  'connections forgotten',
] as const;
type Fault = (typeof FAULTS)[number];
/** Faults behind which a gateway may be taken for dead. */
const CRASHES: ReadonlySet<Fault> = new Set([
  'gateway killed',
  'gateway suspended',
  'engine killed',
  'connections forgotten',
]);

/**
 * Three gateways on an engine, whose processes are killed, suspended and gently restarted at random under load. After
 * each fault: nobody who is gone is told as there, counts are exact, each event is handled once, and so is each change by
 * an endpoint of webhooks.
 */
export async function killsInACluster(
  t: Test,
  { seed, seconds, start }: { seed: number; seconds: number; start: (t: Test) => Promise<Engine> },
): Promise<Record<string, unknown>> {
  const chance = new Chance(seed);
  const redis = await start(t);
  const rooms = await ToldRooms.start(t, new Chance(seed + 1));
  const startNext = async (): Promise<Node> => startNode(t, redis, rooms.url);
  const nodes: Node[] = [];
  for (let i = 0; i < NODES; i++) nodes.push(await startNext());
  const anyPort = (): number => chance.pick(nodes)?.port ?? 0;
  const plain = await backend(t, {}, anyPort);
  const group = [
    await backend(t, { group: 'workers', name: 'first' }, anyPort),
    await backend(t, { group: 'workers', name: 'second' }, anyPort),
  ];
  const browsers = Array.from({ length: BROWSERS }, (_, i) => new Visitor(t, `user-${i}`, anyPort));
  const faults: Record<string, number> = {};
  const figures = { rounds: 0, events: 0, slowestRestMs: 0, slowestEventMs: 0, slowestHookMs: 0 };
  const endsAt = Date.now() + seconds * 1000;
  let [isOver, isCalm] = [false, false];
  const load = (async () => {
    for (let n = 0; !isOver; n++) {
      const losses = { plain: lossesOf([plain]), group: lossesOf(group) };
      for (const each of browsers) each.say('load', n, losses);
      if (!isCalm) rooms.turn(browsers);
      await setTimeout(50);
    }
  })();

  let wasCrash: boolean = false;
  while (Date.now() < endsAt) {
    const fault = chance.pick(FAULTS);
    faults[fault] = (faults[fault] ?? 0) + 1;
    if (chance.whole(1, AWAY) === 1) rooms.goAway();
    await happen(fault, { chance, redis, nodes, startNext });
    rooms.comeBack();
    isCalm = true;
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
    const there = (): Set<string> => {
      const members = browsers.map(({ userId }) => `${ROOM} ${userId}`);
      return new Set([ROOM, ...members, ...ToldRooms.occupied(browsers)]);
    };
    const restsAt = Date.now();
    const untrue = (): string[] => rooms.untrue(there(), redis.mayForget);
    while (untrue().length > 0 && Date.now() - restsAt < HOOKS_REST_MS) await setTimeout(100);
    figures.slowestHookMs = Math.max(figures.slowestHookMs, Date.now() - restsAt);
    const isCrash = CRASHES.has(fault);
    const mayVanish: boolean = isCrash || wasCrash || redis.mayForget;
    // A newer state may be told again where another gateway looks after its channel.
    const mayDouble: boolean = mayVanish || fault === 'gateway restarted';
    const told: string[] = [...untrue(), ...rooms.judge({ mayDouble, mayVanish })];
    t.strictSame(told, [], `${figures.rounds}: ${fault}, each change is told once`);
    wasCrash = isCrash;
    isCalm = false;
    figures.events += browsers.length;
    if (found.length + calm.length + lost.length + told.length > 0) break;
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
  const losses = { losses: lossesOf([plain]), lossesOfGroup: lossesOf(group) };
  const { events: hooks, doubles } = rooms;
  return { seconds, faults, ...figures, ...losses, hooks, doubles };
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

async function startNode(t: Test, { address }: Engine, url: string): Promise<Node> {
  const webhooks = [{ url }];
  const apps = [{ id: '1', key: 'key', secret: SECRET, clientEvents: true, webhooks }];
  const options = {
    ...{ port: 0, apps, broker: { redis: address }, limits: LIMITS },
    webhookAllow: ['127.0.0.1'],
  };
  const { child, said } = await startChild<{ port: number }>(t, 'gateway', options);
  return { child, port: said.port };
}

interface Cluster {
  chance: Chance;
  redis: Engine;
  nodes: Node[];
  startNext(): Promise<Node>;
}

async function happen(fault: Fault, { chance, redis, nodes, startNext }: Cluster): Promise<void> {
  const at = chance.whole(0, nodes.length - 1);
  const node = nodes[at] as Node;
  switch (fault) {
    case 'gateway killed':
      node.child.kill('SIGKILL');
      nodes.splice(at, 1);
      await setTimeout(chance.whole(0, 2000));
      nodes.push(await startNext());
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
    case 'gateway restarted': {
      // The next process is there before the one before it goes, or comes when that has gone.
      const isBefore = chance.whole(0, 1) === 0;
      if (isBefore) nodes.push(await startNext());
      nodes.splice(at, 1);
      node.child.kill('SIGTERM');
      await exited(node.child);
      if (!isBefore) nodes.push(await startNext());
      return;
    }
    case 'engine killed':
      await redis.die(chance);
      return;
    case 'connections cut':
      await redis.cutConnections();
      return;
    case 'connections forgotten':
      if (redis.forgetConnections === undefined) await redis.cutConnections();
      else redis.forgetConnections();
      // As long as it takes to find that out.
      await setTimeout(LIMITS.brokerLeaseMs);
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
    const rooms = await api.get('/channels').catch(({ message }: Error) => ({ body: message }));
    const there = rooms.body.match(/(?:own|shared)-\d+/g) ?? [];
    const truth = ToldRooms.occupied(browsers).join();
    if (there.sort().join() !== truth) wrong.push(`rooms ${there.join()} instead of ${truth}`);
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
