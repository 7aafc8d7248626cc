import type { Clock, Timer } from '../../../util/timers';

/** Shortest time between two writes. */
const PAUSE_MS = 5;

/**
 * The pace of writes that cost more than their content: one at a time, and a pause behind each. Content that comes
 * meanwhile is one write.
 */
export class WritePace {
  readonly #clock: Clock;
  readonly #write: () => void;
  #unanswered = 0;
  #pause: Timer | undefined;
  #isDue = false;

  constructor(clock: Clock, write: () => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** True when a write may leave now; otherwise `write` is called when it may. */
  mayWrite(): boolean {
    this.#isDue = this.#unanswered > 0 || this.#pause !== undefined;
    return !this.#isDue;
  }

  left(): void {
    this.#unanswered++;
    this.#pause ??= this.#clock.setTimeout(() => {
      this.#pause = undefined;
      this.#look();
    }, PAUSE_MS);
  }

  answered(): void {
    this.#unanswered--;
    this.#look();
  }

  /** Writes of before have no answer any more. */
  reset(): void {
    this.#unanswered = 0;
    this.#isDue = false;
  }

  stop(): void {
    this.reset();
    if (this.#pause !== undefined) this.#clock.clearTimeout(this.#pause);
  }

  #look(): void {
    if (this.#isDue && this.mayWrite()) this.#write();
  }
}
