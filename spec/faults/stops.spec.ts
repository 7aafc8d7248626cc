import t from 'tap';
import { backendStopped, gatewayStopped } from './stops';
import { until } from '../support/until';

t.test('a gateway that stood still goes on, and nobody is taken for gone', async (t) => {
  const client = { deadMs: 1_200, pingMs: 1_000, connectTimeoutMs: 300 };
  const report = await gatewayStopped(t, client, (lost) => until(lost));
  t.same(report.faults, []);
  t.same(report.sessions, ['new', 'resumed']);
  t.equal(report.closes, 0);
  t.equal(report.alive, 12);
});

t.test(
  'a backend that stood still too long may not act on partitions that it has lost',
  async (t) => {
    const report = await backendStopped(t);
    t.same(report.faults, []);
    t.ok(report.copies > 0, `what it was at came again: ${report.copies} messages`);
    t.ok(report.refused > 0, `${report.refused} of its answers came too late`);
  },
);
