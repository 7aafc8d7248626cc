import t from 'tap';
import { slowHandler, stalledBrowsers, webhookTarpit } from './slow';

for (const by of ['bytes', 'time'] as const) {
  t.test(`browsers that stop reading are cut by ${by}, and the others get all`, async (t) => {
    const stalled = by === 'bytes' ? 8 : 2;
    const report = await stalledBrowsers(t, { readers: 8, stalled, by, after: 16 });
    t.same(report.faults, []);
    t.equal(report.cut, stalled);
    t.same(report.codes, Array<number>(stalled).fill(4100));
    t.ok(report.unsentBytes > 0, 'they did not read');
    t.ok(report.unsentBytes <= report.capBytes, `${report.unsentBytes} of ${report.capBytes}`);
    if (by === 'time') t.ok(report.cutAfterMs <= 12_000, `after ${report.cutAfterMs} ms`);
  });
}

for (const group of [undefined, 'group']) {
  const where = group === undefined ? 'alone' : 'in a group';
  t.test(`a handler ten times too slow delays its own key only, ${where}`, async (t) => {
    const report = await slowHandler(t, { browsers: 16, messages: 100, ...(group && { group }) });
    t.same(report.faults, []);
    t.equal(report.handled, 1_600);
    t.ok(report.slowHandled <= 11, `${report.slowHandled} of 100 when the others were done`);
  });
}

t.test('a webhook endpoint that never answers delays nobody and fills no memory', async (t) => {
  const report = await webhookTarpit(t, { channels: 200, maxWebhookEvents: 20 });
  t.equal(report.taken, 200);
  t.equal(report.delivered, 200);
  t.ok(report.waiting <= 20, `${report.waiting} wait`);
  t.equal(report.waiting + report.dropped, 200, `${report.dropped} were given up, and counted`);
});
