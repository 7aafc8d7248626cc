import { ROOMY, type MemoryWatch } from '../../../stream/memory-watch';
import type { Clock, Timer } from '../../../util/timers';

export const SECOND_MS = 1000;
/** A second that comes so late is a sign of too much work; more than two in a row are no accident. */
const LATE_MS = 500;
const MAX_LATE = 2;

/**
 * The timer of all checks of connections, once a second. It measures how late the event loop is: an overloaded gateway
 * takes no new browsers, so that the connected browsers are served.
 */
export class Overload {
  readonly #clock: Clock;
  readonly memory: MemoryWatch;
  readonly #runs = new Set<() => void>();
  #timer: Timer | undefined;
  /** True while the gateway can serve no new browser for another reason: its broker is down. */
  isShut = false;
  /** Seconds in a row that came late. */
  #late = 0;

  /** @param memory says when the memory of the process is nearly used up */
  constructor(clock: Clock, memory: MemoryWatch = ROOMY) {
    this.#clock = clock;
    this.memory = memory;
  }

  get overloaded(): boolean {
    return this.isShut || this.#late > MAX_LATE || this.memory.isNear;
  }

  /** Milliseconds on its clock. */
  now(): number {
    return this.#clock.now();
  }

  /** Runs once a second, until the returned function is called. */
  each(run: () => void): () => void {
    this.#runs.add(run);
    return () => void this.#runs.delete(run);
  }

  start(): void {
    const dueMs = this.#clock.now() + SECOND_MS;
    this.#timer = this.#clock.setTimeout(() => {
      const lateMs = this.#clock.now() - dueMs;
      this.start();
      this.#late = lateMs > LATE_MS ? this.#late + 1 : 0;
      if (lateMs <= SECOND_MS) return this.#run();
      // Once is a process that was stopped, and no time for its peers; again is too much work, and duties go on.
      if (this.#late <= 1) return;
      // A process that stood still has not listened: input that waits in its sockets is read before anyone is judged.
      this.#clock.endOfTurn(() => this.#clock.endOfTurn(() => this.#run()));
    }, SECOND_MS);
  }

  #run(): void {
    if (this.#timer === undefined) return;
    for (const run of this.#runs) run();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
