/** A table as it was printed, for the chart, the README and comparisons. */
export interface Table {
  readonly title: string;
  readonly figures: readonly string[];
  /** Values in the order of `figures`; NaN, in JSON null, where something was not measured, and none where a row failed. */
  readonly rows: Array<{ readonly name: string; readonly values: readonly number[] }>;
  /** True when the chart shows the first figure, a rate. */
  readonly isCharted: boolean;
  /** Sentences below it. */
  readonly notes: string[];
}

/** The tables of this run. */
export const tables: Table[] = [];
