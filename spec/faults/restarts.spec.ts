import t from 'tap';
import { rollingRestart } from './restarts';

t.test('a gateway that is restarted gently loses nothing it has taken', async (t) => {
  const report = await rollingRestart(t, { restarts: 2, browsers: 10, drainMs: 2_000 });
  t.same(report.faults, []);
  t.ok(report.sockets >= 30, `${report.sockets} sockets`);
  t.equal(report.closes, report.sockets, 'a close for each');
  t.equal(report.repeated, 0);
  t.same(report.codes, [4100]);
});
