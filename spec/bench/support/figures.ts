/** The middle one, or the lower of two in the middle; NaN when there are none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** @param share between 0 and 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
}

/** Three digits: 1.23 M, 45.6 k, 0.104. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (value >= 1e6) return `${digits(value / 1e6)} M`;
  return value >= 1e4 ? `${digits(value / 1e3)} k` : digits(value);
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toPrecision(3);
}
