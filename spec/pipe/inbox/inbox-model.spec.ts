import t from 'tap';
import { loadModules } from '../../stream/models/modules';
import { SEED, explore, inboxMutants } from './models/mutants';

t.test('the promises of the inbox hold through any cuts, moves and repetitions', async (t) => {
  await t.resolves(explore(loadModules(), 200));
});

for (const { name, ...mutation } of inboxMutants) {
  t.test(`planted bug is found: ${name}`, async (t) => {
    await t.rejects(explore(loadModules(mutation), 1_000, SEED));
  });
}
