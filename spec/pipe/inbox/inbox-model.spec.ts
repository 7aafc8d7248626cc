import t from 'tap';
import { loadModules } from '../../stream/models/modules';
import { streamMutants } from '../../stream/models/mutants';
import { runs } from '../../support/depth';
import { explore, inboxMutants } from './models/mutants';

t.test('the promises of the inbox hold through any cuts, moves and repetitions', async (t) => {
  await t.resolves(explore(loadModules(), { numRuns: runs(200) }));
  await t.resolves(explore(loadModules(), { numRuns: runs(200), overflows: true }));
});

t.test('bugs that the models must find stand in the text of lib', async (t) => {
  for (const mutant of [...inboxMutants, ...streamMutants]) {
    t.doesNotThrow(() => loadModules(mutant), mutant.name);
  }
});
