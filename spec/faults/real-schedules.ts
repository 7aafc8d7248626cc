import type { ChildProcess } from 'node:child_process';
import type { Test } from 'tap';
import { createTestGateway, type FakeBrowser, type TestGateway } from '../../lib/testing';
import { ChaosProxy } from '../support/chaos-proxy';
import { faultsOf, sumOf, type Fault } from '../support/ledger';
import { LedgerFile, LedgerFolder, type Timed } from '../support/ledger-file';
import { exited, startChild } from '../support/processes';
import { Chance } from '../support/simulator/chance';
import type { Belief, Order, WitnessOptions } from './children/witness';
import { overlapsOf } from './overlaps';

const GRACE_MS = 300;
const REVOKE_MS = 1_000;
const MEMBERS = ['red', 'green', 'blue'];
/** Browsers that are open at a time. */
const BROWSERS = 16;
const ACT_MS = { min: 20, max: 400 };
/** A member stands still for less than the grace, or longer. */
const STILL_MS = { min: 50, max: 1_200 };
const AWAY_MS = { min: 0, max: 900 };
const PATIENCE_MS = 60_000;
/** Time after a mishap in which a member may still be at work on what is another's. */
const AFTERMATH_NS = 500_000_000n;

const ACTS = ['kill', 'kill', 'stop', 'leave', 'cut', 'cut', 'hold', 'guest'] as const;
type Act = (typeof ACTS)[number];

export interface RealScheduleReport {
  faults: Fault[];
  /** Sockets that a backend believes open, or closed, against the truth; empty when all is well. */
  ghosts: string[];
  /** Messages that another member began while one was at work on the same key to which nothing had happened. */
  overlaps: string[];
  messages: number;
  sockets: number;
  /** Messages that came a second time, and said so. */
  copies: number;
  acts: Record<Act, number>;
}

/**
 * A group of three backends and a backend alone, all with names, in processes of their own, while browsers come, speak
 * and go. Backends are killed, stopped, started again, cut off, and leave gently; members without a name come for a
 * while. At the end everybody is let alone, and the ledger and the beliefs of all backends are looked at.
 */
export async function realSchedule(
  t: Test,
  { seconds, seed }: { seconds: number; seed: number },
): Promise<RealScheduleReport> {
  const chance = new Chance(seed);
  const gateway = await createTestGateway({
    limits: {
      ...{ pipeGraceMs: GRACE_MS, pipeRevokeMs: REVOKE_MS, pipePartitions: 16 },
      ...{ maxBackChannelEventsPerSecond: 1e6, maxPipeConnectsPerSecond: 1e6 },
    },
  });
  t.teardown(() => gateway.close());
  const truth = new Truth(new LedgerFolder(t));
  t.teardown(() => truth.close());
  const crowd = new Crowd(gateway, truth, chance);
  const alone = await Place.make(t, gateway, truth, { name: 'alone' });
  const group = await Promise.all(
    MEMBERS.map((name) => Place.make(t, gateway, truth, { name, group: 'group' })),
  );
  const acts = Object.fromEntries<number>(ACTS.map((act) => [act, 0])) as Record<Act, number>;

  const endMs = performance.now() + seconds * 1_000;
  const speaking = crowd.speakUntil(endMs);
  const mending: Array<Promise<void>> = [];
  while (performance.now() < endMs) {
    await pause(between(chance, ACT_MS));
    const place = chance.pick([alone, ...group] as [Place, ...Place[]]);
    if (place.busy) continue;
    const act: Act = chance.pick(ACTS);
    acts[act] += 1;
    mending.push(place.suffers(act, between(chance, STILL_MS), between(chance, AWAY_MS)));
  }
  await Promise.all([speaking, ...mending]);

  const streams = [[alone], group];
  await settled(() => truth.missing(streams.length) === 0);
  let ghosts: string[] = [];
  await settled(async () => {
    ghosts = (await Promise.all(streams.map((places) => ghostsOf(places, crowd.open)))).flat();
    return ghosts.length === 0;
  });
  const lines = truth.lines();
  const copies = lines.filter((line) => line.type === 'began' && line.redelivered).length;
  // Each stream is a ledger of its own: both hear every message.
  const faults = streams.flatMap(([first]) => faultsOf(truth.linesOf(first as Place)));
  const overlaps = overlapsOf(truth.linesOf(group[0] as Place), {
    revokeMs: REVOKE_MS,
    suffered: (process, sinceNs, untilNs) =>
      group.some((place) => place.has(process) && place.suffered(sinceNs, untilNs)),
  });
  return {
    faults,
    ghosts,
    overlaps,
    messages: crowd.messages,
    sockets: crowd.sockets,
    copies,
    acts,
  };
}

/** Schedules of a minute each, with consecutive seeds. Returns sums. */
export async function realMinutes(
  test: Test,
  { minutes, seed, timeoutMs }: { minutes: number; seed: number; timeoutMs: number },
): Promise<object> {
  const sums = { messages: 0, sockets: 0, copies: 0 };
  const acts = new Map<string, number>();
  for (let minute = 0; minute < minutes; minute++) {
    await test.test(`minute ${minute + 1}`, { timeout: timeoutMs }, async (t) => {
      const report = await realSchedule(t, { seconds: 60, seed: seed + minute });
      t.same(report.faults, [], `seed ${seed + minute}`);
      t.same(report.ghosts, [], `seed ${seed + minute}`);
      t.same(report.overlaps, [], `seed ${seed + minute}`);
      for (const sum of ['messages', 'sockets', 'copies'] as const) sums[sum] += report[sum];
      for (const [act, count] of Object.entries(report.acts)) {
        acts.set(act, (acts.get(act) ?? 0) + count);
      }
    });
  }
  return { minutes, ...sums, acts: Object.fromEntries(acts) };
}

/** Differences between the open sockets and what the backends of one stream believe, each socket with one of them. */
async function ghostsOf(places: Place[], open: ReadonlySet<string>): Promise<string[]> {
  const beliefs = await Promise.all(places.map((place) => place.belief()));
  const believed = beliefs.flatMap(({ process, open }) => open.map((id) => ({ id, process })));
  const owners = new Map<string, string>();
  const ghosts: string[] = [];
  for (const { id, process } of believed) {
    if (!open.has(id)) ghosts.push(`${process} believes ${id} open`);
    const other = owners.get(id);
    if (other !== undefined) ghosts.push(`${process} and ${other} both have ${id}`);
    owners.set(id, process);
  }
  for (const id of open) if (!owners.has(id)) ghosts.push(`nobody knows of ${id}`);
  return ghosts;
}

/** The ledger: messages of browsers once, and what each stream's backends handled, in files by stream. */
class Truth {
  readonly #folder: LedgerFolder;
  readonly #tap: LedgerFile;

  constructor(folder: LedgerFolder) {
    this.#folder = folder;
    this.#tap = new LedgerFile(folder.part('tap'));
  }

  produced(key: string, n: number): void {
    const sum = sumOf(JSON.stringify({ n }));
    this.#tap.write({ type: 'produced', key, n, sum });
  }

  part(name: string): string {
    return this.#folder.part(name);
  }

  lines(): Timed[] {
    return this.#folder.lines();
  }

  /** Lines of the browsers and of one stream. */
  linesOf({ stream }: { stream: string }): Timed[] {
    return this.lines().filter((line) => !('process' in line) || streamOf(line.process) === stream);
  }

  /** Messages that some stream has not finished. */
  missing(streams: number): number {
    let produced = 0;
    const ended = new Set<string>();
    for (const line of this.lines()) {
      if (line.type === 'produced') produced += 1;
      if (line.type === 'ended') ended.add(`${streamOf(line.process)} ${line.key}/${line.n}`);
    }
    return produced * streams - ended.size;
  }

  close(): void {
    this.#tap.close();
  }
}

/** Browsers: some are open at a time, each says numbers and goes at last. */
class Crowd {
  readonly open = new Set<string>();
  messages = 0;
  sockets = 0;
  readonly #gateway: TestGateway;
  readonly #truth: Truth;
  readonly #chance: Chance;
  readonly #browsers: Array<{ browser: FakeBrowser; n: number }> = [];

  constructor(gateway: TestGateway, truth: Truth, chance: Chance) {
    this.#gateway = gateway;
    this.#truth = truth;
    this.#chance = new Chance(chance.whole(0, 1e9));
  }

  async speakUntil(endMs: number): Promise<void> {
    while (performance.now() < endMs) {
      if (this.#browsers.length < BROWSERS) await this.#come();
      else if (this.#chance.percent(5)) this.#go();
      for (let i = 0; i < 4; i++) this.#say();
      await pause(4);
    }
  }

  async #come(): Promise<void> {
    const browser = await this.#gateway.browser();
    this.open.add(browser.id);
    this.sockets += 1;
    this.#browsers.push({ browser, n: 0 });
  }

  #go(): void {
    const at = this.#chance.whole(0, this.#browsers.length - 1);
    const [gone] = this.#browsers.splice(at, 1);
    if (gone === undefined) return;
    this.open.delete(gone.browser.id);
    gone.browser.close();
  }

  #say(): void {
    const speaker = this.#chance.pick(this.#browsers);
    if (speaker === undefined) return;
    const n = (speaker.n += 1);
    this.#truth.produced(speaker.browser.id, n);
    speaker.browser.send('say', { n });
    this.messages += 1;
  }
}

/** A place for a backend of one name, which lives there again and again behind a line of its own. */
class Place {
  readonly stream: string;
  /** True while something happens to it. */
  busy = false;
  readonly #t: Test;
  readonly #gateway: TestGateway;
  readonly #truth: Truth;
  readonly #line: ChaosProxy;
  readonly #identity: { name: string; group?: string };
  #lives = 0;
  /** Times in which something happened to the backend. */
  readonly #mishaps: Array<{ sinceNs: bigint; untilNs: bigint }> = [];
  #child: ChildProcess | undefined;

  static async make(
    t: Test,
    gateway: TestGateway,
    truth: Truth,
    identity: { name: string; group?: string },
  ): Promise<Place> {
    const line = await ChaosProxy.start(t, gateway.client.port);
    const place = new Place(t, gateway, truth, line, identity);
    place.#child = await place.#born(identity);
    return place;
  }

  private constructor(
    t: Test,
    gateway: TestGateway,
    truth: Truth,
    line: ChaosProxy,
    identity: { name: string; group?: string },
  ) {
    this.#t = t;
    this.#gateway = gateway;
    this.#truth = truth;
    this.#line = line;
    this.#identity = identity;
    this.stream = identity.group ?? identity.name;
  }

  /** Lets something happen to the backend, and sees that it is there again afterwards. */
  async suffers(act: Act, stillMs: number, awayMs: number): Promise<void> {
    this.busy = true;
    const sinceNs = process.hrtime.bigint();
    await this.#happens(act, stillMs, awayMs);
    // A guest takes keys over, for which the others have their time.
    if (act !== 'guest') this.#mishaps.push({ sinceNs, untilNs: process.hrtime.bigint() });
    this.busy = false;
  }

  /** True when a process lives here, or is a guest on the line of this place. */
  has(process: string): boolean {
    return process.split('/')[1]?.replace('guest of ', '') === this.#identity.name;
  }

  suffered(fromNs: bigint, toNs: bigint): boolean {
    return this.#mishaps.some(({ sinceNs, untilNs }) => {
      return sinceNs <= toNs && fromNs <= untilNs + AFTERMATH_NS;
    });
  }

  async #happens(act: Act, stillMs: number, awayMs: number): Promise<void> {
    const child = this.#child as ChildProcess;
    switch (act) {
      case 'cut':
        return this.#line.cut();
      case 'hold':
        this.#line.hold();
        await pause(stillMs);
        return this.#line.release();
      case 'stop':
        child.kill('SIGSTOP');
        await pause(stillMs);
        child.kill('SIGCONT');
        return;
      case 'guest': {
        const { group } = this.#identity;
        if (group === undefined) return;
        const guest = await this.#born({ group });
        await pause(awayMs);
        return order(guest, 'leave');
      }
      case 'kill':
        child.kill('SIGKILL');
        await exited(child);
        break;
      case 'leave':
        await order(child, 'leave');
    }
    await pause(awayMs);
    this.#child = await this.#born(this.#identity);
  }

  /** The open sockets by what the handlers of the living backend were told. */
  async belief(): Promise<Belief> {
    const child = this.#child as ChildProcess;
    const told = new Promise<Belief>((resolve) => child.once('message', resolve));
    child.send('tell' satisfies Order);
    return told;
  }

  async #born(identity: { name?: string; group?: string }): Promise<ChildProcess> {
    const process = `${this.stream}/${identity.name ?? `guest of ${this.#identity.name}`}/${(this.#lives += 1)}`;
    const { port } = this.#line;
    const client = {
      ...this.#gateway.client,
      ...identity,
      port,
      backoff: { baseMs: 5, maxMs: 50 },
    };
    const ledger = this.#truth.part(process.replaceAll(/[/ ]/g, '-'));
    const options: WitnessOptions = { process, ledger, client };
    return (await startChild(this.#t, 'witness', options)).child;
  }
}

function streamOf(process: string): string {
  return process.slice(0, process.indexOf('/'));
}

async function order(child: ChildProcess, what: Order): Promise<void> {
  child.send(what);
  await exited(child);
}

function between(chance: Chance, { min, max }: { min: number; max: number }): number {
  return chance.whole(min, max);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until something is so, or patience ends; the report tells. */
async function settled(holds: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await holds()) && performance.now() < untilMs) await pause(100);
}
