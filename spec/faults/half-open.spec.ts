import t from 'tap';
import { halfOpen } from './half-open';

t.test('connections that nobody says are dead are found out, and nothing is lost', async (t) => {
  const report = await halfOpen(t, { vanishing: 5 });
  t.same(report.faults, []);
  t.ok(report.clientNoticedMs <= 25_000 + 1_000, `the backend after ${report.clientNoticedMs} ms`);
  // Life signs are checked every quarter of the ping time.
  t.ok(
    report.gatewayNoticedMs <= 27_500 + 1_000,
    `the gateway after ${report.gatewayNoticedMs} ms`,
  );
  t.ok(report.resumed, 'the session goes on');
  t.same(report.codes, Array<number>(5).fill(4201), 'one close for each browser');
  t.equal(report.wrongCloses, 0);
  t.equal(report.connections, report.live, 'no connection is kept');
});
