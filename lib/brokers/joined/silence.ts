import type { BrokerState } from '../broker';
import { RENEWALS_PER_LEASE } from './held-lease';

/** Looks at what time has done, for each `holdMs`; a silence of one look is `holding`. */
const LOOKS_PER_HOLD = 5;

/** A silence of the engine, as a node finds it. */
export interface Silence {
  /** Time for which the engine was away or owed an answer. */
  ms: number;
  isAway: boolean;
  /** The others may have declared the node dead. */
  isInDoubt: boolean;
}

/** The times of silences, and what follows from them. */
export class SilenceTimes {
  /** Time between two looks. */
  readonly lookMs: number;
  readonly #holdMs: number;
  readonly #leaseMs: number;
  #lookedAt: number | undefined;
  #gaveUpAt = -Infinity;

  constructor({ holdMs, leaseMs }: { holdMs: number; leaseMs: number }) {
    this.lookMs = holdMs / LOOKS_PER_HOLD;
    this.#holdMs = holdMs;
    this.#leaseMs = leaseMs;
  }

  /** The state of a node, from the one before. */
  stateAfter(state: BrokerState, { ms, isAway, isInDoubt }: Silence): BrokerState {
    if (isInDoubt || ms >= this.#holdMs) return 'down';
    if (!isAway && ms < this.lookMs) return 'up';
    // A node that is down comes up when the engine answers, not when it is asked again.
    return state === 'up' ? 'holding' : state;
  }

  /**
   * Looks whether a connection that seems to be there is to be given up, since a call over it waits for so long: for a third
   * of the lease, so that a renewal that is due after the first third can come over another connection in the last one.
   */
  givesUp(nowMs: number, waitsSince: number | undefined): boolean {
    const lateMs = nowMs - (this.#lookedAt ?? nowMs) - this.lookMs;
    this.#lookedAt = nowMs;
    const patienceMs = this.#leaseMs / RENEWALS_PER_LEASE;
    // A process that stood still has yet to read what was answered meanwhile.
    if (waitsSince === undefined || lateMs > patienceMs / 2) return false;
    // Behind a connection that was given up the engine itself is slow, and everything that was heard is read anew each time.
    const isAgain = nowMs - this.#gaveUpAt < this.#leaseMs;
    if (nowMs - waitsSince < (isAgain ? this.#leaseMs : patienceMs)) return false;
    this.#gaveUpAt = nowMs;
    return true;
  }
}
