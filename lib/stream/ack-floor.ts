/**
 * Turns completions that come in any order into one cumulative acknowledgement: the highest offset up to which
 * everything has finished. Offsets start in order. While they also finish in order nothing is allocated.
 */
export class AckFloor {
  #done: number;
  #started: number;
  /** Finished beyond `done`. */
  readonly #ahead = new Set<number>();
  /** Announced jumps beyond `done`: from the last offset before each to the last one skipped. */
  readonly #jumps = new Map<number, number>();

  /** @param done the last offset that needs no handling here. */
  constructor(done = 0) {
    this.#done = done;
    this.#started = done;
  }

  /** Everything up to here has finished. */
  get done(): number {
    return this.#done;
  }

  /** The last offset started or skipped. */
  get started(): number {
    return this.#started;
  }

  /** How many offsets have finished, or were skipped over, but wait for one before them. */
  get ahead(): number {
    return this.#ahead.size + this.#jumps.size;
  }

  /** The handling of `offset` begins. Repeats are ignored; what lies between the last one and `offset` is skipped. */
  start(offset: number): void {
    if (offset <= this.#started) return;
    this.skipTo(offset);
    this.#started = offset;
  }

  /** The next offset to start is `first`; what lies before it will never start. */
  skipTo(first: number): void {
    const last = first - 1;
    if (last <= this.#started) return;
    if (this.#done === this.#started) this.#done = last;
    else this.#jumps.set(this.#started, last);
    this.#started = last;
  }

  /** The handling of `offset`, which has started, has ended, well or not. Ignored when it had ended before. */
  finish(offset: number): void {
    if (offset <= this.#done || offset > this.#started) return;
    if (offset !== this.#done + 1) {
      this.#ahead.add(offset);
      return;
    }
    this.#done = offset;
    if (this.#ahead.size > 0 || this.#jumps.size > 0) this.#advance();
  }

  #advance(): void {
    for (;;) {
      const jump = this.#jumps.get(this.#done);
      if (jump !== undefined) {
        this.#jumps.delete(this.#done);
        this.#done = jump;
      } else if (this.#ahead.delete(this.#done + 1)) {
        this.#done += 1;
      } else {
        return;
      }
    }
  }
}
