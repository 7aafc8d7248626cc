type End = () => unknown;

/** Time after which a measurement has failed: something never comes. */
const LIMIT_MS = 300_000;

/** Ends of all that the running measurement has opened: they are called when it is over, well or not. */
let ends = new Set<End>();
/** Ends the running measurement; undefined between measurements. */
let fail: ((error: unknown) => void) | undefined;

/** Failed measurements of this run, with their reasons. */
export const failures: string[] = [];

/** Tells a failure, and keeps it: the run ends with an error once it is through. */
export function failed(name: string, error: unknown): void {
  const failure = `${name}: ${error instanceof Error ? error.message : String(error)}`;
  failures.push(failure);
  console.error(`Failed: ${failure}`);
}

/** Leaves something to be done when the running measurement is over. The function that it gives calls it off. */
export function atEnd(end: End): () => void {
  const all = ends;
  all.add(end);
  return () => void all.delete(end);
}

/** A function that tells whether the measurement that runs now is still the one that runs. */
export function stillRuns(): () => boolean {
  const all = ends;
  return () => all === ends;
}

/** Errors of callbacks, such as a number that is missing on a socket, fail the measurement that runs. */
process.on('uncaughtException', (error) => {
  if (fail !== undefined) return fail(error);
  process.exitCode = 1;
  failed('Between measurements', error);
});

/**
 * Runs a measurement and closes everything that it has opened. A failure is kept in `failures` and told by the result
 * undefined: the others of the run go on.
 */
export async function attempt<T>(name: string, measure: () => Promise<T>): Promise<T | undefined> {
  const broken = new Promise<never>((_, reject) => (fail = reject));
  const late = (): void => fail?.(new Error(`not over after ${LIMIT_MS / 1_000} s`));
  const timer = setTimeout(late, LIMIT_MS);
  try {
    return await Promise.race([measure(), broken]);
  } catch (error) {
    failed(name, error);
    return undefined;
  } finally {
    clearTimeout(timer);
    // Sockets and processes that are ended now may complain, and nobody waits for them any more.
    fail = () => undefined;
    const over = ends;
    ends = new Set();
    await Promise.allSettled([...over].reverse().map(async (end) => end()));
    fail = undefined;
  }
}
