import { Ranges, type Range } from './ranges';

/**
 * Finished offsets of a partition: the floor, up to which all have finished, and the ranges above it. Offsets start in
 * order and end in any order. While they also end in order nothing is allocated.
 */
export class AckFloor {
  #done: number;
  #started: number;
  /** Finished above the floor. */
  readonly #ahead = new Ranges();

  /** @param done the last offset that needs no handling here. */
  constructor(done = 0) {
    this.#done = done;
    this.#started = done;
  }

  /** The floor: everything up to here has finished. */
  get done(): number {
    return this.#done;
  }

  /** The last offset started or skipped. */
  get started(): number {
    return this.#started;
  }

  /** The highest offset that has started and is not finished; the floor when there is none. */
  get lastOpen(): number {
    if (this.#done === this.#started) return this.#done;
    return (this.#ahead.firstUpTo(this.#started) ?? this.#started + 1) - 1;
  }

  /** Ranges above the floor. */
  get ahead(): number {
    return this.#ahead.length;
  }

  /** Offsets from `first` to `last` that have started and are not finished. */
  open(first: number, last: number): number {
    const from = Math.max(first, this.#done + 1);
    const to = Math.min(last, this.#started);
    return to < from ? 0 : to - from + 1 - this.#ahead.count(from, to);
  }

  has(offset: number): boolean {
    return offset <= this.#done || this.#ahead.has(offset);
  }

  /** The finished ranges above the floor, lowest first, at most `max`, cut off behind the offset `upTo`. */
  finished(max?: number, upTo?: number): Range[] {
    return this.#ahead.list(max, upTo);
  }

  /** The handling of `offset` begins. Repeats are ignored; offsets between the last one and `offset` are skipped. */
  start(offset: number): void {
    if (offset <= this.#started) return;
    if (offset > this.#started + 1) this.skip(this.#started + 1, offset - 1);
    this.#started = offset;
  }

  /** The handling of `offset`, which has started, has ended, well or not. Ignored when it had ended before. */
  finish(offset: number): void {
    if (offset <= this.#done || offset > this.#started) return;
    if (offset !== this.#done + 1) this.#ahead.add(offset, offset);
    else this.#raise(offset);
  }

  /** The next offset to start is `first`. Offsets between the last one and `first` will never start. */
  skipTo(first: number): void {
    this.skip(this.#started + 1, first - 1);
  }

  /** Offsets from `first` to `last` need no handling here, whether they have started or not: they count as finished. */
  skip(first: number, last: number): void {
    if (!(first <= last)) return;
    if (last > this.#started) {
      // The offsets before the skipped ones, if any, are skipped with them: they will never start.
      if (first > this.#started + 1) first = this.#started + 1;
      this.#started = last;
    }
    if (last <= this.#done) return;
    if (first > this.#done + 1) {
      this.#ahead.add(first, last);
      return;
    }
    this.#ahead.delete(this.#done + 1, last);
    this.#raise(last);
  }

  #raise(done: number): void {
    this.#done = done;
    if (this.#ahead.length > 0) this.#done = this.#ahead.takeFrom(done + 1) ?? done;
  }
}
