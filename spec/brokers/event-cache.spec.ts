import fc from 'fast-check';
import t from 'tap';
import type { BrokerLimits } from '../../lib/brokers/broker';
import { EventCache } from '../../lib/brokers/memory/event-cache';

const LIMITS: BrokerLimits = {
  maxCachedChannels: 3,
  maxCachedBytes: 100,
  cacheTtlMs: 1000,
  maxIdempotencyKeys: 3,
  maxIdempotencyBytes: 1000,
};

function put(cache: EventCache, channel: string, text: string, nowMs: number): void {
  cache.put(channel, { text, ttlMs: 1000, seq: 1 }, nowMs);
}

t.test('the last event is kept for its time, which is told', async (t) => {
  const cache = new EventCache(LIMITS);
  put(cache, 'cache-a', '1', 0);
  put(cache, 'cache-a', '2', 400);
  t.strictSame(cache.get('cache-a', 500), { text: '2', seq: 1, ttlMs: 900 });
  t.strictSame(cache.get('cache-a', 1399), { text: '2', seq: 1, ttlMs: 1 });
  t.equal(cache.get('cache-a', 1400), undefined);
  t.equal(cache.size, 0, 'what expired is freed when it is met');
  t.equal(cache.bytes, 0);
});

t.test('above the limit of channels the one unused longest goes', async (t) => {
  const cache = new EventCache(LIMITS);
  for (const name of ['a', 'b', 'c']) put(cache, name, '1', 0);
  cache.get('a', 1);
  put(cache, 'd', '1', 2);
  t.equal(cache.get('b', 3), undefined);
  t.match(
    ['a', 'c', 'd'].map((name) => cache.get(name, 3)?.text),
    ['1', '1', '1'],
  );
});

t.test('above the limit of bytes as many go as are needed; UTF-8 counts', async (t) => {
  const cache = new EventCache(LIMITS);
  put(cache, 'a', 'x'.repeat(47), 0);
  put(cache, 'b', 'é'.repeat(24), 0);
  t.equal(cache.bytes, 97);
  put(cache, 'c', 'x'.repeat(60), 0);
  t.equal(cache.get('a', 1), undefined);
  t.equal(cache.get('b', 1), undefined);
  t.equal(cache.bytes, 61);
});

t.test('an event too large to keep does not leave an older one as the last', async (t) => {
  const cache = new EventCache(LIMITS);
  put(cache, 'a', '1', 0);
  put(cache, 'a', 'x'.repeat(100), 0);
  t.equal(cache.get('a', 1), undefined);
  t.equal(cache.bytes, 0);
});

t.test('a miss is told once, until something is published or could have expired', async (t) => {
  const cache = new EventCache(LIMITS);
  t.ok(cache.miss('a', 0));
  t.notOk(cache.miss('a', 999));
  t.ok(cache.miss('a', 1000), 'a backend that was not there then is asked again');
  put(cache, 'a', '1', 1100);
  for (const name of ['b', 'c', 'd']) put(cache, name, '1', 1200);
  t.equal(cache.get('a', 1300), undefined, 'pushed out');
  t.ok(cache.miss('a', 1300), 'after an event a miss is news again');
});

t.test('misses of made-up channels are bounded and push out no event', async (t) => {
  const cache = new EventCache(LIMITS);
  put(cache, 'a', '1', 0);
  for (let i = 0; i < 100; i++) cache.miss(`made-up-${i}`, 0);
  t.equal(cache.get('a', 1)?.text, '1');
  t.notOk(cache.miss('made-up-99', 1));
  t.ok(cache.miss('made-up-0', 1), 'the oldest were forgotten');
});

t.test('after any operations the limits hold and the bytes are those of the events', async () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    puts: fc.boolean(),
    data: fc.string({ maxLength: 110 }),
    passMs: fc.nat(400),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const cache = new EventCache(LIMITS);
      let now = 0;
      const last = new Map<string, { data: string; at: number }>();
      for (const { name, puts, data, passMs } of steps) {
        now += passMs;
        if (puts) {
          put(cache, name, data, now);
          last.set(name, { data, at: now });
        } else {
          const found = cache.get(name, now);
          const real = last.get(name);
          if (found !== undefined && (found.text !== real?.data || now - real.at >= 1000)) {
            return false;
          }
        }
        if (cache.size > 3 || cache.bytes > 100) return false;
      }
      const names = ['a', 'b', 'c', 'd', 'e'];
      now += 1000;
      for (const name of names) cache.get(name, now);
      return cache.size === 0 && cache.bytes === 0;
    }),
  );
});

t.test(
  'near the end of memory it forgets as much as it takes, and nothing comes back',
  async (t) => {
    const memory = { isNear: false };
    const cache = new EventCache({ ...LIMITS, maxCachedChannels: 10 }, memory);
    for (const name of ['a', 'b', 'c']) put(cache, name, '1234', 0);
    memory.isNear = true;
    put(cache, 'd', '1234', 1);
    t.equal(cache.get('a', 2), undefined);
    t.strictSame([cache.get('d', 2)?.text, cache.bytes], ['1234', 15]);
    put(cache, 'd', '12', 3);
    t.strictSame([cache.get('b', 4)?.text, cache.bytes], ['1234', 13], 'less is no growth');
    put(cache, 'b', 'x'.repeat(20), 5);
    t.equal(
      cache.get('b', 6),
      undefined,
      'more than all that was kept is not kept, nor the one before',
    );
    memory.isNear = false;
    put(cache, 'e', '1234', 7);
    t.equal(cache.get('e', 8)?.text, '1234');
  },
);
