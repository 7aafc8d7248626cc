import fc from 'fast-check';
import t from 'tap';
import { Lanes } from '../../lib/stream/lanes';
import { deferred } from '../../lib/util/deferred';
import { LANES_ACTIONS, lanesModel } from './models/lanes';
import { loadModules } from './models/modules';
import { steps } from './models/steps';

t.test('serial per key, side by side across keys, whatever the work does', async (t) => {
  const modules = loadModules();
  const property = fc.asyncProperty(steps(LANES_ACTIONS, 80), (sequence) =>
    lanesModel(modules, sequence),
  );
  await t.resolves(fc.assert(property, { numRuns: 300 }));
});

t.test('work that returns no promise has ended when run returns', async (t) => {
  const log: string[] = [];
  const lanes = new Lanes<string>({
    maxActive: 1,
    work: (item) => {
      log.push(item);
      return undefined;
    },
    ended: (item, failure) => log.push(`${item} ended ${failure?.message ?? 'well'}`),
  });
  lanes.run('k', 'a');
  lanes.run('k', 'b');
  t.same(log, ['a', 'a ended well', 'b', 'b ended well']);
  t.match(lanes, { active: 0, waiting: 0 });
  await t.resolves(lanes.idle());
});

t.test('a busy key does not starve the others', async (t) => {
  const begun: string[] = [];
  const ends = Array.from({ length: 4 }, () => deferred<void>());
  const lanes = new Lanes<string>({
    maxActive: 1,
    work: (item) => ends[begun.push(item) - 1]?.promise,
    ended: () => undefined,
  });
  lanes.run('busy', 'a1');
  lanes.run('busy', 'a2');
  lanes.run('busy', 'a3');
  lanes.run('other', 'b');
  for (const end of ends) end.resolve();
  await lanes.idle();
  t.same(begun, ['a1', 'b', 'a2', 'a3']);
});
