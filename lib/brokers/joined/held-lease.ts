import type { Clock } from '../../util/timers';
import type { EngineLink, Lease, Renewal } from './engine-link';

/** Renewals in each lease. */
export const RENEWALS_PER_LEASE = 3;
/** Part of the lease after which a node without a renewal must take itself for dead. */
const DOUBT = 0.8;
const NONE: Lease = { node: 0, token: '' };

export interface HeldLeaseParts {
  clock: Clock;
  link: EngineLink;
  leaseMs: number;
  /** Nodes came or went. */
  changed(): void;
  /** The engine has begun anew since the renewal before. */
  newEra(): void;
}

/** The number and the lease of this node, and the nodes that have one. */
export class HeldLease {
  readonly #parts: HeldLeaseParts;
  #lease = NONE;
  #nodes: ReadonlySet<number> = new Set();
  /** The engine's run and era at the last renewal; '' before the first one. */
  #era = '';
  #renewedAt = 0;
  #nextRenewal = 0;
  #asksSince: number | undefined;
  /** An engine that has begun anew knows a node when that has renewed; until then the others count as alive. */
  #unsureUntil = 0;

  constructor(parts: HeldLeaseParts) {
    this.#parts = parts;
  }

  get node(): number {
    return this.#lease.node;
  }

  get nodes(): ReadonlySet<number> {
    return this.#nodes;
  }

  /** Moment since which a number or a renewal is asked for, and not answered. */
  get asksSince(): number | undefined {
    return this.#asksSince;
  }

  get isDue(): boolean {
    return this.#asksSince === undefined && this.#parts.clock.now() >= this.#nextRenewal;
  }

  /** The others may have declared this node dead. */
  get isInDoubt(): boolean {
    const { clock, leaseMs } = this.#parts;
    return this.node === 0 || clock.now() - this.#renewedAt > leaseMs * DOUBT;
  }

  /** Takes a number. */
  async take(): Promise<void> {
    const { clock, link, leaseMs } = this.#parts;
    this.#asksSince ??= clock.now();
    try {
      this.#lease = await link.register(leaseMs);
    } finally {
      this.#asksSince = undefined;
    }
    this.#renewedAt = clock.now();
  }

  /** Undefined when the lease is not held. Rejects when the engine is away or refuses it: then it is due at once. */
  async renew(): Promise<Renewal | undefined> {
    const { clock, link, leaseMs } = this.#parts;
    const now = clock.now();
    this.#asksSince ??= now;
    this.#nextRenewal = now + leaseMs / RENEWALS_PER_LEASE;
    let renewal: Renewal;
    try {
      renewal = await link.renew(this.#lease, leaseMs);
    } catch (error) {
      this.#nextRenewal = 0;
      throw error;
    } finally {
      this.#asksSince = undefined;
    }
    if (!renewal.held) return undefined;
    // The lease counts from before the call: the engine's answer may have come late.
    this.#renewedAt = now;
    const era = `${link.run} ${renewal.era}`;
    const isNewEra = this.#era !== '' && era !== this.#era;
    this.#era = era;
    if (isNewEra) {
      this.#parts.newEra();
      this.#unsureUntil = now + leaseMs;
    }
    const isSure = now >= this.#unsureUntil;
    this.#learn(isSure ? renewal.nodes : [...new Set([...renewal.nodes, ...this.#nodes])]);
    return renewal;
  }

  /** The way to the engine was cut: nobody waits for an answer. */
  away(): void {
    this.#asksSince = undefined;
  }

  /** Nodes were declared dead. True when this is news. */
  died(dead: readonly number[]): boolean {
    if (!dead.some((node) => this.#nodes.has(node))) return false;
    this.#learn([...this.#nodes].filter((node) => !dead.includes(node)));
    return true;
  }

  release(): Promise<void> {
    return this.#parts.link.release(this.#lease);
  }

  /** This node has no number any more; the next one begins anew. */
  forget(): void {
    this.#lease = NONE;
    this.#era = '';
  }

  /** Spares the others the wait for their next renewal. */
  async tell(): Promise<void> {
    const others = [...this.#nodes].filter((node) => node !== this.node);
    const { link } = this.#parts;
    await Promise.all(others.map((node) => link.post(node, [{ kind: 'leasesChanged' }])));
  }

  #learn(nodes: readonly number[]): void {
    const isSame =
      nodes.length === this.#nodes.size && nodes.every((each) => this.#nodes.has(each));
    if (isSame) return;
    this.#nodes = new Set(nodes);
    this.#parts.changed();
  }
}
