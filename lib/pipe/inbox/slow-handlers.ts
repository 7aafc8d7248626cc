import type { Clock, Timer } from '../../util/timers';

/** A handler that runs: a link of the chain of all of them, oldest first. */
export interface Running<T> {
  readonly item: T;
  readonly sinceMs: number;
  before: Running<T> | undefined;
  after: Running<T> | undefined;
  watched: boolean;
}

/**
 * Reports handlers that run for long: each once, while it still runs. All share a timer, and a chain keeps them in
 * order, which costs every handler less than a map would.
 */
export class SlowHandlers<T> {
  readonly #clock: Clock;
  readonly #slowMs: number;
  readonly #tell: (item: T, runningMs: number) => void;
  #oldest: Running<T> | undefined;
  #newest: Running<T> | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock, slowMs: number, tell: (item: T, runningMs: number) => void) {
    this.#clock = clock;
    this.#slowMs = slowMs;
    this.#tell = tell;
  }

  started(item: T): Running<T> {
    const before = this.#newest;
    const sinceMs = this.#clock.now();
    const running = { item, sinceMs, before, after: undefined, watched: true };
    if (before === undefined) this.#oldest = running;
    else before.after = running;
    this.#newest = running;
    this.#timer ??= this.#clock.setTimeout(() => this.#look(), this.#slowMs);
    return running;
  }

  ended(running: Running<T>): void {
    if (!running.watched) return;
    running.watched = false;
    const { before, after } = running;
    if (before === undefined) this.#oldest = after;
    else before.after = after;
    if (after === undefined) this.#newest = before;
    else after.before = before;
    // Or what has ended would keep alive what ended after it, and the collector would take each for long-lived.
    running.before = running.after = undefined;
  }

  /** Ends the timer, which would otherwise run on for a while with nothing to watch. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#oldest !== undefined) this.ended(this.#oldest);
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let oldest = this.#oldest; oldest !== undefined; oldest = this.#oldest) {
      const leftMs = oldest.sinceMs + this.#slowMs - now;
      if (leftMs > 0) {
        this.#timer = this.#clock.setTimeout(() => this.#look(), leftMs);
        return;
      }
      this.ended(oldest);
      this.#tell(oldest.item, now - oldest.sinceMs);
    }
  }
}
