import t from 'tap';
import { loadModules } from '../../stream/models/modules';
import { explore, inboxMutants, search } from './models/mutants';

t.test('the promises of the inbox hold through any cuts, moves and repetitions', async (t) => {
  await t.resolves(explore(loadModules(), { numRuns: 200 }));
  await t.resolves(explore(loadModules(), { numRuns: 200, overflows: true }));
});

for (const mutant of inboxMutants) {
  t.test(`planted bug is found: ${mutant.name}`, async (t) => {
    await t.rejects(search(mutant));
  });
}
