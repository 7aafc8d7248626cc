import t from 'tap';
import { MinuteCounts } from '../../../../lib/gateway/core/console/minute-counts';
import { Recorder } from '../../../../lib/gateway/core/console/recorder';
import { Series, type Sample } from '../../../../lib/gateway/core/console/series';
import { ManualClock } from '../../../support/manual-clock';
import { OfflineChannels } from '../../../support/offline-channels';

const MINUTE_MS = 60_000;

t.test('counts of an hour are those of each minute, and older ones are forgotten', async (t) => {
  const counts = new MinuteCounts();
  const startMs = 1_000 * MINUTE_MS;
  const sum = (minutes: number, atMinute: number): number =>
    counts.sums(minutes, startMs + atMinute * MINUTE_MS).get('a') ?? 0;
  for (let minute = 0; minute < 10; minute++) counts.add('a', startMs + minute * MINUTE_MS);
  t.equal(sum(5, 9), 5);
  t.equal(sum(60, 9), 10);
  t.equal(sum(5, 12), 2);
  t.equal(sum(5, 30), 0);
  t.equal(sum(60, 60), 9);
  t.equal(sum(60, 69), 0);
  t.equal(sum(60, 10_000), 0);
  counts.add('a', startMs + 10_000 * MINUTE_MS);
  t.equal(sum(60, 10_000), 1);
});

t.test('counts have a limit of keys, and count the others together', async (t) => {
  const counts = new MinuteCounts();
  for (let i = 0; i < 1_000; i++) counts.add(`key ${i}`, 0);
  const sums = counts.sums(60, 0);
  t.equal(sums.size, 301);
  t.equal(sums.get('other'), 700);
});

t.test(
  'the recorder keeps a bounded number of rows, the latest first, and short texts',
  async (t) => {
    const recorder = new Recorder(new ManualClock());
    const refused = { entrance: 'channels', reason: 'malformed', app: '1', address: '' };
    for (let i = 0; i < 2_000; i++) {
      const message = `${i} ${'x'.repeat(10_000)}`;
      recorder.refused({ ...refused, message, socket: String(i), channel: 'y'.repeat(10_000) });
      recorder.backend({
        ...{ app: '1', group: 'g', backend: 'b', address: '', what: 'connected' },
        ...{ code: undefined, why: 'z'.repeat(10_000) },
      });
      recorder.acted({ app: '1', by: 'ops', act: 'close', on: String(i) });
    }
    const refusals = [...recorder.refusals((app) => app === '1')];
    t.equal(refusals.length, 500);
    t.equal(refusals[0]?.socket, '1999');
    t.ok(refusals.every(({ message, channel }) => message.length <= 201 && channel.length <= 201));
    t.equal([...recorder.backends('1')].length, 500);
    t.equal([...recorder.acts(() => true)].length, 200);
    t.equal([...recorder.refusals((app) => app === '2')].length, 0);
  },
);

t.test('sockets that are gone are kept with their channels', async (t) => {
  const channels = new OfflineChannels();
  const recorder = new Recorder(channels.clock);
  for (let i = 0; i < 2_100; i++) {
    const browser = channels.browser();
    if (i === 2_099) for (let c = 0; c < 20; c++) browser.subscribe(`room-${c}`);
    const socket = channels.app.sockets.get(browser.id);
    if (socket !== undefined) recorder.closed(socket, 1006, 'gone');
    browser.leave();
  }
  const closed = [...recorder.closes('1')];
  t.equal(closed.length, 2_000);
  t.equal(closed[0]?.channels.length, 10);
  t.equal(recorder.closeCounts.sums(5, channels.clock.wall()).get('1 1006'), 2_100);
});

t.test('samples of 15 minutes are kept', async (t) => {
  const series = new Series();
  t.equal(series.before(0), undefined);
  for (let at = 0; at < 1_000; at++) series.add({ at } as Sample);
  t.equal(series.samples.length, 180);
  t.equal(series.before(900)?.at, 900);
  t.equal(series.before(0)?.at, 820);
});
