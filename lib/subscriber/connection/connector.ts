import { backoff } from '../../util/backoff';
import type { Clock, Timer } from '../../util/timers';
import type { Candidate } from '../transports/candidates';
import { Attempt, type Established, type AttemptOutcome } from './attempt';
import type { ConnectionError } from './messages';

/** Events of a connector. `established` and `refused` are the last. */
export interface ConnectorHandlers {
  established(established: Established): void;
  /** The gateway does not want this client; with `tls` it wants it over TLS. */
  refused(verdict: 'never' | 'tls'): void;
  /** The gateway's error at an attempt, or its fault. */
  error(error: ConnectionError): void;
  /** The next attempt of one way follows after so many milliseconds; `told` where the gateway asked for it. */
  retrying(delayMs: number, told: boolean): void;
}

/** Times at which a way is tried again. */
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
 * Head start of a WebSocket before an attempt over HTTP. A port that opens again takes both, and clients that went to
 * HTTP would have to come back.
 */
const HEAD_START_MS = 2_000;

/**
 * Connects: tries every way from its time on, each again and again with growing random waits, until a gateway has
 * greeted or refused. A way that fails is never given up, so a port that was closed for a moment decides nothing.
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
      startedAtMs: 0,
      timer: undefined,
      yielding: false,
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
      const waitMs = lane.candidate.isFallback && !lane.yielding ? this.#letWebSocketsBegin() : 0;
      lane.yielding = waitMs > 0;
      if (lane.yielding) this.#plan(lane, waitMs);
      else this.#start(lane);
    }, delayMs);
  }

  #start(lane: Lane): void {
    lane.startedAtMs = this.#clock.now();
    lane.attempt = new Attempt(lane.candidate, this.#clock, (outcome) =>
      this.#ended(lane, outcome),
    );
  }

  /** Starts the WebSockets that wait after a failure. The result is the wait that their head start asks for. */
  #letWebSocketsBegin(): number {
    for (const lane of this.#lanes) {
      if (lane.candidate.isFallback || lane.attempt !== undefined || lane.failures === 0) continue;
      if (lane.timer !== undefined) this.#clock.clearTimeout(lane.timer);
      lane.timer = undefined;
      this.#start(lane);
    }
    return this.#headStartLeftMs();
  }

  /** Time until no WebSocket that is being tried has a head start any more. */
  #headStartLeftMs(): number {
    const begun = this.#lanes
      .filter(({ candidate, attempt }) => !candidate.isFallback && attempt !== undefined)
      .map(({ startedAtMs }) => startedAtMs + HEAD_START_MS - this.#clock.now());
    return Math.max(0, ...begun);
  }

  #ended(lane: Lane, outcome: AttemptOutcome): void {
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
    // An attempt over HTTP that gave way to this one has only the others to wait for.
    for (const other of this.#lanes) {
      if (other.yielding) this.#plan(other, this.#headStartLeftMs());
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

/** A way to connect and its state: it waits (timer), tries (attempt), or is idle in between. */
interface Lane {
  readonly candidate: Candidate;
  failures: number;
  attempt: Attempt | undefined;
  startedAtMs: number;
  timer: Timer | undefined;
  /** The timer is the head start of a WebSocket. */
  yielding: boolean;
}
