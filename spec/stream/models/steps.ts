import fc from 'fast-check';
import { runs } from '../../support/depth';

/** A step of a model: its action, and a number it may use. */
export interface Step {
  action: number;
  n: number;
}

/** Long sequences matter: some faults need a cut, a late frame and an acknowledgement in one run. */
export function steps(actions: number, maxLength = 150): fc.Arbitrary<Step[]> {
  const step = fc.record({ action: fc.nat(actions - 1), n: fc.nat(15) });
  return fc.array(step, { maxLength, size: 'max' });
}

/**
 * Runs a model on many sequences of steps; the model throws when a rule is broken. Without a seed the number is that of a
 * run of everything.
 */
export function explore(
  actions: number,
  model: (sequence: Step[]) => void,
  { numRuns = 1000, seed }: { numRuns?: number; seed?: number } = {},
): void {
  fc.assert(fc.property(steps(actions), model), {
    numRuns: seed === undefined ? runs(numRuns) : numRuns,
    endOnFailure: seed !== undefined,
    ...(seed === undefined ? {} : { seed }),
  });
}
