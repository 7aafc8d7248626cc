import type { Mutation } from '../../stream/models/modules';

/** A test that must fail, by its title: one of examples, or a property of generated cases. */
export interface TestFinder {
  by: 'spec' | 'property';
  /** Path below spec. */
  spec: string;
  test: string;
}

/** Schedules of the simulator, by the first and the last seed, of which one must fail. */
export interface SimulatorFinder {
  by: 'simulator';
  seeds: readonly [first: number, last: number];
}

/** A bug in one place of lib, and the check that finds it. */
export interface PlantedBug extends Mutation {
  title: string;
  finder: TestFinder | SimulatorFinder;
}

/** A planted bug of a state machine, by its name in the list that its own spec goes through. */
export interface ModelBug {
  model: 'streams' | 'inbox';
  title: string;
}

/** A kind of fault that the Pipe once had, and bugs that bring it back. */
export interface FaultKind {
  title: string;
  /** The behaviour that is wrong. */
  kind: string;
  bugs: ReadonlyArray<PlantedBug | ModelBug>;
}

/** A test of examples. @param spec path below spec */
export function spec(spec: string, test: string): TestFinder {
  return { by: 'spec', spec, test };
}

/** A property of generated cases. @param spec path below spec */
export function property(spec: string, test: string): TestFinder {
  return { by: 'property', spec, test };
}

export function simulator(first: number, last: number): SimulatorFinder {
  return { by: 'simulator', seeds: [first, last] };
}
