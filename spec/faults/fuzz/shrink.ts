import type { Attempt, Write } from './attempt';

/** Time for one search, of which each try starts a gateway. */
const MAX_MS = 60_000;

/**
 * The smallest input that still fails, by halving: first the list of attempts, then the writes of each, then their bytes.
 * @param fails plays attempts against a fresh gateway
 */
export async function shrunk(
  attempts: readonly Attempt[],
  fails: (attempts: readonly Attempt[]) => Promise<boolean>,
): Promise<readonly Attempt[]> {
  const endMs = performance.now() + MAX_MS;
  const isOver = (): boolean => performance.now() >= endMs;

  /** Leaves out halves, then quarters and so on, as long as the rest still fails. */
  const halved = async <T>(
    all: readonly T[],
    attemptsWith: (kept: readonly T[]) => readonly Attempt[],
  ): Promise<readonly T[]> => {
    let kept = all;
    for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
      // Single bytes of a long text are not worth their time.
      if (size < 16 && kept.length > 64) break;
      for (let at = 0; at < kept.length && !isOver();) {
        const rest = [...kept.slice(0, at), ...kept.slice(at + size)];
        if (rest.length > 0 && (await fails(attemptsWith(rest)))) kept = rest;
        else at += size;
      }
    }
    return kept;
  };

  let smallest = await halved(attempts, (kept) => kept);
  for (let i = 0; i < smallest.length && !isOver(); i++) {
    const attempt = smallest[i] as Attempt;
    const withWrites = (writes: readonly Write[]): readonly Attempt[] =>
      smallest.with(i, { ...attempt, writes: [...writes] });
    let writes = await halved(attempt.writes, withWrites);
    for (let w = 0; w < writes.length && !isOver(); w++) {
      const write = writes[w] as Write;
      const put = (bytes: readonly number[]): Write[] =>
        writes.with(w, { ...write, bytes: Buffer.from(bytes) });
      writes = put(await halved([...write.bytes], (bytes) => withWrites(put(bytes))));
    }
    smallest = withWrites(writes);
  }
  return smallest;
}
