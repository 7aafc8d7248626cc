import fc from 'fast-check';
import t from 'tap';
import type { WebhookEventName } from '../../../lib/gateway/options/options';
import type { WebhookEvent } from '../../../lib/gateway/webhooks/events';
import { Queue, type Load } from '../../../lib/gateway/webhooks/queue';

const ROOMY = { maxEntries: 1000, maxBytes: 1e6, maxAgeMs: 1000 };
const ONE = { entries: 1, bytes: Infinity };
const ALL = { entries: 100, bytes: Infinity };

/** An event of a channel, with a text of its own. */
function event(channel: string, json: string, more: Partial<WebhookEvent> = {}): WebhookEvent {
  return { name: 'cache_miss', channel, userId: undefined, source: '', json, ...more };
}

function entries(load: Load | undefined): string[] | undefined {
  return load?.entries;
}

t.test('a channel with entries on the way holds up itself and no other', async (t) => {
  const queue = new Queue(ROOMY);
  for (const text of ['a1', 'a2', 'b1']) queue.add(event(text.slice(0, 1), text), 0);
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
  for (const text of ['aaaa', 'bbb', 'cc', 'dddddddd']) queue.add(event(text, text), 0);
  t.strictSame(entries(queue.take({ entries: 2, bytes: 100 }, 0).load), ['aaaa', 'bbb']);
  t.strictSame(entries(queue.take({ entries: 9, bytes: 9 }, 0).load), ['cc']);
  t.strictSame(entries(queue.take({ entries: 9, bytes: 7 }, 0).load), ['dddddddd']);
});

t.test('an entry that is too old is dropped and reported', async (t) => {
  const queue = new Queue(ROOMY);
  queue.add(event('a', 'a1'), 0);
  queue.add(event('a', 'a2'), 1);
  queue.add(event('b', 'b1'), 0);
  const { load, expired } = queue.take(ALL, 1001);
  t.strictSame([entries(load), expired], [['a2'], ['a1', 'b1']]);
  t.equal(queue.size, 1);
});

t.test(
  'the queue takes its number of entries and of bytes, in-flight loads included',
  async (t) => {
    const few = new Queue({ ...ROOMY, maxEntries: 2 });
    t.strictSame(
      ['x', 'y', 'z'].map((text) => few.add(event(text, text), 0)),
      [0, 0, 1],
    );
    const load = few.take(ALL, 0).load as Load;
    t.equal(few.add(event('z', 'z'), 0), 1);
    few.settle(load);
    t.equal(few.add(event('z', 'z'), 0), 0);
    const small = new Queue({ ...ROOMY, maxBytes: 4 });
    t.strictSame(
      ['éé', 'x'].map((text) => small.add(event(text, text), 0)),
      [0, 1],
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
    {
      weight: 3,
      arbitrary: fc.record({
        add: fc.constantFrom('a', 'b', 'c', 'd'),
        source: fc.constantFrom('1', '2', '3'),
      }),
    },
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
          if (total() === 40) continue;
          if (queue.add(event(each.add, text, { source: each.source }), 0) !== 0) return false;
          model.waiting.push({ channel: each.add, text });
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

/** Name, channel and user of an event; its text is its place in the order of arrival. */
type Made = [name: WebhookEventName, channel: string, userId?: string];

function told(...made: Made[]): string[] {
  const queue = new Queue(ROOMY);
  for (const [i, [name, channel, userId]] of made.entries()) {
    queue.add(event(channel, String(i), { name, userId }), 0);
  }
  const { load } = queue.take(ALL, 0);
  if (load !== undefined) queue.settle(load);
  return queue.size === 0 && !queue.hasReady ? (load?.entries ?? []) : ['something is left'];
}

t.test('an event and the one that takes it back leave the queue', async (t) => {
  t.strictSame(told(['channel_occupied', 'a'], ['channel_vacated', 'a']), []);
  t.strictSame(
    told(['channel_vacated', 'a'], ['channel_occupied', 'a'], ['channel_vacated', 'a']),
    ['2'],
  );
  t.strictSame(
    told(
      ['channel_occupied', 'a'],
      ['member_added', 'a', 'ann'],
      ['member_added', 'a', 'bob'],
      ['member_removed', 'a', 'ann'],
    ),
    ['0', '2'],
    'of one member, whoever came meanwhile',
  );
  t.strictSame(
    told(['channel_occupied', 'a'], ['subscription_count', 'a'], ['channel_vacated', 'a']),
    ['1'],
  );
});

t.test('an event stays when something was told of its channel behind it', async (t) => {
  const rest = ['channel_occupied', 'client_event', 'channel_vacated'] as const;
  t.strictSame(told(...rest.map((name): Made => [name, 'a'])), ['0', '1', '2']);
  t.strictSame(told(['channel_occupied', 'a'], ['channel_vacated', 'b']), ['0', '1']);
});

t.test('an event on the way is not taken back', async (t) => {
  const queue = new Queue(ROOMY);
  queue.add(event('a', 'a1', { name: 'channel_occupied' }), 0);
  const load = queue.take(ALL, 0).load as Load;
  queue.add(event('a', 'a2', { name: 'channel_vacated' }), 0);
  queue.settle(load);
  t.strictSame(entries(queue.take(ALL, 0).load), ['a2']);
});

t.test('an event that an endpoint may have from another gateway is not taken back', async (t) => {
  const queue = new Queue(ROOMY);
  queue.add(event('a', 'a1', { name: 'channel_occupied', mayBeTaken: true }), 0);
  queue.add(event('a', 'a2', { name: 'channel_vacated' }), 0);
  queue.add(event('a', 'a3', { name: 'channel_occupied' }), 0);
  queue.add(event('a', 'a4', { name: 'channel_vacated' }), 0);
  queue.add(event('b', 'b1', { name: 'channel_occupied' }), 0);
  queue.add(event('b', 'b2', { name: 'channel_vacated', mayBeTaken: true }), 0);
  t.strictSame(entries(queue.take(ALL, 0).load), ['a1', 'a4', 'b1', 'b2']);
});

t.test('a full queue drops the newest entry of the largest source', async (t) => {
  const queue = new Queue({ ...ROOMY, maxEntries: 4 });
  for (const text of ['x1', 'x2', 'x3', 'x4']) {
    queue.add(event(text, text, { source: 'x' }), 0);
  }
  const dropped = ['y1', 'y2', 'y3'].map((text) => {
    return queue.add(event(text, text, { source: 'y' }), 0);
  });
  t.strictSame(dropped, [1, 1, 1]);
  t.equal(queue.size, 4);
  t.strictSame(entries(queue.take(ALL, 0).load), ['x1', 'y1', 'x2', 'y2']);
});

t.test('the largest source is that of the most bytes where these are short', async (t) => {
  const queue = new Queue({ ...ROOMY, maxBytes: 100 });
  queue.add(event('x1', 'x'.repeat(50), { source: 'x' }), 0);
  queue.add(event('x2', 'x'.repeat(40), { source: 'x' }), 0);
  for (let i = 0; i < 12; i++)
    t.equal(queue.add(event(`y${i}`, 'y', { source: 'y' }), 0), i === 10 ? 1 : 0);
  t.equal(queue.size, 13);
});

t.test(
  'a source gets as many places as any other, and its newest entries are dropped',
  async () => {
    const adds = fc.array(
      fc.record({
        source: fc.constantFrom('1', '1', '1', '1', '2', '3'),
        channel: fc.nat(4),
      }),
      { maxLength: 120, size: 'max' },
    );
    fc.assert(
      fc.property(adds, fc.integer({ min: 1, max: 7 }), (list, most) => {
        const max = 30;
        const queue = new Queue({ ...ROOMY, maxEntries: max });
        let dropped = 0;
        for (const [i, { source, channel }] of list.entries()) {
          // Channels of their own for each source.
          const name = `${source}-${channel}`;
          dropped += queue.add(event(name, `${source} ${channel} ${i}`, { source }), 0);
        }
        const got = new Map<string, number>();
        const last = new Map<string, number>();
        const texts: string[] = [];
        for (let took = 0; queue.hasReady; took++) {
          const { load } = queue.take({ entries: most, bytes: Infinity }, 0);
          if (load === undefined || took > max) return false;
          texts.push(...load.entries);
          queue.settle(load);
        }
        for (const text of texts) {
          const [source = '', channel, number] = text.split(' ');
          got.set(source, (got.get(source) ?? 0) + 1);
          const line = `${source} ${channel}`;
          if ((last.get(line) ?? -1) >= Number(number)) return false;
          last.set(line, Number(number));
        }
        const largest = Math.max(0, ...got.values());
        for (const source of ['1', '2', '3']) {
          const { length } = list.filter((each) => each.source === source);
          const kept = got.get(source) ?? 0;
          // A source that lost something holds one less than the largest at least.
          if (kept < length && kept < largest - 1) return false;
        }
        return (
          texts.length + dropped === list.length && texts.length === Math.min(max, list.length)
        );
      }),
    );
  },
);

t.test('no source with entries that can go gets fewer places than another less one', async () => {
  const adds = fc.array(fc.constantFrom('1', '1', '1', '1', '1', '2', '2', '3'), {
    minLength: 1,
    maxLength: 80,
    size: 'max',
  });
  fc.assert(
    fc.property(
      adds,
      fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 20 }),
      (list, loads) => {
        const queue = new Queue(ROOMY);
        const left = new Map<string, number>();
        for (const [i, source] of list.entries()) {
          left.set(source, (left.get(source) ?? 0) + 1);
          // A channel for each entry, so that none waits for another.
          queue.add(event(`channel-${i}`, source, { source }), 0);
        }
        const got = new Map([...left.keys()].map((source) => [source, 0]));
        for (const most of loads) {
          for (const source of entries(queue.take({ entries: most, bytes: Infinity }, 0).load) ??
            []) {
            got.set(source, (got.get(source) as number) + 1);
            left.set(source, (left.get(source) as number) - 1);
          }
          const largest = Math.max(...got.values());
          for (const [source, waiting] of left) {
            if (waiting > 0 && (got.get(source) as number) < largest - 1) return false;
          }
        }
        return true;
      },
    ),
  );
});

t.test('near the end of memory a queue grows no further than a little', async (t) => {
  const memory = { isNear: true };
  const queue = new Queue({ ...ROOMY, maxEntries: 512 }, memory);
  const add = (n: number): number => queue.add(event(`c${n}`, `${n}`), 0);
  t.strictSame([add(1), add(2), add(3)], [0, 0, 1], 'a 256th of its limit');
  memory.isNear = false;
  t.strictSame([add(4), add(5)], [0, 0]);
  memory.isNear = true;
  t.strictSame([add(6), queue.size], [1, 4], 'it stays as long as it is');
  const bytes = new Queue({ ...ROOMY, maxBytes: 256 * 8 }, memory);
  t.equal(bytes.add(event('a', '12345678'), 0), 0);
  t.equal(bytes.add(event('b', '1'), 0), 1);
});
