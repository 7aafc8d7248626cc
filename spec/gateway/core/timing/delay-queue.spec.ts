import fc from 'fast-check';
import t from 'tap';
import { DelayQueue } from '../../../../lib/gateway/core/timing/delay-queue';
import { ManualClock } from '../../../support/manual-clock';

t.test('things come out after their time, in the order they went in, on one timer', async (t) => {
  const clock = new ManualClock();
  const out: string[] = [];
  const queue = new DelayQueue<string>(clock, 100, (item) => out.push(item));
  queue.add('a');
  clock.advance(40);
  queue.add('b');
  queue.add('c');
  t.equal(clock.timers, 1);
  clock.advance(59);
  t.strictSame(out, []);
  clock.advance(1);
  t.strictSame(out, ['a']);
  clock.advance(40);
  t.strictSame(out, ['a', 'b', 'c']);
  t.equal(clock.timers, 0, 'an empty queue has no timer');
});

t.test('adding again begins the wait anew, deleting ends it', async (t) => {
  const clock = new ManualClock();
  const out: string[] = [];
  const queue = new DelayQueue<string>(clock, 100, (item) => out.push(item));
  queue.add('a');
  queue.add('b');
  clock.advance(60);
  queue.add('a');
  t.ok(queue.delete('b'));
  t.notOk(queue.delete('b'));
  clock.advance(99);
  t.strictSame(out, []);
  t.ok(queue.has('a'));
  clock.advance(1);
  t.strictSame(out, ['a']);
  t.notOk(queue.has('a'));
});

t.test('an item that is due may be added again and waits again', async (t) => {
  const clock = new ManualClock();
  let runs = 0;
  const queue = new DelayQueue<string>(clock, 100, (item) => {
    runs++;
    if (runs < 3) queue.add(item);
  });
  queue.add('a');
  clock.advance(1000);
  t.equal(runs, 3);
});

t.test('a stopped queue forgets everything and takes nothing', async (t) => {
  const clock = new ManualClock();
  const queue = new DelayQueue<string>(clock, 100, () => t.fail('nothing is due'));
  queue.add('a');
  queue.stop();
  queue.add('b');
  t.equal(clock.timers, 0);
  t.notOk(queue.has('b'));
  clock.advance(1000);
});

t.test('the queue fires as one timer for each item would', async () => {
  const item = fc.nat(4);
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), item }),
    fc.record({ do: fc.constant('delete' as const), item }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat(150) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const [oneClock, manyClock] = [new ManualClock(), new ManualClock()];
      const one: Array<[number, number]> = [];
      const many: Array<[number, number]> = [];
      const queue = new DelayQueue<number>(oneClock, 100, (each) =>
        one.push([each, oneClock.now()]),
      );
      const timers = new Map<number, object>();
      const cancel = (each: number): void => {
        const timer = timers.get(each);
        if (timer !== undefined) manyClock.clearTimeout(timer);
        timers.delete(each);
      };
      for (const each of steps) {
        if (each.do === 'pass') {
          oneClock.advance(each.ms);
          manyClock.advance(each.ms);
          continue;
        }
        cancel(each.item);
        if (each.do === 'delete') queue.delete(each.item);
        else {
          queue.add(each.item);
          const run = (): void => {
            timers.delete(each.item);
            many.push([each.item, manyClock.now()]);
          };
          timers.set(each.item, manyClock.setTimeout(run, 100));
        }
      }
      oneClock.advance(1000);
      manyClock.advance(1000);
      return JSON.stringify(one) === JSON.stringify(many);
    }),
    { numRuns: 100 },
  );
});
