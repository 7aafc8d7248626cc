import t from 'tap';
import { Ranges } from '../../lib/stream/ranges';
import { loadModules } from './models/modules';
import { RANGES_ACTIONS, rangesModel } from './models/ranges';
import { explore } from './models/steps';

t.test('ranges hold the same numbers as a plain set', async (t) => {
  const modules = loadModules();
  t.doesNotThrow(() =>
    explore(RANGES_ACTIONS, (sequence) => rangesModel(modules, sequence), { numRuns: 200 }),
  );
});

t.test('numbers that meet become one range, and a number taken out splits it', async (t) => {
  const ranges = new Ranges();
  ranges.add(3, 3);
  ranges.add(5, 6);
  t.same(ranges.list(), [
    { first: 3, last: 3 },
    { first: 5, last: 6 },
  ]);
  ranges.add(4, 4);
  t.same(ranges.list(), [{ first: 3, last: 6 }]);
  ranges.delete(5, 5);
  t.same(ranges.list(), [
    { first: 3, last: 4 },
    { first: 6, last: 6 },
  ]);
  t.equal(ranges.takeFrom(4), undefined, 'nothing begins there');
  t.equal(ranges.takeFrom(3), 4);
  t.same(ranges.list(), [{ first: 6, last: 6 }]);
  ranges.delete(1, 9);
  t.equal(ranges.length, 0);
});
