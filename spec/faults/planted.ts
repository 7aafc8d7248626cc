import { availableParallelism } from 'node:os';
import type { Test } from 'tap';
import type { FaultKind, ModelBug, PlantedBug } from './planted/fault-kind';
import { finderOf, judge, lookFor } from './planted/find';
import { flow } from './planted/flow';
import { gateways } from './planted/gateways';
import { groups } from './planted/groups';
import { kept } from './planted/kept';
import { latestOnly } from './planted/latest';
import { limits } from './planted/limits';
import { order } from './planted/order';
import { replays } from './planted/replays';

/** Every kind of fault that the Pipe once had, with planted bugs that must be found. */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...flow,
  ...order,
  ...gateways,
  ...groups,
  ...kept,
  ...replays,
  ...limits,
  ...latestOnly,
];

/** A row of the table: the kind, its planted bug, and the check that must find it. */
interface Row {
  kind: string;
  bug: PlantedBug | ModelBug;
}

/**
 * Plants each bug and looks whether its check finds it. A check that fails without the bug as well finds nothing. Prints
 * the table. @param word word that a kind or a bug must hold in its title
 */
export async function findPlanted(
  test: Test,
  word = '',
): Promise<{ kinds: number; bugs: number; found: number }> {
  const rows: Row[] = FAULT_KINDS.flatMap(({ title: kind, bugs }) =>
    bugs.map((bug) => ({ kind, bug })),
  ).filter(({ kind, bug }) => `${kind} ${bug.title}`.includes(word));
  const sound = new Map<string, Promise<boolean>>();
  const waiting = [...rows];
  let found = 0;
  const soundly = (name: string, finder: PlantedBug['finder']): Promise<boolean> => {
    const known = sound.get(name) ?? judge(finder, undefined).then((each) => each === 'holds');
    sound.set(name, known);
    return known;
  };
  const work = async (): Promise<void> => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const { kind, bug } = row;
      const finder = finderOf(bug);
      const holds = 'model' in bug || (await soundly(finder, bug.finder));
      const verdict = holds ? await lookFor(bug) : 'broken';
      if (verdict === 'finds') found += 1;
      test.equal(verdict, 'finds', `${kind} | ${bug.title} | ${finder}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return { kinds: new Set(rows.map(({ kind }) => kind)).size, bugs: rows.length, found };
}
