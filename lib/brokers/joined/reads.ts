import type { Clock } from '../../util/timers';
import type { Unavailable } from '../broker';

interface Read {
  deadline: number;
  failed: boolean;
  attempt(): void;
  giveUp(): void;
}

/** Questions to the engine that wait for an answer. One that failed is asked again until its time is over. */
export class Reads {
  readonly #clock: Clock;
  readonly #holdMs: number;
  readonly #reads = new Set<Read>();

  constructor(clock: Clock, holdMs: number) {
    this.#clock = clock;
    this.#holdMs = holdMs;
  }

  ask<T>(call: () => Promise<T>): Promise<T | Unavailable> {
    return new Promise((resolve) => {
      const read: Read = {
        deadline: this.#clock.now() + this.#holdMs,
        failed: false,
        attempt: () => {
          read.failed = false;
          call().then(
            (value) => {
              this.#reads.delete(read);
              resolve(value);
            },
            () => {
              read.failed = true;
            },
          );
        },
        giveUp: () => {
          this.#reads.delete(read);
          resolve('unavailable');
        },
      };
      this.#reads.add(read);
      read.attempt();
    });
  }

  /** Asks again where an attempt has failed. */
  retry(): void {
    for (const read of this.#reads) if (read.failed) read.attempt();
  }

  giveUp(): void {
    for (const read of this.#reads) read.giveUp();
  }

  tick(): void {
    const now = this.#clock.now();
    for (const read of this.#reads) if (now >= read.deadline) read.giveUp();
  }
}
