const MAX_FAILURES = 5;
const OPEN_MS = 30_000;

/**
 * Leaves a receiver alone that fails again and again: after five failures in a row nothing is sent for 30 s, then one
 * request tries whether it is back. Time comes from the caller, in milliseconds.
 */
export class Circuit {
  readonly #maxInFlight: number;
  #failures = 0;
  #openUntil = 0;

  constructor(maxInFlight: number) {
    this.#maxInFlight = maxInFlight;
  }

  /** Nothing is sent before this time. */
  get openUntil(): number {
    return this.#openUntil;
  }

  /** True when the next request only tries whether the receiver is back. */
  get trying(): boolean {
    return this.#failures >= MAX_FAILURES;
  }

  /** Number of requests that may be in flight now. */
  allowed(nowMs: number): number {
    if (nowMs < this.#openUntil) return 0;
    return this.trying ? 1 : this.#maxInFlight;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = 0;
  }

  /** True when this failure is the one that opens it. */
  failed(nowMs: number): boolean {
    this.#failures++;
    if (!this.trying || nowMs < this.#openUntil) return false;
    this.#openUntil = nowMs + OPEN_MS;
    return true;
  }
}
