import fc from 'fast-check';
import t from 'tap';
import { BytePool } from '../../../lib/gateway/core/timing/byte-pool';
import { PostOrder } from '../../../lib/gateway/sockjs/post-order';

t.test('posts in any order and repeated are given out once, in the order of their numbers', (t) => {
  const posts = fc.integer({ min: 1, max: 60 }).chain((count) =>
    fc.shuffledSubarray(
      [...Array(count).keys(), ...Array(count).keys()].map((n) => n + 1),
      { minLength: count * 2 },
    ),
  );
  fc.assert(
    fc.property(posts, (numbers) => {
      const order = new PostOrder();
      order.arrive(0);
      const given = numbers.flatMap((number) => order.arrive(number, [String(number)]));
      const expected = [...new Set(numbers)].sort((a, b) => a - b).map(String);
      return !order.waits && JSON.stringify(given) === JSON.stringify(expected);
    }),
  );
  t.end();
});

t.test('a gap is waited for until the caller skips it, and a late post is still handled', (t) => {
  const order = new PostOrder();
  order.arrive(7);
  t.strictSame(order.arrive(9, ['b']), []);
  t.ok(order.waits);
  t.strictSame(order.arrive(11, ['c']), []);
  t.strictSame(order.skip(), ['b', 'c']);
  t.strictSame(order.arrive(8, ['a']), ['a']);
  t.strictSame(order.arrive(8, ['a']), [], 'once');
  t.strictSame(order.arrive(12, ['d']), ['d']);
  t.end();
});

t.test('a page with several connections waits once, not for each of its posts', (t) => {
  const order = new PostOrder();
  order.arrive(1);
  order.arrive(5, ['a']);
  t.strictSame(order.skip(), ['a']);
  t.strictSame(order.arrive(9, ['b']), ['b']);
  t.strictSame(order.arrive(12), []);
  t.notOk(order.waits);
  t.strictSame(order.arrive(13, ['c']), ['c']);
  t.strictSame(order.arrive(8, ['late']), ['late'], 'a gap that was one of its own');
  t.strictSame(order.arrive(15, ['e']), [], 'makes it wait again');
  t.strictSame(order.arrive(14, ['d']), ['d', 'e']);
  t.end();
});

t.test('no more than some posts wait', (t) => {
  const order = new PostOrder();
  order.arrive(0);
  let given = 0;
  for (let number = 2; number < 200; number++) given += order.arrive(number, ['x']).length;
  t.equal(given, 198);
  t.notOk(order.waits);
  t.end();
});

t.test('posts without numbers are taken as they come', (t) => {
  const order = new PostOrder();
  t.strictSame(order.arrive(undefined, ['a']), ['a']);
  t.strictSame(order.arrive(undefined, ['b']), ['b']);
  t.end();
});

t.test('posts of empty messages count towards the limit of those that wait', (t) => {
  const order = new PostOrder();
  const texts = Array<string>(21_845).fill('');
  order.arrive(0);
  let most = 0;
  for (let number = 2; number < 100; number++) {
    most = Math.max(most, order.arrive(number, texts).length);
  }
  t.ok(most < 10 * texts.length, `${most} of them at once`);
  t.end();
});

t.test('posts of all sessions wait in one pool, and where it is full none is waited for', (t) => {
  const pool = new BytePool(10_000);
  const [one, other] = [new PostOrder(pool), new PostOrder(pool)];
  for (const order of [one, other]) order.arrive(1);
  t.strictSame(one.arrive(3, ['x'.repeat(4_000)]), []);
  t.ok(pool.bytes > 8_000, 'a character takes two bytes');
  t.strictSame(other.arrive(3, ['y'.repeat(4_000)]), ['y'.repeat(4_000)]);
  t.strictSame(other.arrive(2, ['late']), ['late']);
  t.equal(one.arrive(2).length, 1);
  t.equal(pool.bytes, 0);
  other.arrive(9, ['z']);
  t.ok(pool.bytes > 0);
  other.end();
  t.equal(pool.bytes, 0);
  t.end();
});
