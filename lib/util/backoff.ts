/**
 * Full jitter: a random delay between 0 and a limit that doubles with every attempt, in milliseconds. The whole range
 * is used so that clients cut at the same moment come back spread out.
 */
export function backoff(
  attempt: number,
  { baseMs, maxMs, random }: { baseMs: number; maxMs: number; random: () => number },
): number {
  const limit = Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(random() * limit);
}
