import t from 'tap';
import { Hearing } from '../../lib/brokers/joined/hearing';
import type { Replay } from '../../lib/brokers/joined/engine-link';
import type { Item } from '../../lib/wire/cluster';

function event(seq: number, text: string): Item {
  const options = { except: undefined, cacheMs: undefined, latest: undefined, volatile: undefined };
  return { kind: 'event', seq, text, from: 0, receipt: 0, ...options };
}

t.test('events that are held back are bounded, and what may be missing is told', async (t) => {
  const told: number[] = [];
  let [missed, replays] = [0, 0];
  let answer: (page: Replay) => void = () => undefined;
  const hearing = new Hearing({
    run: () => 'run',
    replay: () => {
      replays++;
      return new Promise((resolve) => (answer = resolve));
    },
    dueFrom: () => 0,
    renumbered: () => undefined,
    tell: (_channel, items) => {
      told.push(...items.map(({ seq }) => seq));
      return told.at(-1) ?? 0;
    },
    replayed: () => undefined,
    missed: () => void missed++,
  });
  hearing.heard('room', [event(1, 'x')]);
  hearing.hold();
  const caughtUp = hearing.catchUp();
  const megabyte = 'x'.repeat(1024 * 1024);
  for (let seq = 5; seq < 10; seq++) hearing.heard('room', [event(seq, megabyte)]);
  t.strictSame(told, [1], 'they wait');
  for (let seq = 10; seq < 20; seq++) hearing.heard('room', [event(seq, megabyte)]);
  t.strictSame(told, [1, ...Array.from({ length: 15 }, (_, i) => i + 5)], 'in their order');
  t.equal(missed, 1);
  answer({
    batches: [{ channel: 'room', items: [event(2, 'late')] }],
    upTo: 2,
    low: 0,
    isLast: true,
  });
  await caughtUp;
  t.equal(told.includes(2), false, 'an earlier one does not come behind a later one');
  t.equal(missed, 1);
  t.equal(replays, 1);
});
