import assert from 'node:assert/strict';
import type { Modules } from './modules';
import type { Step } from './steps';

export const ACK_FLOOR_ACTIONS = 6;

/** The acknowledgement against the naive one: all offsets ever seen, each open, finished or skipped. */
export function ackFloorModel({ ackFloor }: Modules, sequence: Step[]): void {
  const ack = new ackFloor.AckFloor(3);
  const open: number[] = [];
  let started = 3;
  for (const { action, n } of sequence) {
    if (action <= 1) {
      started += 1;
      open.push(started);
      ack.start(started);
    } else if (action <= 3) {
      const [offset] = open.splice(n % Math.max(1, open.length), 1);
      if (offset !== undefined) {
        ack.finish(offset);
        if (n % 2 === 0) ack.finish(offset);
      }
    } else if (action === 4) {
      ack.start(started - n);
      ack.finish(started + 1 + n);
    } else {
      const first = started + (n % 4);
      ack.skipTo(first);
      started = Math.max(started, first - 1);
    }
    assert.equal(ack.started, started);
    assert.equal(ack.done, open.length === 0 ? started : Math.min(...open) - 1);
    if (open.length === 0) assert.equal(ack.ahead, 0, 'nothing is left behind');
  }
}
