import type { Attempt } from './attempt';

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
  const stillFails = async (candidate: readonly Attempt[]): Promise<boolean> =>
    performance.now() < endMs && (await fails(candidate));
  let smallest = await halved(attempts, (kept) => kept.length > 0, stillFails);
  for (let i = 0; i < smallest.length; i++) {
    const put = (attempt: Attempt): Attempt[] => smallest.with(i, attempt);
    const attempt = smallest[i] as Attempt;
    const writes = await halved(
      attempt.writes,
      (kept) => kept.length > 0,
      (kept) => stillFails(put({ ...attempt, writes: [...kept] })),
    );
    smallest = put({ ...attempt, writes: [...writes] });
    for (let w = 0; w < writes.length; w++) {
      const withBytes = (bytes: readonly number[]): Attempt[] => {
        const present = smallest[i] as Attempt;
        const write = present.writes[w] as Attempt['writes'][number];
        return put({
          ...present,
          writes: present.writes.with(w, { ...write, bytes: Buffer.from(bytes) }),
        });
      };
      const { bytes } = writes[w] as Attempt['writes'][number];
      smallest = withBytes(
        await halved(
          [...bytes],
          () => true,
          (kept) => stillFails(withBytes(kept)),
        ),
      );
    }
  }
  return smallest;
}

/** Leaves out halves, then quarters and so on, as long as the rest still fails. */
async function halved<T>(
  all: readonly T[],
  isWorthATry: (kept: readonly T[]) => boolean,
  fails: (kept: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = all;
  for (
    let size = Math.ceil(kept.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < kept.length;) {
      const rest = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (isWorthATry(rest) && (await fails(rest))) kept = rest;
      else at += size;
    }
    // Single bytes of a long text are not worth their time.
    if (size <= 16 && kept.length > 64) break;
  }
  return kept;
}
