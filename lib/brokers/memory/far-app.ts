import type { BrokerLimits } from '../broker';
import type { Result } from '../operation';
import { AppState } from './app-state';

interface TurnRecord {
  last: number;
  /** Results of the last turns, for a node that has not got them. */
  results: Map<number, ReadonlyArray<Result | undefined>>;
}

/** An app in the engine. */
export class FarApp {
  readonly state: AppState;
  readonly turns = new Map<number, TurnRecord>();
  readonly fences = new Set<number>();

  constructor(limits: BrokerLimits) {
    this.state = new AppState(limits, false);
  }
}
