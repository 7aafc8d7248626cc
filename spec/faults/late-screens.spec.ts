import t from 'tap';
import { lateScreens } from './late-screens';

t.test('a browser behind 40 kB/s sees the latest of 150 kB/s, and is not cut', async (t) => {
  const { slow, quick, ...report } = await lateScreens(t, {
    line: { bytesPerMs: 40 },
    ...{ hz: 30, ticks: 90, stateBytes: 5_000, tradeEvery: 30 },
  });
  t.match(report, { cut: 0, errors: [] });
  t.equal(slow.states.at(-1), 89, 'the last one in the end');
  t.equal(quick.states.at(-1), 89);
  for (const { states } of [slow, quick]) {
    t.strictSame(
      states,
      [...states].sort((a, b) => a - b),
      'in their order',
    );
  }
  t.strictSame(slow.trades, [0, 1, 2], 'and every event that is not latest');
  t.strictSame(quick.trades, [0, 1, 2]);
  t.ok(report.dropped > 0);
  t.ok(slow.states.length < quick.states.length, `${slow.states.length} of ${quick.states.length}`);
});
