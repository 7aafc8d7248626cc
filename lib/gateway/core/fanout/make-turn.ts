import type { Clock } from '../../../util/timers';
import type { Metrics } from '../metrics';
import { BYTES_PER_UNIT, type TurnBudget } from '../timing/turn-budget';
import type { LatestLimits } from './latest';
import { Turn } from './turn';

/** The turn of a gateway: measured by its metrics, and charged to its budget. */
export function makeTurn(
  clock: Clock,
  limits: LatestLimits,
  metrics: Metrics,
  budget: TurnBudget,
): Turn {
  const watch = { now: () => clock.now(), written: (ms: number) => metrics.written(ms) };
  // Answers are escaped, encoded and written: as much work as twice their length of input.
  const charge = (characters: number): void => budget.spend((2 * characters) / BYTES_PER_UNIT);
  const latest = { limits, counts: metrics };
  return new Turn((run) => clock.endOfTurn(run), { watch, clock, charge, latest });
}
