import fc from 'fast-check';
import t from 'tap';
import { People, cleanNick, isHue, isPoint, record } from '../../examples/demo/people';
import { codePoint } from '../support/code-point';

t.test('a nick keeps its visible characters, 24 at most', async (t) => {
  t.equal(cleanNick('  Ada \n\t Lovelace '), 'Ada Lovelace');
  t.equal(cleanNick('a\u0000b\u202ec'), 'abc');
  t.equal(cleanNick('\ud83d\ude00'.repeat(30)), '\ud83d\ude00'.repeat(24), 'no half characters');
  for (const nothing of ['', '  ', '\u200b', 7, null, undefined, {}, ['x']]) {
    t.equal(cleanNick(nothing), undefined);
  }
});

t.test('a nick is clean or nothing, for any data of a browser', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: codePoint }), fc.anything()), (given) => {
      const nick = cleanNick(given);
      return nick === undefined || (/^[^\p{C}]+$/u.test(nick) && [...nick].length <= 24);
    }),
  );
});

t.test('a point has two coordinates from 0 to 1 and nothing else passes for one', async (t) => {
  t.ok(isPoint({ x: 0, y: 1 }));
  for (const other of [
    null,
    3,
    {},
    { x: 0 },
    { x: -0.1, y: 0 },
    { x: NaN, y: 0 },
    { x: '0', y: 0 },
  ]) {
    t.notOk(isPoint(other), JSON.stringify(other));
  }
  t.ok(isHue(359));
  for (const other of [-1, 360, 1.5, '20', null]) t.notOk(isHue(other), JSON.stringify(other));
  t.same(record(null), {});
});

t.test('each person gets the colour that fewest have', async (t) => {
  const people = new People();
  const hues = Array.from({ length: 10 }, (_, index) => people.arrive(`1.${index}`).hue);
  t.equal(new Set(hues).size, 10);
  people.leave('1.3');
  t.equal(people.arrive('2.1').hue, hues[3]);
});

t.test('a tab that says hello twice is one person, a tab that leaves is gone', async (t) => {
  const people = new People();
  t.equal(people.arrive('1.1'), people.arrive('1.1'));
  t.equal(people.size, 1);
  t.equal(people.leave('1.1'), true);
  t.equal(people.leave('1.1'), false);
  t.same(people.first(5), []);
});
