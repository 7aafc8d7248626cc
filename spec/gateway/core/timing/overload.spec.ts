import t from 'tap';
import { Overload } from '../../../../lib/gateway/core/timing/overload';
import { ManualClock } from '../../../support/manual-clock';

/** Seconds that have run so often; `late` makes the next one come so many milliseconds after its time. */
function startedOverload(): {
  overload: Overload;
  clock: ManualClock;
  runs(): number;
  late(ms: number): void;
} {
  const clock = new ManualClock();
  const overload = new Overload(clock);
  let runs = 0;
  overload.each(() => void (runs += 1));
  overload.start();
  const late = (ms: number): void => {
    clock.advance(999);
    clock.stall(1 + ms);
    clock.advance(0);
  };
  return { overload, clock, runs: () => runs, late };
}

t.test('all of them run once a second, with one timer', async (t) => {
  const { overload, clock, runs } = startedOverload();
  let others = 0;
  overload.each(() => void (others += 1));
  clock.advance(3_500);
  t.strictSame([runs(), others, clock.timers], [3, 3, 1]);
  overload.stop();
  overload.stop();
  t.equal(clock.timers, 0);
});

t.test('after a standstill nobody is judged before the waiting input was read', async (t) => {
  const { overload, clock, runs, late } = startedOverload();
  late(1_000);
  t.equal(runs(), 1);
  late(0);
  late(1_001);
  t.equal(runs(), 2);
  const order: string[] = [];
  overload.each(() => void order.push('judged'));
  clock.advance(999);
  clock.stall(1_002);
  // Input that came while it stood still: it is read in the turn of the timer.
  clock.endOfTurn(() => void order.push('read'));
  clock.advance(0);
  t.equal(runs(), 3, 'but duties go on under load');
  t.strictSame(order, ['read', 'judged']);
});

t.test('three late overload in a row mean overload, and one second in time ends it', async (t) => {
  const { overload, late } = startedOverload();
  const told = [501, 501, 500, 501, 501, 501, 60_000, 500].map((ms) => {
    late(ms);
    return overload.overloaded;
  });
  t.strictSame(told, [false, false, false, false, false, true, true, false]);
});
