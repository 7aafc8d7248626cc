import t from 'tap';
import { checkModels, forgottenSwitches, modelsUnchecked } from './models';

/** A compiler runs for each of them (`npm run long -- models` checks all mutants), which takes its time on a machine that has other things to do. */
const timeout = 200_000;
t.setTimeout(timeout);

const unchecked = modelsUnchecked();
// CI has all tools of the checks, so none may be left out.
const skip = process.env['CI'] === 'true' ? undefined : unchecked;

t.test(
  'the models of the protocol hold, and a mutant of each is caught',
  { skip, timeout },
  (t) => {
    t.equal(unchecked, undefined);
    const { sound, mutants } = checkModels(t, 'small');
    t.ok(sound.length >= 4 && mutants.length >= 2);
    for (const { file, options, errors } of sound) t.equal(errors, 0, `${file} ${options}`);
    for (const { file, options, errors } of mutants) t.equal(errors, 1, `${file} ${options}`);
    t.end();
  },
);

t.test('no switch of a model is forgotten', (t) => {
  t.same(forgottenSwitches(), []);
  t.end();
});
