import assert from 'node:assert/strict';
import type { Modules } from './modules';
import type { Step } from './steps';

export const RANGES_ACTIONS = 6;

/** The ranges against a plain set of numbers. */
export function rangesModel({ ranges: room }: Modules, sequence: Step[]): void {
  const ranges = new room.Ranges();
  const naive = new Set<number>();
  let next = 0;
  for (const { action, n } of sequence) {
    // Numbers from 1 to 64, so that ranges meet.
    next = (next * 7 + n + action) % 64;
    const first = next + 1;
    const last = first + (n % 6) - 1;
    if (action <= 2) {
      ranges.add(first, last);
      for (let i = first; i <= last; i += 1) naive.add(i);
    } else if (action <= 4) {
      ranges.delete(first, last);
      for (let i = first; i <= last; i += 1) naive.delete(i);
    } else {
      const from = n % 2 === 0 ? Math.min(...naive) : first;
      const took = ranges.takeFrom(from);
      let end = from;
      while (naive.has(end)) end += 1;
      const whole = naive.has(from) && from === Math.min(...naive);
      assert.equal(took, whole ? end - 1 : undefined, 'the lowest range, whole');
      if (took !== undefined) for (let i = from; i <= took; i += 1) naive.delete(i);
    }
    const list = ranges.list();
    assert.equal(list.length, ranges.length);
    for (let i = 1; i < list.length; i += 1) {
      const before = list[i - 1]?.last ?? Infinity;
      assert.ok((list[i]?.first ?? 0) > before + 1, 'sorted, disjoint, not adjacent');
    }
    const told = list.flatMap((range) =>
      Array.from({ length: range.last - range.first + 1 }, (_, i) => range.first + i),
    );
    assert.deepEqual(
      told,
      [...naive].sort((a, b) => a - b),
    );
    for (let i = 0; i <= 70; i += 1) {
      assert.equal(ranges.has(i), naive.has(i));
      let end = i;
      while (naive.has(end + 1)) end += 1;
      assert.equal(ranges.through(i), end);
    }
    const inside = (range: { first: number; last: number }): number[] =>
      Array.from({ length: range.last - range.first + 1 }, (_, i) => range.first + i);
    const window = inside({ first, last });
    assert.equal(ranges.count(first, last), window.filter((i) => naive.has(i)).length);
    assert.deepEqual(
      ranges.missing(first, last).flatMap(inside),
      window.filter((i) => !naive.has(i)),
    );
    assert.equal(ranges.list(1)[0]?.first, told[0]);
    assert.deepEqual(ranges.list(2), list.slice(0, 2));
  }
}
