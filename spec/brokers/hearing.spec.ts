import t from 'tap';
import { Hearing } from '../../lib/brokers/joined/hearing';
import type { Replay } from '../../lib/brokers/joined/engine-link';
import type { Item } from '../../lib/wire/cluster';

function event(seq: number, text: string): Item {
  const options = { except: undefined, cacheMs: undefined, latest: undefined, volatile: undefined };
  return { kind: 'event', seq, text, from: 0, receipt: 0, ...options };
}

/** A hearing whose pages of events are answered one by one. */
function startHearing() {
  const all = { told: [] as number[], missed: 0, replays: 0 };
  let answer: (page: Replay) => void = () => undefined;
  const hearing = new Hearing({
    run: () => 'run',
    replay: () => {
      all.replays++;
      return new Promise((resolve) => (answer = resolve));
    },
    hears: () => true,
    dueFrom: () => 0,
    renumbered: () => undefined,
    tell: (_channel, items) => {
      all.told.push(...items.map(({ seq }) => seq));
      return all.told.at(-1) ?? 0;
    },
    replayed: () => undefined,
    missed: () => void all.missed++,
  });
  const page = (seqs: number[], isLast: boolean): void => {
    const items = seqs.map((seq) => event(seq, 'x'));
    answer({ batches: [{ channel: 'room', items }], upTo: seqs.at(-1) ?? 0, low: 0, isLast });
  };
  hearing.heard('room', [event(1, 'x')]);
  hearing.hold();
  return { hearing, all, page, caughtUp: hearing.catchUp() };
}

t.test('events that are held back are bounded, and what may be missing is told', async (t) => {
  const { hearing, all, page, caughtUp } = startHearing();
  const megabyte = 'x'.repeat(1024 * 1024);
  for (let seq = 5; seq < 10; seq++) hearing.heard('room', [event(seq, megabyte)]);
  t.strictSame(all.told, [1], 'they wait');
  for (let seq = 10; seq < 20; seq++) hearing.heard('room', [event(seq, megabyte)]);
  t.strictSame(all.told, [1, ...Array.from({ length: 15 }, (_, i) => i + 5)], 'in their order');
  t.equal(all.missed, 1);
  page([2], true);
  await caughtUp;
  t.equal(all.told.includes(2), false, 'an earlier one does not come behind a later one');
  t.equal(all.missed, 1);
  t.equal(all.replays, 1);
});

t.test('events that were read do not come again when too many are held back', async (t) => {
  const { hearing, all, page } = startHearing();
  for (const seq of [3, 4]) hearing.heard('room', [event(seq, 'x')]);
  page([2, 3], false);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(all.replays, 2, 'the next page is asked for');
  hearing.heard('room', [event(5, 'x'.repeat(9 * 1024 * 1024))]);
  t.strictSame(all.told, [1, 2, 3, 4, 5]);
});
