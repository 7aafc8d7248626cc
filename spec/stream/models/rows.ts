import assert from 'node:assert/strict';
import type { Gap, Log, Taken } from '../../../lib/stream/log';
import type { Modules } from './modules';

/** A row of the table "resume, case by case": the position of a receiver and the answer of its sender. */
export interface Row {
  name: string;
  check(modules: Modules): void;
}

const EPOCH = 4;

/** A log of offsets 1 to `top` that keeps the last `kept`, the rest acknowledged if `acked`, else overflowed. */
function logOf(
  { log, budget, inFlight }: Modules,
  top: number,
  kept: number,
  acked = true,
): Log<number> {
  const room = new log.Log<number>({
    epoch: EPOCH,
    budget: new budget.Budget({ maxEntries: acked ? 1000 : kept, maxBytes: 1000 }),
  });
  for (let n = 1; n <= top; n += 1) room.append(n, 1);
  if (acked) {
    const first = new inFlight.InFlight();
    first.grant({ messages: 1000, bytes: 1000 });
    room.attach({ epoch: EPOCH, offset: 0 }, first);
    room.take(1000, 1000);
    room.ack({ epoch: EPOCH, offset: top - kept });
  }
  return room;
}

function answer(
  modules: Modules,
  log: Log<number>,
  position: { epoch: number; offset: number },
): { verdict: string; gap: Gap | undefined; events: number[] } {
  const flight = new modules.inFlight.InFlight();
  flight.grant({ messages: 1000, bytes: 1000 });
  const verdict = log.attach(position, flight);
  let gap: Gap | undefined;
  const events: number[] = [];
  for (;;) {
    const taken: Taken<number> | undefined = log.take(3, 1000);
    if (taken === undefined) return { verdict, gap, events };
    if (taken.type === 'gap') {
      assert.deepEqual([gap, events], [undefined, []], 'the gap comes first, and once');
      gap = taken.gap;
    } else {
      assert.equal(taken.epoch, log.epoch);
      events.push(...taken.events);
    }
  }
}

const at = (offset: number): { epoch: number; offset: number } => ({ epoch: EPOCH, offset });
const gapOf = (after: number, first: number, cause: Gap['cause']): Gap => {
  return { oldEpoch: EPOCH, after, newEpoch: EPOCH, first, cause, count: first - 1 - after };
};

export const rows: Row[] = [
  {
    name: 'done is the top: resumed, nothing to send',
    check: (m) =>
      assert.deepEqual(answer(m, logOf(m, 9, 3), at(9)), {
        verdict: 'resumed',
        gap: undefined,
        events: [],
      }),
  },
  {
    name: 'done is one below the top: resumed, one event',
    check: (m) =>
      assert.deepEqual(answer(m, logOf(m, 9, 3), at(8)), {
        verdict: 'resumed',
        gap: undefined,
        events: [9],
      }),
  },
  {
    name: 'done is one below the oldest kept: resumed, everything kept, no gap',
    check: (m) =>
      assert.deepEqual(answer(m, logOf(m, 9, 3), at(6)), {
        verdict: 'resumed',
        gap: undefined,
        events: [7, 8, 9],
      }),
  },
  {
    name: 'done is two below the oldest kept: a gap of one, then everything kept',
    check: (m) =>
      assert.deepEqual(answer(m, logOf(m, 9, 3, false), at(5)), {
        verdict: 'gap',
        gap: gapOf(5, 7, 'overflow'),
        events: [7, 8, 9],
      }),
  },
  {
    name: 'done is 0 and everything is kept: resumed from 1',
    check: (m) =>
      assert.deepEqual(answer(m, logOf(m, 3, 3), at(0)), {
        verdict: 'resumed',
        gap: undefined,
        events: [1, 2, 3],
      }),
  },
  {
    name: 'done is 0 and the oldest are gone: a gap',
    check: (m) =>
      assert.deepEqual(answer(m, logOf(m, 9, 3, false), at(0)), {
        verdict: 'gap',
        gap: gapOf(0, 7, 'overflow'),
        events: [7, 8, 9],
      }),
  },
  {
    name: 'done is above the top: the store lost its tail, a new epoch, never "nothing new"',
    check: (m) => {
      const log = logOf(m, 9, 3);
      assert.deepEqual(answer(m, log, at(10)), {
        verdict: 'gap',
        gap: {
          oldEpoch: EPOCH,
          after: 10,
          newEpoch: EPOCH + 1,
          first: 1,
          cause: 'store_lost',
          count: 0,
        },
        events: [],
      });
      assert.equal(log.epoch, EPOCH + 1);
      assert.equal(log.append(1, 1), 1, 'offsets begin again');
    },
  },
  {
    name: 'the log is trimmed to empty and done is the top: resumed, the top is remembered',
    check: (m) => {
      const log = logOf(m, 9, 0);
      assert.equal(log.length, 0);
      assert.equal(log.top, 9);
      assert.equal(answer(m, log, at(9)).verdict, 'resumed');
      assert.equal(log.append(10, 1), 10);
    },
  },
  {
    name: 'an older epoch: a gap into the present one, then everything kept',
    check: (m) => {
      const log = logOf(m, 9, 3);
      log.newEpoch('node_lost');
      log.append(1, 1);
      assert.deepEqual(answer(m, log, at(8)), {
        verdict: 'gap',
        gap: {
          oldEpoch: EPOCH,
          after: 8,
          newEpoch: EPOCH + 1,
          first: 1,
          cause: 'node_lost',
          count: 0,
        },
        events: [1],
      });
    },
  },
  {
    name: 'a newer epoch than the log knows: ahead, and nothing changes',
    check: (m) => {
      const log = logOf(m, 9, 3);
      const flight = new m.inFlight.InFlight();
      assert.equal(log.attach({ epoch: EPOCH + 1, offset: 2 }, flight), 'ahead');
      assert.deepEqual([log.epoch, log.low, log.top, log.unacked], [EPOCH, 7, 9, 3]);
    },
  },
  {
    name: 'no position: begins behind what was committed, and says what was sent before',
    check: (m) => {
      const log = logOf(m, 9, 3);
      log.append(10, 1);
      assert.deepEqual(log.committed, at(6));
      assert.equal(log.sent, 9, '7, 8 and 9 are redelivered');
      assert.deepEqual(answer(m, log, log.committed).events, [7, 8, 9, 10]);
    },
  },
  {
    name: 'events that arrive during the replay come after it, none twice, none missed',
    check: (m) => {
      const log = logOf(m, 9, 4);
      const flight = new m.inFlight.InFlight();
      flight.grant({ messages: 1000, bytes: 1000 });
      log.attach(at(5), flight);
      const events: number[] = [];
      for (let n = 10; n < 14; n += 1) {
        const taken = log.take(1, 1000);
        if (taken?.type === 'run') events.push(...taken.events);
        log.append(n, 1);
      }
      const rest = log.take(1000, 1000);
      if (rest?.type === 'run') events.push(...rest.events);
      assert.deepEqual(events, [6, 7, 8, 9, 10, 11, 12, 13]);
    },
  },
  {
    name: 'done is below what was committed and gone: a gap that says how many',
    check: (m) =>
      assert.deepEqual(answer(m, logOf(m, 9, 3), at(2)), {
        verdict: 'gap',
        gap: gapOf(2, 7, 'expired'),
        events: [7, 8, 9],
      }),
  },
];
