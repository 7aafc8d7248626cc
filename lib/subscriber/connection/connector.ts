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
  readonly #ways: Way[];
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
    this.#ways = candidates.map((candidate) => ({
      candidate,
      failures: 0,
      attempt: undefined,
      startedAtMs: 0,
      timer: undefined,
      yielding: false,
    }));
    for (const way of this.#ways) this.#plan(way, retry.firstMs + way.candidate.afterMs);
  }

  /** Tries all ways that wait for a failure to be forgotten at once: the network is back. */
  hurry(): void {
    for (const way of this.#ways) {
      if (way.attempt === undefined && way.failures > 0) this.#plan(way, 0);
    }
  }

  abort(): void {
    this.#over = true;
    for (const { attempt, timer } of this.#ways) {
      attempt?.abort();
      if (timer !== undefined) this.#clock.clearTimeout(timer);
    }
  }

  #plan(way: Way, delayMs: number): void {
    if (way.timer !== undefined) this.#clock.clearTimeout(way.timer);
    way.timer = this.#clock.setTimeout(() => {
      way.timer = undefined;
      const waitMs = way.candidate.isFallback && !way.yielding ? this.#letWebSocketsBegin() : 0;
      way.yielding = waitMs > 0;
      if (way.yielding) this.#plan(way, waitMs);
      else this.#start(way);
    }, delayMs);
  }

  #start(way: Way): void {
    way.startedAtMs = this.#clock.now();
    way.attempt = new Attempt(way.candidate, this.#clock, (outcome) => this.#ended(way, outcome));
  }

  /** Starts the WebSockets that wait after a failure. The result is the wait that their head start asks for. */
  #letWebSocketsBegin(): number {
    for (const way of this.#ways) {
      if (way.candidate.isFallback || way.attempt !== undefined || way.failures === 0) continue;
      if (way.timer !== undefined) this.#clock.clearTimeout(way.timer);
      way.timer = undefined;
      this.#start(way);
    }
    return this.#headStartLeftMs();
  }

  /** Time until no WebSocket that is being tried has a head start any more. */
  #headStartLeftMs(): number {
    const begun = this.#ways
      .filter(({ candidate, attempt }) => !candidate.isFallback && attempt !== undefined)
      .map(({ startedAtMs }) => startedAtMs + HEAD_START_MS - this.#clock.now());
    return Math.max(0, ...begun);
  }

  #ended(way: Way, outcome: AttemptOutcome): void {
    way.attempt = undefined;
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
    for (const other of this.#ways) {
      if (other.yielding) this.#plan(other, this.#headStartLeftMs());
    }
    const delayMs = this.#delay(way, verdict);
    this.#handlers.retrying(delayMs, verdict !== undefined);
    if (!this.#isOver()) this.#plan(way, delayMs);
  }

  #delay(way: Way, verdict: 'backoff' | 'now' | undefined): number {
    const { baseMs, maxMs } = this.#retry;
    const attempt = way.failures++;
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
interface Way {
  readonly candidate: Candidate;
  failures: number;
  attempt: Attempt | undefined;
  startedAtMs: number;
  timer: Timer | undefined;
  /** The timer is the head start of a WebSocket. */
  yielding: boolean;
}
