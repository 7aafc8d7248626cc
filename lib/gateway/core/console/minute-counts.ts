const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Keys that are counted by themselves; others are counted together. */
const MAX_KEYS = 300;
const OTHER = 'other';

interface Counts {
  readonly byMinute: Uint32Array;
  /** The minute, since 1970, that was counted last. */
  minute: number;
}

/** Counts of the last hour, a number for each key and minute. */
export class MinuteCounts {
  readonly #byKey = new Map<string, Counts>();

  add(key: string, wallMs: number): void {
    const minute = Math.floor(wallMs / MINUTE_MS);
    const counts = this.#of(key);
    forgetUntil(counts, minute);
    const place = minute % MINUTES;
    counts.byMinute[place] = (counts.byMinute[place] ?? 0) + 1;
  }

  /** Sums over so many minutes, the present one included, of the keys that were counted in them. */
  sums(minutes: number, wallMs: number): Map<string, number> {
    const now = Math.floor(wallMs / MINUTE_MS);
    const sums = new Map<string, number>();
    for (const [key, counts] of this.#byKey) {
      forgetUntil(counts, now);
      let sum = 0;
      for (let minute = now; minute > now - minutes; minute--) {
        sum += counts.byMinute[(minute + MINUTES) % MINUTES] ?? 0;
      }
      if (sum > 0) sums.set(key, sum);
    }
    return sums;
  }

  #of(key: string): Counts {
    const found = this.#byKey.get(key);
    if (found !== undefined) return found;
    if (this.#byKey.size >= MAX_KEYS && key !== OTHER) return this.#of(OTHER);
    const counts = { byMinute: new Uint32Array(MINUTES), minute: 0 };
    this.#byKey.set(key, counts);
    return counts;
  }
}

/** Minutes of an hour ago make room for those that have come since. */
function forgetUntil(counts: Counts, minute: number): void {
  const from = Math.max(counts.minute + 1, minute - MINUTES + 1);
  for (let each = from; each <= minute; each++) counts.byMinute[each % MINUTES] = 0;
  counts.minute = Math.max(counts.minute, minute);
}
