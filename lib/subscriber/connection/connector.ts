import { backoff } from '../../util/backoff';
import type { Clock, Timer } from '../../util/timers';
import type { Candidate } from '../transports/candidates';
import { Attempt, type Established, type Outcome } from './attempt';
import type { ConnectionError } from './messages';

/** What a connector tells. Nothing follows `established` and `refused`. */
export interface ConnectorHandlers {
  established(established: Established): void;
  /** The gateway does not want this client; with `tls` it wants it over TLS. */
  refused(verdict: 'never' | 'tls'): void;
  /** What the gateway said at an attempt, or did wrong. */
  error(error: ConnectionError): void;
  /** The next attempt of one way follows after so many milliseconds; `told` where the gateway asked for it. */
  retrying(delayMs: number, told: boolean): void;
}

/** When a way is tried again. */
export interface RetrySettings {
  /** Wait before the first attempt. */
  firstMs: number;
  /** Limit of the first wait after a failure; it doubles with each one. */
  baseMs: number;
  maxMs: number;
}

/** A gateway that pushes back is left alone for this long, and for up to twice that. */
export const PUSHED_BACK_MS = 1_000;

/**
 * Connects: tries every way from its time on, each again and again with growing random waits, until a gateway has greeted
 * or refused. A way that fails is never given up, so a port that was closed for a moment decides nothing.
 */
export class Connector {
  readonly #clock: Clock;
  readonly #retry: RetrySettings;
  readonly #handlers: ConnectorHandlers;
  readonly #lanes: Lane[];
  #over = false;

  constructor(
    candidates: readonly Candidate[],
    retry: RetrySettings,
    clock: Clock,
    handlers: ConnectorHandlers,
  ) {
    this.#clock = clock;
    this.#retry = retry;
    this.#handlers = handlers;
    this.#lanes = candidates.map((candidate) => ({
      candidate,
      failures: 0,
      attempt: undefined,
      timer: undefined,
    }));
    for (const lane of this.#lanes) this.#plan(lane, retry.firstMs + lane.candidate.afterMs);
  }

  /** Tries all ways that wait for a failure to be forgotten at once: the network is back. */
  hurry(): void {
    for (const lane of this.#lanes) {
      if (lane.attempt === undefined && lane.failures > 0) this.#plan(lane, 0);
    }
  }

  abort(): void {
    this.#over = true;
    for (const { attempt, timer } of this.#lanes) {
      attempt?.abort();
      if (timer !== undefined) this.#clock.clearTimeout(timer);
    }
  }

  #plan(lane: Lane, delayMs: number): void {
    if (lane.timer !== undefined) this.#clock.clearTimeout(lane.timer);
    lane.timer = this.#clock.setTimeout(() => {
      lane.timer = undefined;
      lane.attempt = new Attempt(lane.candidate, this.#clock, (outcome) =>
        this.#ended(lane, outcome),
      );
    }, delayMs);
  }

  #ended(lane: Lane, outcome: Outcome): void {
    lane.attempt = undefined;
    if (this.#over) return;
    if (outcome.kind === 'established') {
      this.abort();
      return this.#handlers.established(outcome.established);
    }
    const { verdict, error } = outcome;
    if (error !== undefined) this.#handlers.error(error);
    // A handler of the error may have disconnected.
    if (this.#isOver()) return;
    if (verdict === 'never' || verdict === 'tls') {
      this.abort();
      return this.#handlers.refused(verdict);
    }
    const delayMs = this.#delay(lane, verdict);
    this.#handlers.retrying(delayMs, verdict !== undefined);
    if (!this.#isOver()) this.#plan(lane, delayMs);
  }

  #delay(lane: Lane, verdict: 'backoff' | 'now' | undefined): number {
    const { baseMs, maxMs } = this.#retry;
    const attempt = lane.failures++;
    if (verdict === 'now' && attempt === 0) return 0;
    const random = (): number => this.#clock.random();
    const grown = backoff(attempt, { baseMs, maxMs, random });
    return verdict === 'backoff' ? PUSHED_BACK_MS + grown : grown;
  }

  #isOver(): boolean {
    return this.#over;
  }
}

/** One way and where it stands: it waits (timer), tries (attempt), or neither in between. */
interface Lane {
  readonly candidate: Candidate;
  failures: number;
  attempt: Attempt | undefined;
  timer: Timer | undefined;
}
