/** A backend, and what it knows by what it was told. */
export interface Witness {
  /** Times that it has handled each event. */
  readonly handled: ReadonlyMap<string, number>;
  /** Times that it was told of a loss. */
  readonly losses: number;
}

/** Events that one of some backends shall handle. */
export interface Expected {
  readonly who: string;
  readonly of: readonly Witness[];
  /** Losses that were told when the events began: one more excuses them. `none` where no loss is excused by being told. */
  readonly excusedAbove: number | 'none';
  readonly keys: readonly string[];
}

export function lossesOf(backends: readonly Witness[]): number {
  return backends.reduce((sum, { losses }) => sum + losses, 0);
}

/** Expectations with the events that are missing, without those that a told loss excuses. */
export function silentLosses(expected: readonly Expected[]): Expected[] {
  return expected.flatMap((each) => {
    const { of, excusedAbove, keys } = each;
    if (excusedAbove !== 'none' && lossesOf(of) > excusedAbove) return [];
    const lost = keys.filter((key) => !of.some(({ handled }) => handled.has(key)));
    return lost.length === 0 ? [] : [{ ...each, keys: lost }];
  });
}
