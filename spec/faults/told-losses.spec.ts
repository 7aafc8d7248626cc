import t from 'tap';
import { silentLosses, type Expected } from './told-losses';

/** A group of two, of which one has handled the first of two events. */
function expected(losses: number, excusedAbove: Expected['excusedAbove']): Expected {
  const of = [
    { handled: new Map([['a', 1]]), losses },
    { handled: new Map<string, number>(), losses: 2 },
  ];
  return { who: 'a group', of, excusedAbove, keys: ['a', 'b'] };
}

function lost(...of: Parameters<typeof expected>): unknown {
  return silentLosses([expected(...of)]).map(({ keys }) => keys);
}

t.test('an event that no backend has handled is lost, unless a loss was told since', async (t) => {
  t.strictSame(lost(3, 5), [['b']], 'losses of before excuse nothing');
  t.strictSame(lost(4, 5), []);
  t.strictSame(lost(4, 'none'), [['b']], 'where nothing may be lost');
  t.strictSame(silentLosses([{ ...expected(3, 5), keys: ['a'] }]), []);
});
