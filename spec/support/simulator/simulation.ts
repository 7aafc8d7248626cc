import type { Limits } from '../../../lib/gateway/options/options';
import type { PipeOptions } from '../../../lib/pipe/options';
import type { Meta } from '../../../lib/pipe/types';
import { FrameDecoder } from '../../../lib/wire/codec';
import type { PipeEvent } from '../../../lib/wire/frames';
import { faultsOf, type Line, type Outcome } from '../ledger';
import { ManualClock } from '../manual-clock';
import { VirtualTime } from '../virtual-time';
import { Chance } from './chance';
import { Network, type Connection, type Cut } from './network';
import { SimBackend, streamOf, type BackendOwner } from './sim-backend';
import { EVENTS, SimGateway, type EventName } from './sim-gateway';
import { sessionIdOf, Stream } from './stream';

/** Time after which a backend that has failed is started again. */
const RESTART_MS = 500;

export interface SimulationOptions {
  /** Backends by the place they take; one that dies is followed by another of the same options. */
  backends: ReadonlyMap<string, Partial<PipeOptions>>;
  limits: Partial<Limits>;
  /** The credit that backends grant, for the check that it is kept. */
  credit: number;
  /** Backends come and go, but nothing goes wrong and handlers are quick: then nothing is handled twice either. */
  calm: boolean;
  /** Each process subscribes to some of the events only. */
  differing: boolean;
}

/** A gateway, some backends and what they are told, in one process and one virtual time. */
export class Simulation implements BackendOwner {
  readonly chance: Chance;
  readonly time = new VirtualTime();
  readonly network: Network;
  readonly options: SimulationOptions;
  readonly backends = new Map<string, SimBackend>();
  /** Other processes of a name, by place, that live and were not told yet that it is another's. */
  readonly #namesakes = new Map<string, SimBackend[]>();
  /** Every process that was started, those that have ended too. */
  readonly #started: SimBackend[] = [];
  /** Broken rules as sentences, in the order in which they were noticed. */
  readonly faults: string[] = [];
  gateway: SimGateway;
  /** All leave, and nothing is started any more. */
  leaving = false;
  readonly #streams: Stream[] = [];
  readonly #byId = new Map<string, Stream>();
  /** Places where a process has failed and left, or was told to leave before it was ever welcomed. */
  readonly #stoppedAt = new Set<string>();
  readonly #bySession = new Map<string, Stream>();
  /** Names of sessions by the frame that told them. */
  readonly #names = new Map<Uint8Array, string>();
  readonly #triggers: Line[] = [];
  #gateways = 0;
  #processes = 0;
  #messages = 0;

  constructor(seed: number, options: SimulationOptions) {
    this.options = options;
    this.chance = new Chance(seed);
    this.network = new Network(this.time, this.chance);
    this.gateway = this.startGateway();
  }

  process(): ManualClock {
    return new ManualClock({ time: this.time, random: () => this.chance.next() });
  }

  get streams(): readonly Stream[] {
    return this.#streams;
  }

  streamOf(session: string): Stream | undefined {
    return this.#bySession.get(session);
  }

  startGateway(): SimGateway {
    this.#gateways += 1;
    this.gateway = new SimGateway(this.process(), {
      node: `node${this.#gateways}`,
      limits: this.options.limits,
      told: (event) => this.#told(event),
      seen: (data) => this.#seen(data),
    });
    this.network.server = this.gateway;
    return this.gateway;
  }

  /** The process is gone, and with it all that it knew. */
  killGateway(told: boolean): void {
    this.network.server = undefined;
    this.gateway.clock.kill();
    for (const connection of this.network.connections) connection.killServer(told);
    for (const stream of this.#streams) stream.end();
  }

  startBackend(place: string): void {
    const options = this.options.backends.get(place) ?? {};
    this.#processes += 1;
    const name = `${place}#${this.#processes}`;
    const before = this.backends.get(place);
    if (before !== undefined) this.#namesakesAt(place).push(before);
    const backend = new SimBackend(name, this, options, this.#someEvents());
    this.#started.push(backend);
    this.backends.set(place, backend);
  }

  /** Number of processes that were started, those that have ended too. */
  get started(): number {
    return this.#processes;
  }

  /** A process that lives and was not told of all its triggers; it may have left its place and be about to end. */
  get untold(): SimBackend | undefined {
    return this.#started.find(({ clock, told, sent }) => !clock.stopped && told.size < sent);
  }

  /** True when the backends of a place have a name, so that a second one takes the place of the first. */
  isNamed(place: string): boolean {
    return this.options.backends.get(place)?.name !== undefined;
  }

  killBackend(place: string, told: boolean): void {
    const backend = this.backends.get(place);
    if (backend === undefined) return;
    this.backends.delete(place);
    for (const each of [backend, ...this.#namesakesAt(place).splice(0)]) {
      each.clock.kill();
      for (const connection of this.network.of(each.clock)) connection.kill(told);
      for (let n = 1; n <= each.sent; n++) {
        if (!each.told.has(n)) this.settled(each, n, 'unknown');
      }
    }
  }

  /** A backend leaves, and with it the others of its name. Resolves when all have. */
  async goodbye(place: string): Promise<void> {
    const backend = this.backends.get(place);
    if (backend === undefined) return;
    this.backends.delete(place);
    const all = [backend, ...this.#namesakesAt(place).splice(0)];
    if (all.some((each) => each.sessions.size === 0)) this.#stoppedAt.add(place);
    await Promise.all(all.map((each) => each.disconnect()));
  }

  /** Processes that have the name of a living backend, and do not know yet that it is another's. */
  get namesakes(): SimBackend[] {
    return [...this.#namesakes.values()].flat();
  }

  #someEvents(): readonly EventName[] | undefined {
    if (!this.options.differing) return undefined;
    return this.chance.pick([EVENTS, [this.chance.pick(EVENTS)]]);
  }

  #namesakesAt(place: string): SimBackend[] {
    const others = this.#namesakes.get(place) ?? [];
    this.#namesakes.set(place, others);
    return others;
  }

  /** The process at a place stands still for a while. */
  standStill(place: string, forMs: number): void {
    const backend = this.backends.get(place);
    if (this.leaving || backend === undefined || backend.standsStill) return;
    backend.standStill();
    this.time.after(forMs, () => backend.goOn(), backend.clock);
  }

  cut(place: string, how: Cut): void {
    const backend = this.backends.get(place);
    if (backend !== undefined) this.connectionOf(backend)?.cut(how);
  }

  /** A message of some socket. */
  send(): void {
    const socket = this.chance.pick(this.gateway.sockets);
    if (socket === undefined || this.gateway.clock.stopped) return;
    this.#messages += 1;
    const data = JSON.stringify({ id: this.#messages });
    const event = this.options.differing ? this.chance.pick(EVENTS) : 'event';
    this.gateway.send(socket, data, this.chance.percent(50), event);
  }

  /** Runs whatever is due next, and looks whether all is as it must be. */
  async step(): Promise<boolean> {
    if (!(await this.time.step())) return false;
    const groups = this.gateway.clock.stopped ? [] : this.gateway.groups;
    for (const group of groups) {
      let stream = this.#streams.find((one) => one.group === group);
      if (stream === undefined)
        this.#streams.push(
          (stream = new Stream(group, this.gateway.node, !this.options.differing)),
        );
      this.#byId.set(group.id, stream);
      for (const member of group.members) this.#bySession.set(sessionIdOf(member) ?? '', stream);
    }
    for (const stream of this.#streams) {
      if (stream.over) continue;
      if (!groups.includes(stream.group)) stream.end();
      const broken = stream.broken(this.options.credit);
      if (broken !== undefined) this.broken(broken);
    }
    return true;
  }

  /** Judges the ledgers at the end. */
  audit(): void {
    const living = [...this.backends.values()].map((backend) => this.sessionNow(backend) ?? '');
    for (const stream of this.#streams) {
      if (!living.some((session) => this.#bySession.get(session) === stream)) stream.end();
    }
    for (const { type, what } of this.#streams.flatMap((stream) => stream.faults())) {
      this.broken(`event ${what}: ${type}`);
    }
    for (const { type, what } of faultsOf(this.#triggers)) this.broken(`trigger ${what}: ${type}`);
  }

  connectionOf({ clock }: SimBackend): Connection | undefined {
    return this.network.of(clock).at(-1);
  }

  readUpToMs({ clock }: SimBackend): number {
    return this.network.readUpToMs(clock);
  }

  /** Name of the session that a backend was welcomed to last. */
  sessionNow(backend: SimBackend): string | undefined {
    const first = this.connectionOf(backend)?.first;
    if (first === undefined) return undefined;
    let name = this.#names.get(first);
    if (name === undefined) {
      const frame = new FrameDecoder().decode(first);
      name = frame?.type === 'welcome' ? Buffer.from(frame.session).toString('hex') : '';
      this.#names.set(first, name);
    }
    return name || undefined;
  }

  // ---- what backends tell

  /** A backend whose handler failed leaves, and its supervisor starts it again. */
  stopped(backend: SimBackend): void {
    for (const place of this.#vacated(backend)) {
      this.#stoppedAt.add(place);
      this.#restart(place);
    }
  }

  /** Another process has taken the name. It may be one that was there before, and was away. */
  replaced(backend: SimBackend): void {
    for (const place of this.#vacated(backend)) {
      if (!this.backends.has(place)) this.#replacedByNobody(backend, place);
    }
  }

  /** Takes a backend from its place, where the latest of its namesakes follows it; gives the places that it had. */
  #vacated(backend: SimBackend): string[] {
    const places: string[] = [];
    for (const [place, current] of this.backends) {
      const others = this.#namesakesAt(place);
      const at = others.indexOf(backend);
      if (at >= 0) others.splice(at, 1);
      if (current !== backend) continue;
      const next = others.pop();
      if (next === undefined) this.backends.delete(place);
      else this.backends.set(place, next);
      places.push(place);
    }
    return places;
  }

  /**
   * Right where the process that took the name has failed before this one heard of it, or was about to leave: one that
   * was never welcomed still connects for the triggers that it was given.
   */
  #replacedByNobody(backend: SimBackend, place: string): void {
    if (!this.#stoppedAt.has(place)) return this.broken(`${backend.name} was replaced by nobody`);
    this.#restart(place);
  }

  #restart(place: string): void {
    this.time.after(RESTART_MS, () => {
      if (!this.leaving && !this.backends.has(place)) this.startBackend(place);
    });
  }

  /** A command that answers an event is refused by whoever knows the event. */
  refused({ name, node }: SimBackend, cause: Meta): void {
    const knows = this.#byId.get(streamOf(cause))?.node;
    if (knows !== node)
      this.broken(`${name}: ${node} refused an answer to ${cause.id} of ${knows}`);
  }

  began({ name }: SimBackend, id: number, data: string, meta: Meta): void {
    const stream = this.#byId.get(streamOf(meta));
    const again = stream?.began(name, id, data, meta.redelivered);
    if (again === true && this.options.calm) this.broken(`${meta.id} came again, to ${name}`);
  }

  ended({ name }: SimBackend, id: number, meta: Meta): void {
    this.#byId.get(streamOf(meta))?.ended(name, id);
  }

  gap(backend: SimBackend, count: number | undefined): void {
    this.#bySession.get(this.sessionNow(backend) ?? '')?.announced(backend.name, count);
  }

  sentOne({ name }: SimBackend, n: number): void {
    this.#triggers.push({ type: 'sent', process: name, n, browsers: ['tap'] });
  }

  settled({ name }: SimBackend, n: number, outcome: Outcome): void {
    this.#triggers.push({ type: 'settled', process: name, n, outcome });
  }

  broken(what: string): void {
    if (!this.faults.includes(what)) this.faults.push(what);
  }

  #told(event: PipeEvent): void {
    for (const stream of this.#streams) if (!stream.over) stream.offered(event);
  }

  /** A trigger is seen. A trigger that answers an event comes from the present owner of the event's partition. */
  #seen(data: string): void {
    const { process, n, session, cause } = JSON.parse(data) as {
      process: string;
      n: number;
      session: string;
      cause?: string;
    };
    this.#triggers.push({ type: 'seen', browser: 'tap', process, n });
    if (cause === undefined) return;
    const [id = '', , partition] = cause.split('.');
    const stream = this.#byId.get(id);
    // Events of a lost gateway have no other owner.
    if (stream?.over === true) return;
    const group = stream?.group;
    const owned = group?.partitions[Number(partition)];
    if (owned === undefined || sessionIdOf(group?.owner(owned)) !== session) {
      this.broken(`${process} answered ${cause}, which is another's`);
    }
  }
}
