import fc from 'fast-check';
import t from 'tap';
import type { BrokerLimits } from '../../lib/brokers/broker';
import { KeptAnswers } from '../../lib/brokers/memory/kept-answers';

const TTL_MS = 1000;

const LIMITS: BrokerLimits = {
  maxCachedChannels: 3,
  maxCachedBytes: 100,
  cacheTtlMs: 1000,
  maxIdempotencyKeys: 3,
  maxIdempotencyBytes: 1e6,
};

/** Uses a key and keeps its answer. */
function keep(answers: KeptAnswers, key: string, answer: string, nowMs = 0): void {
  answers.use(key, 'print', TTL_MS, nowMs);
  answers.answer(key, answer, nowMs);
}

t.test('at its limits it forgets the oldest', (t) => {
  const answers = new KeptAnswers({ ...LIMITS, maxIdempotencyBytes: 1_000 });
  for (const key of ['a', 'b', 'c', 'd']) keep(answers, key, '');
  t.strictSame(answers.use('b', 'print', TTL_MS, 0), { answer: '' });
  keep(answers, 'e', 'x'.repeat(500));
  t.strictSame(answers.use('d', 'print', TTL_MS, 0), { answer: '' });
  t.equal(answers.use('c', 'print', TTL_MS, 0), 'new');
  t.end();
});

t.test('a key that was freed is new again', (t) => {
  const answers = new KeptAnswers(LIMITS);
  answers.use('a', 'print', TTL_MS, 0);
  t.strictSame(answers.use('a', 'print', TTL_MS, 1), { answer: undefined });
  answers.release('a');
  t.equal(answers.use('a', 'print', TTL_MS, 2), 'new');
  t.end();
});

t.test('the store answers like a list searched from its end', (t) => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    print: fc.constantFrom('x', 'y'),
    afterMs: fc.integer({ min: 0, max: 600 }),
  });
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 60 }), (steps) => {
      const answers = new KeptAnswers(LIMITS);
      let kept: Array<{ key: string; print: string; n: number; at: number }> = [];
      let now = 0;
      for (const [n, { key, print, afterMs }] of steps.entries()) {
        now += afterMs;
        kept = kept.filter(({ at }) => at + TTL_MS > now);
        const found = kept.find((each) => each.key === key);
        const expected =
          found === undefined
            ? 'new'
            : found.print === print
              ? { answer: String(found.n) }
              : 'other';
        const used = answers.use(key, print, TTL_MS, now);
        if (JSON.stringify(used) !== JSON.stringify(expected)) return false;
        if (found !== undefined) continue;
        answers.answer(key, String(n), now);
        kept = [...kept, { key, print, n, at: now }].slice(-LIMITS.maxIdempotencyKeys);
      }
      return true;
    }),
  );
  t.end();
});

t.test('near the end of memory it forgets the oldest for the newest, which it keeps', (t) => {
  const memory = { isNear: false };
  const answers = new KeptAnswers({ ...LIMITS, maxIdempotencyKeys: 100 }, memory);
  for (const key of ['a', 'b', 'c']) keep(answers, key, 'xx');
  memory.isNear = true;
  keep(answers, 'd', 'xx');
  t.strictSame(answers.use('d', 'print', TTL_MS, 0), { answer: 'xx' });
  t.strictSame(answers.use('c', 'print', TTL_MS, 0), { answer: 'xx' });
  t.equal(answers.use('a', 'print', TTL_MS, 0), 'new');
  const none = new KeptAnswers(LIMITS, memory);
  keep(none, 'a', 'x'.repeat(500));
  t.strictSame(none.use('a', 'print', TTL_MS, 0), { answer: 'x'.repeat(500) });
  keep(none, 'b', '');
  t.equal(none.use('a', 'print', TTL_MS, 0), 'new');
  t.end();
});
