import crypto from 'node:crypto';
import { hash32 } from '../../../lib/util/hash';
import type { PipeOptions } from '../../../lib/pipe/options';
import { Chance } from './chance';
import { GRACE_MS, type SimBackend, type Whereabouts } from './sim-backend';
import { sessionIdOf, type Stream } from './stream';
import { Simulation, type SimulationOptions } from './simulation';

/** Virtual time within which everything must have come to rest once nothing goes wrong any more. */
const REST_MS = 90_000;
const MEMBERS = ['one', 'two', 'three'] as const;
const ALONE = 'alone';
const CHANNELS = ['left', 'right'] as const;

/**
 * Lives through one schedule: sockets come, speak and go, backends answer, connections are cut and processes die, all by
 * chance from the seed; then everything is left alone until it rests. Returns what was wrong, nothing when all held.
 */
export async function simulate(seed: number): Promise<string[]> {
  const chance = new Chance(seed);
  return withSeededIds(new Chance(seed + 1), async () => {
    const simulation = new Simulation(chance.whole(0, 2 ** 32 - 1), optionsBy(chance));
    await live(simulation, chance);
    if (await rest(simulation)) compare(simulation);
    else simulation.broken(`no rest: ${unrest(simulation) ?? ''}`);
    simulation.audit();
    await leave(simulation);
    return simulation.faults;
  });
}

function optionsBy(chance: Chance): SimulationOptions {
  const credit = chance.pick([2, 2, 5, 1000]);
  const common: Partial<PipeOptions> = {
    credit: { messages: credit },
    deadMs: chance.pick([2_000, 6_000]),
    pingMs: 1_000,
    connectTimeoutMs: 1_000,
    drainMs: 1_000,
    backoff: { baseMs: 50, maxMs: 1_000 },
    maxOutboxEvents: chance.pick([3, 1000]),
    concurrency: chance.pick([1, 3, 64]),
  };
  const mode = chance.pick([
    'sticky',
    'sticky',
    'sticky',
    'sticky',
    'shared',
    'broadcast',
  ] as const);
  const order = chance.pick(['socket', 'socket', 'channel'] as const);
  const group = { name: 'group', mode, order };
  const named = chance.percent(40);
  const differing = chance.percent(25);
  const calm = chance.percent(20);
  const stops: Partial<PipeOptions> = !calm && chance.percent(25) ? { onHandlerError: 'stop' } : {};
  const name = (place: string): Partial<PipeOptions> => (named ? { name: place } : {});
  return {
    backends: new Map<string, Partial<PipeOptions>>([
      ...MEMBERS.map(
        (place) =>
          [
            place,
            { ...common, ...name(place), ...((named || mode !== 'broadcast') && stops), group },
          ] as const,
      ),
      [ALONE, { ...common, ...name(ALONE), ...(named && stops) }],
    ]),
    limits: {
      pipePartitions: chance.pick([1, 3, 6]),
      pipeGraceMs: GRACE_MS,
      pipeRevokeMs: 1_000,
      pipeWindowMs: chance.pick([2_000, 20_000]),
      maxPipeUnackedEvents: chance.percent(15) ? 12 : 10_000,
      maxUnsentBytes: chance.pick([600, 1_000_000]),
    },
    credit,
    calm,
    differing,
  };
}

/** Runs all events from outside. */
async function live(simulation: Simulation, chance: Chance): Promise<void> {
  const roughness = simulation.options.calm ? 15 : chance.pick([10, 25, 40]);
  simulation.network.slowestMs = chance.pick([1, 20, 200]);
  for (const place of MEMBERS) if (chance.percent(60)) simulation.startBackend(place);
  if (chance.percent(40)) simulation.startBackend(ALONE);
  // Most faults show in a handful of steps, so most schedules are short.
  const end = chance.percent(85) ? chance.whole(4, 18) : chance.whole(18, 40);
  let atMs = 0;
  for (let i = 0; i < end; i++) {
    atMs += chance.whole(0, 250);
    simulation.time.after(atMs, () => happen(simulation, chance, roughness));
  }
  atMs += 3_000;
  let over = false;
  simulation.time.after(atMs, () => {
    over = true;
    simulation.network.slowestMs = 5;
    if (simulation.backends.size === 0)
      simulation.startBackend(chance.pick([...MEMBERS, ALONE] as const));
  });
  while (!over) await simulation.step();
}

function happen(simulation: Simulation, chance: Chance, roughness: number): void {
  const { gateway } = simulation;
  if (!chance.percent(roughness)) return use(simulation, chance);
  const place = chance.pick([...MEMBERS, ALONE] as const);
  if (!simulation.backends.has(place)) return simulation.startBackend(place);
  if (simulation.options.calm) return goodbye(simulation, place, chance.whole(0, 2_500));
  const dice = chance.whole(0, 99);
  if (dice < 60) {
    simulation.cut(place, chance.pick(['reset', 'reset', 'silent', 'deaf', 'mute'] as const));
  } else if (dice < 80) {
    simulation.killBackend(place, chance.percent(80));
    simulation.time.after(chance.whole(0, 2_500), () => {
      if (!simulation.backends.has(place)) simulation.startBackend(place);
    });
  } else if (dice < 86) {
    stumble(simulation, place, chance);
  } else if (dice < 90) {
    goodbye(simulation, place, chance.whole(0, 2_500));
  } else if (!gateway.clock.stopped) {
    simulation.killGateway(chance.percent(80));
    simulation.time.after(chance.whole(10, 2_000), () => simulation.startGateway());
  }
}

/** A backend stands still; or a second process of its name is started, and neither, the first or the second stands still. */
function stumble(simulation: Simulation, place: string, chance: Chance): void {
  const stillMs = chance.whole(50, chance.pick([900, 3_000, 9_000] as const));
  if (!simulation.isNamed(place)) return simulation.standStill(place, stillMs);
  const second = chance.pick(['runs', 'stands still', 'is late', 'is late'] as const);
  if (second === 'is late') {
    simulation.standStill(place, stillMs);
    simulation.time.after(chance.whole(0, stillMs), () => {
      const isThere = simulation.backends.has(place) && !simulation.leaving;
      if (isThere) simulation.startBackend(place);
    });
    return;
  }
  simulation.startBackend(place);
  if (second === 'runs') return;
  // Anywhere in its handshake, which takes four messages.
  const connectingMs = chance.whole(0, 4 * simulation.network.slowestMs);
  simulation.time.after(connectingMs, () => simulation.standStill(place, stillMs));
}

function goodbye(simulation: Simulation, place: string, backAfterMs: number): void {
  const gone = simulation.goodbye(place);
  const back = (): void => {
    simulation.time.after(backAfterMs, () => {
      if (simulation.leaving || simulation.backends.has(place)) return;
      simulation.startBackend(place);
    });
  };
  // A process that is followed by one of its name before it has ended is handed over from in a hurry.
  if (simulation.options.calm && simulation.isNamed(place)) void gone.then(back);
  else back();
}

function use(simulation: Simulation, chance: Chance): void {
  const { gateway } = simulation;
  const dice = chance.whole(0, 99);
  const socket = chance.pick(gateway.sockets);
  if (dice >= 85) {
    const running = [...simulation.backends.values()].filter((each) => !each.standsStill);
    const backend = chance.pick(running);
    if (dice < 97) backend?.publish();
    // The largest bursts have more answers than go into one frame.
    else backend?.burst(chance.percent(4) ? chance.whole(500, 1_000) : chance.whole(2, 30));
  } else if (gateway.clock.stopped) {
    return;
  } else if (socket === undefined || dice < 12) {
    gateway.open();
  } else if (dice < 20) {
    gateway.close(socket);
  } else if (dice < 30) {
    gateway.subscribe(socket, `${chance.pick(CHANNELS)}-${gateway.node}`);
  } else if (dice < 33) {
    gateway.unsubscribe(socket);
  } else {
    for (let i = chance.whole(1, 5); i > 0; i--) simulation.send();
  }
}

/** Lets the simulation run until nothing is left to do. False when that does not come. */
async function rest(simulation: Simulation): Promise<boolean> {
  const untilMs = simulation.time.nowMs + REST_MS;
  let restful = 0;
  let started = 0;
  while (simulation.time.nowMs < untilMs) {
    const nextMs = simulation.time.nowMs + 100;
    while (simulation.time.nowMs < nextMs && (await simulation.step()));
    // The last frames may still be on their way.
    const isRestful = unrest(simulation) === undefined && started === simulation.started;
    restful = isRestful ? restful + 1 : 0;
    started = simulation.started;
    if (restful === 2) return true;
  }
  return false;
}

/** The reason why the simulation is not at rest yet; undefined when it is. */
function unrest(simulation: Simulation): string | undefined {
  const { gateway, backends } = simulation;
  if (gateway.clock.stopped) return 'no gateway';
  if (backends.size === 0) return 'no backend';
  const [namesake] = simulation.namesakes;
  if (namesake !== undefined) return `${namesake.name} does not know that it was replaced`;
  const { untold } = simulation;
  if (untold !== undefined)
    return `${untold.name} was told of ${untold.told.size} of ${untold.sent} triggers`;
  const sessions = new Set<string>();
  for (const backend of backends.values()) {
    const { name, client, running } = backend;
    if (backend.standsStill) return `${name} stands still`;
    if (client.state !== 'open') return `${name} is ${client.state}`;
    if (simulation.connectionOf(backend)?.isCut !== false) return `${name} is cut off`;
    if (running > 0) return `${name} has ${running} handlers running`;
    const session = simulation.sessionNow(backend) ?? '';
    if (simulation.streamOf(session)?.over !== false) return `${name} has no session that lives`;
    sessions.add(session);
  }
  for (const group of gateway.groups) {
    for (const partition of group.partitions) {
      const { number, log, snapshot } = partition;
      const owner = sessionIdOf(group.owner(partition));
      const what = `partition ${number} of ${group.settings.name || 'one alone'}`;
      if (owner === undefined || !sessions.has(owner)) return `${what} has no living owner`;
      if (group.revoking(partition)) return `${what} is asked back`;
      if (log.committed.offset < log.top) return `${what}: ${log.committed.offset} of ${log.top}`;
      if (log.pending || snapshot !== undefined) return `${what} has something to send`;
    }
  }
  return undefined;
}

/** Compares the sockets and channels that backends know of with the gateway's. */
function compare(simulation: Simulation): void {
  // Members with different subscriptions ask for messages only.
  if (simulation.options.differing) return;
  for (const backend of simulation.backends.values()) {
    const session = simulation.sessionNow(backend) ?? '';
    const stream = simulation.streamOf(session);
    if (stream === undefined || stream.group.settings.mode === 'shared') continue;
    const { sockets, channels } = simulation.gateway.app;
    believes(simulation, backend, { stream, session, truth: sockets, belief: backend.sockets });
    mourns(simulation, backend);
    believes(simulation, backend, { stream, session, truth: channels, belief: backend.channels });
  }
}

function believes(
  simulation: Simulation,
  { name }: SimBackend,
  {
    stream: { group },
    session,
    truth,
    belief,
  }: {
    stream: Stream;
    session: string;
    truth: ReadonlyMap<string, unknown>;
    belief: ReadonlyMap<string, Whereabouts>;
  },
): void {
  const owns = (key: string): boolean => {
    const partition = group.partitions[hash32(key) % group.partitions.length];
    return partition !== undefined && sessionIdOf(group.owner(partition)) === session;
  };
  for (const key of truth.keys()) {
    if (owns(key) && belief.get(key) !== 'open') simulation.broken(`${name} does not know ${key}`);
  }
  for (const [key, now] of belief) {
    if (now !== 'open') continue;
    if (!truth.has(key)) simulation.broken(`${name} believes in ${key}, which is gone`);
    else if (!owns(key)) simulation.broken(`${name} believes in ${key}, which is another's`);
  }
}

/**
 * When a gateway died with its sockets, the owner of each is told that it is closed. A new owner of the partition may
 * not know its sockets yet.
 */
function mourns(simulation: Simulation, { name, sockets, sessions }: SimBackend): void {
  for (const stream of simulation.streams) {
    if (stream.node === simulation.gateway.node) continue;
    for (const [id, now] of sockets) {
      if (now === 'closed' || !id.startsWith(`${stream.node}.`)) continue;
      if (!sessions.has(stream.knowerOf(id) ?? '')) continue;
      simulation.broken(`${name} takes ${id} for ${now}, which died with its gateway`);
    }
  }
}

/** Backends and sockets all leave; no timer, session or listener may be left of them. */
async function leave(simulation: Simulation): Promise<void> {
  const { gateway, time } = simulation;
  simulation.leaving = true;
  for (const socket of gateway.sockets) gateway.close(socket);
  for (const { client } of simulation.backends.values()) void client.disconnect();
  const untilMs = time.nowMs + REST_MS;
  while (time.nowMs < untilMs && (await simulation.step()));
  const left = {
    gatewayTimers: gateway.clock.timers,
    backendTimers: [...simulation.backends.values()].reduce(
      (sum, each) => sum + each.clock.timers,
      0,
    ),
    sessions: gateway.pipes.sessionCount,
    connections: gateway.pipes.size,
    listeners: gateway.app.observers.size - 1,
    sockets: gateway.app.sockets.size - 1,
    channels: gateway.app.channels.size - 1,
  };
  if (Object.values(left).some((count) => count > 0))
    simulation.broken(`left: ${JSON.stringify(left)}`);
}

/** Ids of sessions decide who owns what, so they must come from the seed too. */
async function withSeededIds<T>(chance: Chance, run: () => Promise<T>): Promise<T> {
  const module = crypto as { randomBytes: unknown };
  const { randomBytes } = module;
  module.randomBytes = (count: number) => chance.bytes(count);
  try {
    return await run();
  } finally {
    module.randomBytes = randomBytes;
  }
}
