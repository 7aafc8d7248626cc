import type { Clock, Timer } from '../../../util/timers';

/** Things that each wait the same time, with one timer for all of them. */
export class DelayQueue<T> {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #due: (item: T) => void;
  /** Due times. All wait equally long, so the first in the Map is the first due. */
  readonly #waiting = new Map<T, number>();
  #timer: Timer | undefined;
  #stopped = false;

  /** `due` is told each thing whose wait is over; it may add it again. */
  constructor(clock: Clock, delayMs: number, due: (item: T) => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#due = due;
  }

  has(item: T): boolean {
    return this.#waiting.has(item);
  }

  /** Begins the wait of a thing, or begins it again. */
  add(item: T): void {
    if (this.#stopped) return;
    this.#waiting.delete(item);
    this.#waiting.set(item, this.#clock.now() + this.#delayMs);
    this.#schedule();
  }

  /** Ends a wait early; false when the thing was not waiting. */
  delete(item: T): boolean {
    return this.#waiting.delete(item);
  }

  /** Ends all waits for good. Later additions are ignored. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    const [dueAt] = this.#waiting.values();
    if (dueAt === undefined) return;
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#timer = undefined;
        this.#run();
      },
      Math.max(1, Math.ceil(dueAt - this.#clock.now())),
    );
  }

  #run(): void {
    const now = this.#clock.now();
    for (const [item, dueAt] of this.#waiting) {
      if (dueAt > now) break;
      this.#waiting.delete(item);
      this.#due(item);
    }
    this.#schedule();
  }
}
