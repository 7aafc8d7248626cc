import t from 'tap';
import { inboxMutants, search } from './models/mutants';

for (const mutant of inboxMutants) {
  t.test(`planted bug is found: ${mutant.name}`, async (t) => {
    await t.rejects(search(mutant));
  });
}
