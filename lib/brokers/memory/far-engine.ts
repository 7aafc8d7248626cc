import { systemClock, type Clock } from '../../util/timers';
import { JoinedNode } from '../joined/node';
import type { JoinedOptions } from '../joined/parts';
import type { Lease, Renewal } from '../joined/engine-link';
import type { Broker, BrokerLimits } from '../broker';
import type { Fact, Operation, Result, TurnReply } from '../operation';
import type { AppState } from './app-state';
import { FarApp } from './far-app';
import { type FarSide, FarLink } from './far-link';
import { MEMORY_LIMITS } from './limits';

export interface FarEngineOptions {
  clock?: Clock;
  limits?: Partial<BrokerLimits>;
  /**
   * Time that a message takes from a node to the engine or back, 1 ms unless given; messages of one way keep their order.
   * With `none` each arrives at once, as where the ways lead on to other processes.
   */
  delayMs?: (() => number) | 'none';
  /** Events of an app that are kept for nodes that were away, 10 000 unless given. */
  maxKept?: number;
}

/** Turns whose results are kept: as many as may be on their way. */
const KEPT_TURNS = 64;

/**
 * A memory engine at a distance: its nodes speak with it as with an engine elsewhere, over ways that delay and can be cut.
 * For the workers of one machine, for simulations and specs.
 */
export class FarEngine implements FarSide {
  readonly clock: Clock;
  readonly delayMs: (() => number) | 'none';
  readonly links: FarLink[] = [];
  run = 'run-1';
  /** While it stands still, calls wait. */
  paused = false;
  apps = new Map<string, FarApp>();
  from = 0;
  receipt = 0;
  readonly #limits: BrokerLimits;
  readonly #maxKept: number;
  #leases = new Map<number, { token: string; endsAt: number }>();
  #dead = new Set<number>();
  #used = new Set<number>();
  #runs = 1;
  #era = 'era-1';

  constructor({
    clock = systemClock,
    limits,
    delayMs = () => 1,
    maxKept = 10_000,
  }: FarEngineOptions = {}) {
    this.clock = clock;
    this.#maxKept = maxKept;
    this.delayMs = delayMs;
    this.#limits = { ...MEMORY_LIMITS, ...limits };
  }

  join(options?: JoinedOptions): { broker: Broker; link: FarLink } {
    const link = this.link();
    return { broker: new JoinedNode(link, { clock: this.clock, ...options }), link };
  }

  /** A way for a node that is elsewhere. */
  link(): FarLink {
    const link = new FarLink(this);
    this.links.push(link);
    return link;
  }

  /** A way is used no more. */
  unlink(link: FarLink): void {
    link.close();
    const at = this.links.indexOf(link);
    if (at >= 0) this.links.splice(at, 1);
    for (const { state } of this.apps.values()) state.hearers.delete(link.number);
  }

  /** The engine is started again, with what it had or with nothing. All ways are cut for a while. */
  restart({ lost, awayMs }: { lost: boolean; awayMs: number }): void {
    this.run = `run-${++this.#runs}`;
    for (const app of this.apps.values()) app.dropKept();
    if (lost) {
      this.#era = `era-${this.#runs}`;
      this.apps = new Map();
      this.#leases = new Map();
      this.#dead = new Set();
      this.#used = new Set();
    }
    for (const link of this.links) link.cut('both', awayMs);
  }

  app(id: string): FarApp {
    let app = this.apps.get(id);
    if (app === undefined) {
      app = new FarApp(this.#limits, this.#maxKept);
      this.apps.set(id, app);
      for (const link of this.links) link.hearIn(id, app);
    }
    return app;
  }

  register(leaseMs: number): Lease {
    let node: number;
    do node = 1 + Math.floor(this.clock.random() * 65_535);
    while (this.#used.has(node));
    return this.#grant(node, `${node}-${this.#used.size}`, leaseMs);
  }

  #grant(node: number, token: string, leaseMs: number): Lease {
    this.#used.add(node);
    this.#leases.set(node, { token, endsAt: this.clock.now() + leaseMs });
    return { node, token };
  }

  renew({ node, token }: Lease, leaseMs: number): Renewal {
    const lease = this.#leases.get(node);
    // An engine that has lost everything knows no numbers: the node keeps its own.
    const held = lease === undefined ? !this.#used.has(node) : lease.token === token;
    if (held) this.#grant(node, token, leaseMs);
    return { held, nodes: [...this.#leases.keys()], atMs: this.clock.now(), era: this.#era };
  }

  /** The node is dead for certain: it has said so, or its process is known to have ended. */
  release({ node, token }: Lease): void {
    if (this.#leases.get(node)?.token !== token) return;
    this.#leases.delete(node);
    this.#dead.add(node);
  }

  bury(notAfterMs: number): number[] {
    if (this.clock.now() > notAfterMs) return [...this.#dead];
    for (const [node, { endsAt }] of this.#leases) {
      if (endsAt > this.clock.now()) continue;
      this.#leases.delete(node);
      this.#dead.add(node);
    }
    return [...this.#dead];
  }

  buried(node: number, apps: number): boolean {
    if (apps !== this.apps.size) return false;
    this.#dead.delete(node);
    for (const { state } of this.apps.values()) state.forget(node);
    return true;
  }

  turn(id: string, node: number, turn: number, operations: readonly Operation[]): TurnReply {
    const app = this.app(id);
    if (app.fences.has(node)) return { kind: 'fenced' };
    const record = app.turns.get(node) ?? { last: 0, results: new Map<number, Result[]>() };
    app.turns.set(node, record);
    if (turn <= record.last) return { kind: 'repeated', results: record.results.get(turn) ?? [] };
    if (turn > record.last + 1) return { kind: 'out_of_turn', last: record.last };
    record.last = turn;
    const results = this.#apply(app, node, operations);
    record.results.set(turn, results);
    record.results.delete(turn - KEPT_TURNS);
    return { kind: 'applied', results };
  }

  rejoin(id: string, node: number, turn: number, seq: number): void {
    const app = this.app(id);
    const record = app.turns.get(node);
    if (record === undefined) app.turns.set(node, { last: turn, results: new Map() });
    else record.last = Math.max(record.last, turn);
    app.state.raise(seq);
  }

  #apply(app: FarApp, node: number, operations: readonly Operation[]): Array<Result | undefined> {
    let leftOut = 0;
    return operations.map((operation) => {
      if (leftOut > 0) {
        leftOut--;
        return undefined;
      }
      const result = this.#applyOne(app, node, operation);
      if (operation.kind === 'idempotent' && result !== 'new') leftOut = operation.block;
      return result;
    });
  }

  #applyOne(app: FarApp, node: number, operation: Operation): Result | undefined {
    const { state, fences } = app;
    const now = this.clock.now();
    switch (operation.kind) {
      case 'publish': {
        const { channel, text, options, receipt } = operation;
        this.from = receipt === 0 ? 0 : node;
        this.receipt = receipt;
        const sockets = state.publish(channel, text, options, now);
        app.keep(operation);
        return receipt === 0 ? undefined : { sockets, nodes: state.hearersOf(channel) };
      }
      case 'cacheMissed':
        return state.cacheMissed(operation.channel, now);
      case 'idempotent':
        return state.idempotent(operation.key, operation.fingerprint, operation.ttlMs, now);
      case 'release':
        state.release(operation.key);
        return undefined;
      case 'answer':
        state.answer(operation.key, operation.answer, now);
        return undefined;
      case 'take': {
        const { name, ratePerSecond, burst, want } = operation;
        return state.take(name, ratePerSecond, burst, want, now);
      }
      case 'write': {
        const { name, records, anew, ttlMs } = operation;
        return state.write(node, name, records, { anew, ttlMs }, now);
      }
      case 'settled':
      case 'void':
        return undefined;
      default:
        // A fact, of the node itself or of a dead one.
        if (operation.of !== undefined && !fences.has(operation.of)) return undefined;
        if (operation.kind === 'socket' && operation.of !== undefined)
          return state.sweepSocket(operation.of, operation.id, now);
        return applyFact(state, operation.of ?? node, operation);
    }
  }
}

function applyFact(state: AppState, node: number, fact: Fact): Result {
  switch (fact.kind) {
    case 'subscriptions':
      return state.subscriptions(node, fact.channel, fact.count, fact.tell);
    case 'member':
      return state.member(node, fact.channel, fact.who, fact.count, fact.max);
    case 'user':
      return state.user(node, fact.userId, fact.count);
    case 'socket':
      return state.socket(node, fact.id, fact.count > 0);
    case 'home':
      return state.home(node, fact.name, fact.count > 0);
  }
}
