import assert from 'node:assert/strict';
import type { Modules } from './modules';
import type { Step } from './steps';

export const RING_ACTIONS = 6;

/** The ring against an array. Bursts are large enough to make it grow and shrink. */
export function ringModel({ ring: room }: Modules, sequence: Step[]): void {
  const ring = new room.Ring<number>();
  let array: number[] = [];
  let value = 0;
  for (const { action, n } of sequence) {
    if (action <= 1) {
      const count = n === 0 ? 3000 : n;
      for (let i = 0; i < count; i += 1) {
        value += 1;
        array.push(value);
        ring.push(value);
      }
    } else if (action === 2) {
      assert.equal(ring.shift(), array.shift());
    } else if (action === 3) {
      const count = n === 0 ? 10_000 : n === 1 ? 2_500 : n;
      ring.drop(count);
      array = array.slice(count);
    } else if (action === 4) {
      ring.set(n, -value);
      if (n < array.length) array[n] = -value;
    } else {
      assert.deepEqual(ring.slice(n, 5), array.slice(n, n + 5));
      assert.equal(ring.at(n), array[n]);
    }
    assert.equal(ring.length, array.length);
    assert.equal(ring.at(0), array[0]);
    assert.equal(ring.at(array.length - 1), array.at(-1));
    assert.equal(ring.at(array.length), undefined);
    assert.equal(ring.at(-1), undefined);
  }
  assert.deepEqual(ring.slice(0, array.length), array);
}
