import type { Clock, Timer } from '../../util/timers';
import type { AssignedPartition } from './assigned-partition';

/** Deadlines of the partitions that are asked back. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #passed: (partition: AssignedPartition) => void;
  readonly #timers = new Map<AssignedPartition, Timer>();

  constructor(clock: Clock, passed: (partition: AssignedPartition) => void) {
    this.#clock = clock;
    this.#passed = passed;
  }

  set(partition: AssignedPartition, afterMs: number): void {
    this.clear(partition);
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(partition);
      this.#passed(partition);
    }, afterMs);
    this.#timers.set(partition, timer);
  }

  clear(partition: AssignedPartition): void {
    const timer = this.#timers.get(partition);
    if (timer !== undefined) this.#clock.clearTimeout(timer);
    this.#timers.delete(partition);
  }

  clearAll(): void {
    for (const partition of this.#timers.keys()) this.clear(partition);
  }
}
