import type { Clock, Timer } from '../util/timers';

/** Tells of handlers that run for long: each once, while it still runs. One timer serves all. */
export class SlowHandlers<T> {
  readonly #clock: Clock;
  readonly #slowMs: number;
  readonly #tell: (item: T, runningMs: number) => void;
  /** When each began, in that order; without those that were told of. */
  readonly #running = new Map<T, number>();
  #timer: Timer | undefined;

  constructor(clock: Clock, slowMs: number, tell: (item: T, runningMs: number) => void) {
    this.#clock = clock;
    this.#slowMs = slowMs;
    this.#tell = tell;
  }

  started(item: T): void {
    this.#running.set(item, this.#clock.now());
    this.#timer ??= this.#clock.setTimeout(() => this.#look(), this.#slowMs);
  }

  ended(item: T): void {
    if (this.#running.size > 0) this.#running.delete(item);
  }

  /** Ends the timer, which would otherwise run on for a while with nothing to watch. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running.clear();
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (const [item, sinceMs] of this.#running) {
      const leftMs = sinceMs + this.#slowMs - now;
      if (leftMs > 0) {
        this.#timer = this.#clock.setTimeout(() => this.#look(), leftMs);
        return;
      }
      this.#running.delete(item);
      this.#tell(item, now - sinceMs);
    }
  }
}
