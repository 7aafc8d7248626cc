import v8 from 'node:v8';
import t from 'tap';
import { Admission, type AdmissionOutcome } from '../../../../lib/gateway/core/admission';
import { Metrics } from '../../../../lib/gateway/core/metrics';
import type { Socket } from '../../../../lib/gateway/core/model/socket';
import { MemoryLimit } from '../../../../lib/gateway/core/timing/memory-limit';
import { Overload } from '../../../../lib/gateway/core/timing/overload';
import { checkGatewayOptions } from '../../../../lib/gateway/options/options';
import { silent } from '../../../../lib/util/logger';
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

t.test('near the end of memory nothing new is taken, and a line a minute says so', async (t) => {
  const clock = new ManualClock();
  const errors: string[] = [];
  const log = {
    ...silent,
    error: (_details: object, message: string) => void errors.push(message),
  };
  const metrics = new Metrics();
  const heap = { used: 75, max: 100 };
  const resident = { used: 0, max: Infinity };
  const sources = { heap: () => heap, resident: () => resident, collect: () => undefined };
  const memory = new MemoryLimit(clock, sources);
  const overload = new Overload(clock, memory);
  const { limits } = checkGatewayOptions({ apps: [{ id: '1', key: 'key', secret: 'secret' }] });
  const admission = new Admission(limits, clock, memory);
  const socket = { app: { channels: new Map() } } as unknown as Socket;
  const asked = (): AdmissionOutcome =>
    admission.ask(socket, { channel: 'room', channelData: undefined });
  overload.each(() => memory.check({ metrics, log }));
  overload.start();
  t.match([overload.overloaded, asked()], [false, { kind: { name: 'room' } }]);
  heap.used = 76;
  t.notOk(overload.overloaded, 'a reading counts for a while');
  clock.advance(50);
  t.ok(overload.overloaded);
  t.match(asked(), { refused: { rule: 'limit', message: /no memory left/, status: 4100 } });
  clock.advance(59_950);
  t.strictSame([metrics.memoryLimitHits, errors.length], [60, 1]);
  heap.used = 20;
  clock.advance(50);
  t.notOk(overload.overloaded, 'and it takes them again');
  resident.max = 100;
  resident.used = 76;
  clock.advance(1_000);
  t.ok(overload.overloaded, 'near the limit of the container too');
  t.match(errors[1], /memory is nearly used up.*container/);
  overload.stop();
});

t.test('garbage that keeps others out is collected, for a tenth of the time at most', async (t) => {
  const clock = new ManualClock();
  const heap = { used: 76, max: 100 };
  const told: object[] = [];
  let live = 76;
  let collections = 0;
  const memory = new MemoryLimit(clock, {
    heap: () => ({ ...heap }),
    resident: () => ({ used: 0, max: Infinity }),
    collect: () => {
      collections++;
      heap.used = live;
      clock.stall(150);
    },
  });
  const log = { ...silent, debug: (details: object) => void told.push(details) };
  const checked = (): number => {
    clock.stall(1_000);
    memory.check({ metrics: new Metrics(), log });
    return collections;
  };
  t.strictSame([1, 2, 3, 4, 5].map(checked), [0, 1, 1, 2, 2], 'all of it is in use');
  live = 20;
  t.strictSame([1, 2, 3, 4, 5].map(checked), [3, 3, 3, 3, 3], 'the others have left');
  t.notOk(memory.isNear, 'and it is judged again at once');
  t.strictSame(told.at(-1), { collectedBytes: 56, tookMs: 150 });
  heap.used = 76;
  t.equal(checked(), 3, 'a moment is none');
  heap.used = 50;
  t.equal(checked(), 3);
  heap.used = 76;
  t.equal(checked(), 3);
});

t.test('a collection that is ordered of V8 is one', async (t) => {
  const clock = new ManualClock();
  const real = v8.getHeapStatistics();
  t.capture(v8, 'getHeapStatistics', () => ({ ...real, heap_size_limit: 1, used_heap_size: 1 }));
  const memory = new MemoryLimit(clock);
  const gone = new WeakRef({});
  // A reference that was read is kept until the end of its turn.
  await new Promise(setImmediate);
  for (let n = 0; n < 2; n++) memory.check({ metrics: new Metrics(), log: silent });
  t.equal(gone.deref(), undefined);
});

t.test('limits in bytes that memory cannot hold are named once at the start', async (t) => {
  const heap = { used: 0, max: 1e9 };
  const resident = { used: 0, max: Infinity };
  const sources = { heap: () => heap, resident: () => resident, collect: () => undefined };
  const warnings: string[] = [];
  const log = {
    ...silent,
    warn: (_details: object, message: string) => void warnings.push(message),
  };
  const app = { id: '1', key: 'key', secret: 'secret' };
  const weigh = (more: object = {}): void => {
    const settings = checkGatewayOptions({ apps: [{ ...app, ...more }], log });
    new MemoryLimit(new ManualClock(), sources).warnOfLimits(settings);
  };
  weigh();
  t.strictSame(warnings, []);
  heap.max = 480e6;
  weigh();
  t.match(warnings, [
    /maxPipeUnackedBytes, maxPipeWaitingBytes, maxCachedBytes, maxIdempotencyBytes\)/,
  ]);
  heap.max = 1e9;
  resident.max = 500e6;
  weigh({ webhooks: [{ url: 'https://example.com/' }] });
  t.match(warnings[1], /maxWebhookBytes.*--max-old-space-size/);
  t.equal(warnings.length, 2);
});

t.test(
  'a second in which memory was short is counted when it has room again by its end',
  async (t) => {
    const clock = new ManualClock();
    const metrics = new Metrics();
    const heap = { used: 76, max: 100 };
    const resident = { used: 0, max: Infinity };
    const sources = { heap: () => heap, resident: () => resident, collect: () => undefined };
    const memory = new MemoryLimit(clock, sources);
    t.ok(memory.isNear);
    heap.used = 20;
    clock.advance(50);
    memory.check({ metrics, log: silent });
    memory.check({ metrics, log: silent });
    t.equal(metrics.memoryLimitHits, 1);
  },
);
