/** Consecutive numbers, both ends included. */
export interface Range {
  first: number;
  last: number;
}

/**
 * A set of whole numbers, kept as ranges: sorted, disjoint and never adjacent. It costs memory by the range, not by the
 * number. A number that continues the last range is added in O(1), any other one in O(log n) and a move of the ranges
 * behind it.
 */
export class Ranges {
  readonly #ranges: Range[] = [];

  /** Number of ranges. */
  get length(): number {
    return this.#ranges.length;
  }

  /** The first number of the highest range when that range ends at `last`; undefined otherwise. */
  firstUpTo(last: number): number | undefined {
    const top = this.#ranges[this.#ranges.length - 1];
    return top?.last === last ? top.first : undefined;
  }

  has(number: number): boolean {
    const range = this.#ranges[this.#from(number)];
    return range !== undefined && range.first <= number;
  }

  /** Adds the numbers from `first` to `last`. Numbers that are in the set already change nothing. */
  add(first: number, last: number): void {
    if (!(first <= last)) return;
    const ranges = this.#ranges;
    const top = ranges[ranges.length - 1];
    if (top === undefined || top.last < first - 1) {
      ranges.push({ first, last });
      return;
    }
    // The first range that the new one overlaps or touches, and the first one behind it that it does not.
    const at = top.last === first - 1 ? ranges.length - 1 : this.#from(first - 1);
    const touched = ranges[at] as Range;
    if (touched.first > last + 1) {
      ranges.splice(at, 0, { first, last });
      return;
    }
    let end = at + 1;
    while (end < ranges.length && (ranges[end] as Range).first <= last + 1) end += 1;
    touched.first = Math.min(touched.first, first);
    touched.last = Math.max(last, (ranges[end - 1] as Range).last);
    if (end > at + 1) ranges.splice(at + 1, end - at - 1);
  }

  /** Takes the numbers from `first` to `last` out. */
  delete(first: number, last: number): void {
    if (!(first <= last)) return;
    const ranges = this.#ranges;
    const at = this.#from(first);
    let end = at;
    const left: Range[] = [];
    for (; end < ranges.length && (ranges[end] as Range).first <= last; end += 1) {
      const range = ranges[end] as Range;
      if (range.first < first) left.push({ first: range.first, last: first - 1 });
      if (range.last > last) left.push({ first: last + 1, last: range.last });
    }
    if (end > at) ranges.splice(at, end - at, ...left);
  }

  /** Takes the lowest range out when it begins at `first`, and returns its last number. */
  takeFrom(first: number): number | undefined {
    const lowest = this.#ranges[0];
    if (lowest?.first !== first) return undefined;
    this.#ranges.shift();
    return lowest.last;
  }

  /** The last number of the unbroken stretch that begins behind `number`; `number` itself when there is none. */
  through(number: number): number {
    if (this.#ranges.length === 0) return number;
    const range = this.#ranges[this.#from(number + 1)];
    return range !== undefined && range.first <= number + 1 ? range.last : number;
  }

  /** Count of numbers from `first` to `last` in the set. */
  count(first: number, last: number): number {
    let count = 0;
    if (last < first) return count;
    for (let i = this.#from(first); i < this.#ranges.length; i += 1) {
      const range = this.#ranges[i] as Range;
      if (range.first > last) break;
      count += Math.min(last, range.last) - Math.max(first, range.first) + 1;
    }
    return count;
  }

  /** The stretches from `first` to `last` that are not in the set, lowest first. */
  missing(first: number, last: number): Range[] {
    const missing: Range[] = [];
    let next = first;
    for (let i = this.#from(first); i < this.#ranges.length && next <= last; i += 1) {
      const range = this.#ranges[i] as Range;
      if (range.first > last) break;
      if (range.first > next) missing.push({ first: next, last: range.first - 1 });
      next = range.last + 1;
    }
    if (next <= last) missing.push({ first: next, last });
    return missing;
  }

  /** Copies of the lowest `max` ranges, lowest first, cut off behind the number `upTo`. */
  list(max = Infinity, upTo = Infinity): Range[] {
    const ranges: Range[] = [];
    for (const { first, last } of this.#ranges) {
      if (ranges.length >= max || first > upTo) break;
      ranges.push({ first, last: Math.min(last, upTo) });
    }
    return ranges;
  }

  /** Index of the first range that ends at `number` or above it. */
  #from(number: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle] as Range).last < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
