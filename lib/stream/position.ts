/**
 * A place in one partition: everything up to `offset` of `epoch`. Offsets begin at 1 and are never reused in an
 * epoch.
 */
export interface Position {
  epoch: number;
  offset: number;
}

/**
 * The receiver's half of one numbered direction: which of the numbers that arrive are new.
 */
export class Cursor {
  #next: number;

  /** @param next the first number expected. */
  constructor(next = 1) {
    this.#next = next;
  }

  /** The number expected next. */
  get next(): number {
    return this.#next;
  }

  /**
   * Takes a run of `count` numbers from `first`. Returns how many at its start are repeats to be dropped; undefined, and
   * no effect, when the run begins beyond the number expected: a jump that nobody announced.
   * @param skipped so many numbers right before `first` are left out, and are not expected any more
   */
  accept(first: number, count: number, skipped = 0): number | undefined {
    if (!(first - skipped <= this.#next)) return undefined;
    if (first > this.#next) this.#next = first;
    const repeated = Math.min(count, this.#next - first);
    this.#next += count - repeated;
    return repeated;
  }

  /**
   * An announced jump: the next number is `first`. A jump back is ignored, because frames of an earlier connection may
   * have brought numbers that the sender took for lost.
   */
  skipTo(first: number): void {
    if (first > this.#next) this.#next = first;
  }

  /**
   * True when a sender whose oldest unacknowledged number is `first` can go on here. False when numbers in between were
   * never seen: no honest sender says so.
   */
  continues(first: number): boolean {
    return first <= this.#next;
  }
}

/** An event that is not finished has taken the place of so many others. */
export interface Conflated {
  offset: number;
  /** All of them, also those counted in the event as it came. */
  count: number;
}
