import fc from 'fast-check';
import t from 'tap';
import { Heartbeat, type HeartbeatTimes } from '../../lib/util/heartbeat';
import { ManualClock } from '../support/manual-clock';

const TIMES = { pingMs: 10_000, deadMs: 25_000 };

interface Watched {
  clock: ManualClock;
  heartbeat: Heartbeat;
  pings: number[];
  deaths: number[];
}

function watched(times: HeartbeatTimes = TIMES): Watched {
  const clock = new ManualClock();
  const pings: number[] = [];
  const deaths: number[] = [];
  const heartbeat = new Heartbeat(clock, times, {
    ping: () => void pings.push(clock.now()),
    dead: () => void deaths.push(clock.now()),
  });
  return { clock, heartbeat, pings, deaths };
}

t.test('a ping is due after pingMs of own silence, and not before', async (t) => {
  const { clock, heartbeat, pings } = watched();
  clock.advance(4_000);
  heartbeat.sent();
  heartbeat.heard();
  clock.advance(9_999);
  t.strictSame(pings, []);
  clock.advance(1);
  t.strictSame(pings, [14_000]);
});

t.test(
  'a peer is dead after deadMs of silence, is told of once, and no timer is left',
  async (t) => {
    const { clock, heartbeat, deaths } = watched();
    clock.advance(20_000);
    heartbeat.heard();
    clock.advance(24_999);
    t.strictSame(deaths, []);
    clock.advance(100_000);
    t.strictSame(deaths, [45_000]);
    t.equal(clock.timers, 0);
  },
);

t.test('a process that stood still gives its peer a second to be heard', async (t) => {
  for (const heard of [true, false]) {
    const { clock, heartbeat, deaths } = watched();
    clock.stall(60_000);
    clock.advance(999);
    t.strictSame(deaths, []);
    if (heard) heartbeat.heard();
    clock.advance(2);
    t.equal(deaths.length, heard ? 0 : 1);
  }
});

t.test(
  'a standstill is noticed whatever the times are, also one that ends at the deadline',
  async (t) => {
    const times = { pingMs: 60_000, deadMs: 8_000 };
    const { clock, deaths } = watched(times);
    clock.advance(1_000);
    clock.stall(7_500);
    clock.advance(0);
    t.strictSame(deaths, [], 'not judged by a timer that is only half a second late');
    clock.advance(1_000);
    t.strictSame(deaths, [9_500]);
  },
);

t.test('a heartbeat that was stopped in its own ping is silent', async (t) => {
  const clock = new ManualClock();
  let pings = 0;
  const heartbeat: Heartbeat = new Heartbeat(clock, TIMES, {
    ping: () => {
      pings += 1;
      heartbeat.stop();
    },
    dead: () => t.fail('dead'),
  });
  clock.advance(100_000);
  t.equal(pings, 1);
  t.equal(clock.timers, 0);
});

t.test('a peer that is heard often enough lives, one that is not dies in time', async () => {
  const step = fc.record({
    what: fc.constantFrom('heard', 'sent', 'stall', 'wait'),
    ms: fc.integer({ min: 0, max: 30_000 }),
  });
  const times = fc.record({
    pingMs: fc.integer({ min: 1_000, max: 30_000 }),
    deadMs: fc.integer({ min: 4_000, max: 60_000 }),
  });
  fc.assert(
    fc.property(times, fc.array(step, { size: 'max', maxLength: 60 }), (times, steps) => {
      const { clock, heartbeat, pings, deaths } = watched(times);
      let heardAtMs = 0;
      let stoodStillUntilMs = 0;
      for (const { what, ms } of steps) {
        if (what === 'heard') {
          heartbeat.heard();
          heardAtMs = clock.now();
        }
        if (what === 'sent') heartbeat.sent();
        if (what === 'stall') {
          clock.stall(ms);
          stoodStillUntilMs = clock.now();
        }
        clock.advance(what === 'wait' ? ms : 0);
        const [deadAtMs] = deaths;
        if (deadAtMs !== undefined) return deadAtMs - heardAtMs >= times.deadMs;
        const graceMs = clock.now() - stoodStillUntilMs <= 1_000 ? Infinity : 0;
        if (clock.now() - heardAtMs > times.deadMs + graceMs) return false;
      }
      return pings.every((at, i) => i === 0 || at - (pings[i - 1] ?? 0) >= times.pingMs);
    }),
  );
});
