import fc from 'fast-check';
import t from 'tap';
import { Queue, type Load } from '../../../lib/gateway/webhooks/queue';

const ROOMY = { maxEntries: 1000, maxBytes: 1e6, maxAgeMs: 1000 };
const ONE = { entries: 1, bytes: Infinity };
const ALL = { entries: 100, bytes: Infinity };

function entries(load: Load | undefined): string[] | undefined {
  return load?.entries;
}

t.test('a channel with entries on the way holds up itself and no other', async (t) => {
  const queue = new Queue(ROOMY);
  for (const text of ['a1', 'a2', 'b1']) queue.add(text.slice(0, 1), text, 0);
  const first = queue.take(ONE, 0).load as Load;
  t.strictSame(entries(first), ['a1']);
  t.strictSame(entries(queue.take(ONE, 0).load), ['b1']);
  t.equal(queue.take(ONE, 0).load, undefined);
  t.equal(queue.hasReady, false);
  queue.settle(first);
  t.equal(queue.hasReady, true);
  t.strictSame(entries(queue.take(ONE, 0).load), ['a2']);
});

t.test('a load ends at its number, at its size, and holds one entry at least', async (t) => {
  const queue = new Queue(ROOMY);
  for (const text of ['aaaa', 'bbb', 'cc', 'dddddddd']) queue.add(text, text, 0);
  t.strictSame(entries(queue.take({ entries: 2, bytes: 100 }, 0).load), ['aaaa', 'bbb']);
  t.strictSame(entries(queue.take({ entries: 9, bytes: 9 }, 0).load), ['cc']);
  t.strictSame(entries(queue.take({ entries: 9, bytes: 7 }, 0).load), ['dddddddd']);
});

t.test('an entry that is too old is dropped and reported', async (t) => {
  const queue = new Queue(ROOMY);
  queue.add('a', 'a1', 0);
  queue.add('a', 'a2', 1);
  queue.add('b', 'b1', 0);
  const { load, expired } = queue.take(ALL, 1001);
  t.strictSame([entries(load), expired], [['a2'], 2]);
  t.equal(queue.size, 1);
});

t.test(
  'the queue takes its number of entries and of bytes, in-flight loads included',
  async (t) => {
    const few = new Queue({ ...ROOMY, maxEntries: 2 });
    t.strictSame(
      ['x', 'y', 'z'].map((text) => few.add(text, text, 0)),
      [true, true, false],
    );
    const load = few.take(ALL, 0).load as Load;
    t.equal(few.add('z', 'z', 0), false);
    few.settle(load);
    t.equal(few.add('z', 'z', 0), true);
    const small = new Queue({ ...ROOMY, maxBytes: 4 });
    t.strictSame(
      ['éé', 'x'].map((text) => small.add(text, text, 0)),
      [true, false],
      'bytes are counted, not characters',
    );
  },
);

/** The plainest queue: a list, looked through each time. */
class Model {
  waiting: Array<{ channel: string; text: string }> = [];
  readonly away = new Set<string>();

  /** True when a load of these texts may leave now; it leaves then. */
  leaves({ entries, channels }: Load, most: number): boolean {
    const taken = new Set(entries);
    const gone = this.waiting.filter(({ text }) => taken.has(text));
    const inOrder = [...channels].every((channel) => {
      const line = this.waiting.filter((each) => each.channel === channel);
      const own = gone.filter((each) => each.channel === channel);
      const order = entries.filter((text) => own.some((each) => each.text === text));
      return (
        own.length > 0 && own.every(({ text }, i) => line[i]?.text === text && order[i] === text)
      );
    });
    const free = gone.every(({ channel }) => channels.has(channel) && !this.away.has(channel));
    if (!inOrder || !free || gone.length !== entries.length || gone.length > most) return false;
    this.waiting = this.waiting.filter(({ text }) => !taken.has(text));
    for (const channel of channels) this.away.add(channel);
    return true;
  }

  get canLeave(): boolean {
    return this.waiting.some(({ channel }) => !this.away.has(channel));
  }
}

t.test('under any schedule each channel keeps its order and nothing is lost', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: fc.constantFrom('a', 'b', 'c', 'd') }) },
    { weight: 2, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ settle: fc.nat(9) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const queue = new Queue({ maxEntries: 40, maxBytes: 1e6, maxAgeMs: Infinity });
      const model = new Model();
      const away: Load[] = [];
      let number = 0;
      const total = (): number =>
        model.waiting.length + away.reduce((sum, { entries }) => sum + entries.length, 0);
      for (const each of steps) {
        if ('add' in each) {
          const text = `${each.add}${number++}`;
          const fits = total() < 40;
          if (queue.add(each.add, text, 0) !== fits) return false;
          if (fits) model.waiting.push({ channel: each.add, text });
        } else if ('take' in each) {
          const could = model.canLeave;
          const { load } = queue.take({ entries: each.take, bytes: Infinity }, 0);
          if ((load !== undefined) !== could) return false;
          if (load !== undefined && !model.leaves(load, each.take)) return false;
          if (load !== undefined) away.push(load);
        } else {
          const [load] = away.splice(each.settle % Math.max(1, away.length), 1);
          if (load === undefined) continue;
          queue.settle(load);
          for (const channel of load.channels) model.away.delete(channel);
        }
        if (queue.size !== total() || queue.hasReady !== model.canLeave) return false;
      }
      return true;
    }),
  );
});
