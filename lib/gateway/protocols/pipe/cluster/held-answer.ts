import type { Eventual } from '../../../../brokers/eventual';
import type { Clock, Timer } from '../../../../util/timers';

/** Longest time that an answer is held back: brokers wait 10 s for one. */
const MAX_MS = 8_000;

/** The answers to frames that came while the receiver has no room: they are held back, so that fewer come. */
export class HeldAnswer {
  readonly #clock: Clock;
  readonly #waiting = new Map<() => void, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Answers `ok` at the next `release`, or after some time. */
  hold(): Eventual<string> {
    return new Promise((resolve) => {
      const end = (): void => {
        const timer = this.#waiting.get(end);
        if (timer !== undefined) this.#clock.clearTimeout(timer);
        this.#waiting.delete(end);
        resolve('ok');
      };
      this.#waiting.set(end, this.#clock.setTimeout(end, MAX_MS));
    });
  }

  release(): void {
    for (const end of [...this.#waiting.keys()]) end();
  }
}
