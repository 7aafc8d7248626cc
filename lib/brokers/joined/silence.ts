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
  readonly #patienceMs: number;
  #lookedAt: number | undefined;

  constructor({ holdMs, leaseMs }: { holdMs: number; leaseMs: number }) {
    this.lookMs = holdMs / LOOKS_PER_HOLD;
    this.#holdMs = holdMs;
    // A renewal is due after a third of the lease, and is given up after two: the last third is for another connection.
    // Not sooner: with a connection goes all that was heard over it, and behind a slow engine all gateways would read anew.
    this.#patienceMs = leaseMs / RENEWALS_PER_LEASE;
  }

  /** The state of a node, from the one before. */
  stateAfter(state: BrokerState, { ms, isAway, isInDoubt }: Silence): BrokerState {
    if (isInDoubt || ms >= this.#holdMs) return 'down';
    if (!isAway && ms < this.lookMs) return 'up';
    // A node that is down comes up when the engine answers, not when it is asked again.
    return state === 'up' ? 'holding' : state;
  }

  /** Looks whether a connection that seems to be there is to be given up, since a call over it waits for so long. */
  givesUp(nowMs: number, waitsSince: number | undefined): boolean {
    const lateMs = nowMs - (this.#lookedAt ?? nowMs) - this.lookMs;
    this.#lookedAt = nowMs;
    // A process that stood still has yet to read what was answered meanwhile.
    if (lateMs > this.#patienceMs / 2) return false;
    return waitsSince !== undefined && nowMs - waitsSince >= this.#patienceMs;
  }
}
