import t from 'tap';
import { loadModules } from './models/modules';
import { holds, models, streamMutants } from './models/mutants';

t.test('every model holds for the modules as they are', async (t) => {
  const modules = loadModules();
  for (const model of Object.keys(models) as Array<keyof typeof models>) {
    t.ok(await holds(model, modules), model);
  }
});

for (const { name, foundBy, ...mutation } of streamMutants) {
  t.test(`planted bug: ${name}`, async (t) => {
    const modules = loadModules(mutation);
    for (const model of foundBy) t.notOk(await holds(model, modules), `found by ${model}`);
  });
}
