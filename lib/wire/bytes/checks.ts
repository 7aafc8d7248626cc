import { CodecError } from '../codec-error';
import type { Range } from '../frames';
import { WIRE_LIMITS, isUint32, isWhole } from '../limits';

/** Checks of the three kinds of numbers on the wire: each returns its number or throws a CodecError. */

/** A count, a handle, a code, an epoch. */
export function uint32(value: number): number {
  if (!isUint32(value)) throw new CodecError(`${value} is no whole number from 0 to 2^32-1`);
  return value;
}

/** An offset or a sequence number. -0 becomes 0. */
export function whole(value: number): number {
  if (!isWhole(value)) throw new CodecError(`${value} is no whole number from 0 to 2^53-1`);
  return value + 0;
}

/** The finished ranges of a position: lowest first, above its offset, and with an unfinished offset before each. */
export function checkFinished(offset: number, finished: readonly Range[] | undefined): void {
  if (finished === undefined) return;
  if (finished.length > WIRE_LIMITS.maxRanges) {
    throw new CodecError(`a position has more than ${WIRE_LIMITS.maxRanges} finished ranges`);
  }
  let before = offset;
  for (const { first, last } of finished) {
    if (first <= before + 1 || last < first) {
      throw new CodecError(`the finished range ${first} to ${last} cannot follow ${before}`);
    }
    before = last;
  }
}

/** Counts of conflated events are as bounded as finished ranges. */
export function checkConflated(conflated: readonly unknown[] | undefined): void {
  if (conflated === undefined || conflated.length <= WIRE_LIMITS.maxRanges) return;
  throw new CodecError(`a position has more than ${WIRE_LIMITS.maxRanges} conflated counts`);
}

/** Checks the count of offsets that a run leaves out before `firstOffset`. The first offset of a stream is 1. */
export function checkSkipped(count: number, firstOffset: number): void {
  if (count >= firstOffset) {
    throw new CodecError(`a run from ${firstOffset} cannot skip ${count} offsets`);
  }
}

/** A time in milliseconds; it may have a fraction. -0 becomes 0. */
export function time(value: number): number {
  if (!(value >= 0 && value < Infinity)) throw new CodecError(`${value} is no time`);
  return value + 0;
}

/** The numbers of a batch: from `first` on, one for each entry, all from 1 to 2^53-1. */
export function checkBatch(first: number, count: number): void {
  // Counted down from the top: sums above 2^53-1 are rounded.
  if (!isWhole(first) || first < 1 || first > Number.MAX_SAFE_INTEGER - (count - 1)) {
    throw new CodecError(`a batch of ${count} cannot begin with number ${first}`);
  }
}
