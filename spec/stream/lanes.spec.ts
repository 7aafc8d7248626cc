import fc from 'fast-check';
import t from 'tap';
import { Lanes, type Laned } from '../../lib/stream/lanes';
import { deferred } from '../../lib/util/deferred';
import { LANES_ACTIONS, lanesModel } from './models/lanes';
import { loadModules } from './models/modules';
import { steps } from './models/steps';
import { runs } from '../support/depth';

interface Item extends Laned<Item> {
  readonly name: string;
}

function item(name: string): Item {
  return { name, behind: undefined };
}

t.test(
  'items of one key run one after the other, items of different keys side by side',
  async (t) => {
    const modules = loadModules();
    const property = fc.asyncProperty(steps(LANES_ACTIONS, 80), (sequence) =>
      lanesModel(modules, sequence),
    );
    await t.resolves(fc.assert(property, { numRuns: runs(300) }));
  },
);

t.test('work that returns no promise has ended when run returns', async (t) => {
  const log: string[] = [];
  const lanes = new Lanes<Item>({
    maxActive: 1,
    work: ({ name }) => {
      log.push(name);
      return undefined;
    },
    ended: ({ name }, failure) => log.push(`${name} ended ${failure?.message ?? 'well'}`),
  });
  lanes.run('k', item('a'));
  lanes.run('k', item('b'));
  t.same(log, ['a', 'a ended well', 'b', 'b ended well']);
  await t.resolves(lanes.idle());
});

t.test('a busy key does not starve the others', async (t) => {
  const begun: string[] = [];
  const ends = Array.from({ length: 4 }, () => deferred<void>());
  const lanes = new Lanes<Item>({
    maxActive: 1,
    work: ({ name }) => ends[begun.push(name) - 1]?.promise,
    ended: () => undefined,
  });
  lanes.run('busy', item('a1'));
  lanes.run('busy', item('a2'));
  lanes.run('busy', item('a3'));
  lanes.run('other', item('b'));
  for (const end of ends) end.resolve();
  await lanes.idle();
  t.same(begun, ['a1', 'b', 'a2', 'a3']);
});
