import t from 'tap';
import { Cursor } from '../../lib/stream/position';

t.test('the expected run is new, and an earlier one is dropped', async (t) => {
  const cursor = new Cursor();
  t.equal(cursor.accept(1, 3), 0);
  t.equal(cursor.accept(1, 2), 2);
  t.equal(cursor.accept(3, 2), 1, 'the 4 is new');
  t.equal(cursor.next, 5);
  t.equal(cursor.accept(2, 3), 3, 'all are repeats');
});

t.test('a jump that nobody announced is refused and changes nothing', async (t) => {
  const cursor = new Cursor(5);
  for (const first of [6, Infinity, NaN]) t.equal(cursor.accept(first, 1), undefined);
  t.equal(cursor.next, 5);
});

t.test('an announced jump goes forward only', async (t) => {
  const cursor = new Cursor(5);
  cursor.skipTo(9);
  cursor.skipTo(7);
  t.equal(cursor.accept(9, 1), 0);
  t.equal(cursor.next, 10);
});
