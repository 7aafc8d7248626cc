import assert from 'node:assert/strict';
import type { Modules } from './modules';
import type { Step } from './steps';

export const ACK_FLOOR_ACTIONS = 7;

/** The acknowledgement against the naive one: all offsets ever seen, each open, finished or skipped. */
export function ackFloorModel({ ackFloor }: Modules, sequence: Step[]): void {
  const floor = new ackFloor.AckFloor(3);
  const open = new Set<number>();
  let started = 3;
  const skip = (first: number, last: number): void => {
    for (let offset = first; offset <= last; offset += 1) open.delete(offset);
    started = Math.max(started, last);
  };
  for (const { action, n } of sequence) {
    if (action <= 1) {
      started += 1;
      open.add(started);
      floor.start(started);
    } else if (action <= 3) {
      const offset = [...open][n % Math.max(1, open.size)];
      if (offset !== undefined) {
        open.delete(offset);
        floor.finish(offset);
        if (n % 2 === 0) floor.finish(offset);
      }
    } else if (action === 4) {
      floor.start(started - n);
      floor.finish(started + 1 + n);
    } else if (action === 5) {
      const first = started + 1;
      const last = started + (n % 4);
      floor.skip(first, last);
      skip(first, last);
    } else {
      const first = Math.max(1, started - n);
      const last = first + (n % 5);
      floor.skip(first, last);
      skip(first, last);
    }
    assert.equal(floor.started, started);
    const done = open.size === 0 ? started : Math.min(...open) - 1;
    assert.equal(floor.done, done, 'the floor is below the first open offset');
    const told = floor.finished().flatMap(({ first, last }) => {
      assert.ok(first > done + 1, 'a range that touches the floor is part of it');
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
    const finished: number[] = [];
    for (let offset = done + 1; offset <= started; offset += 1) {
      if (!open.has(offset)) finished.push(offset);
    }
    assert.deepEqual(told, finished, 'the ranges are what has finished above the floor');
    for (const offset of open) assert.ok(!floor.has(offset));
    assert.ok(finished.every((offset) => floor.has(offset)) && floor.has(done));
    const unfinished = [...open].filter((offset) => offset > 5 && offset <= started - 2);
    assert.equal(floor.open(6, started - 2), unfinished.length);
    assert.equal(floor.lastOpen, Math.max(done, ...open));
    assert.ok(floor.finished(Infinity, done + 3).every(({ last }) => last <= done + 3));
    if (open.size === 0) assert.equal(floor.ahead, 0, 'nothing is left behind');
  }
}
