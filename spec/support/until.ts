import type { ManualClock } from './manual-clock';

/** Looks between which only the event loop turns; later ones leave other processes time to work. */
const QUICK_LOOKS = 100;
/** About 100 s. */
const MAX_LOOKS = 50_000;
const PAUSE_MS = 2;

/**
 * Waits until something holds. A clock that is given runs meanwhile what is due at its present moment. Rejects with the
 * condition's source text when it never holds.
 */
export async function until(holds: () => boolean, clock?: ManualClock): Promise<void> {
  for (let looks = 0; !holds(); looks += 1) {
    if (looks === MAX_LOOKS) throw new Error(`never came true: ${holds.toString()}`);
    clock?.advance(0);
    await (looks < QUICK_LOOKS ? turns(1) : pause());
  }
}

/** Turns of the event loop, in which bytes that are on their way arrive. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

/** Asks again until the answer is yes. */
export async function untilAnswered(ask: () => Promise<boolean>): Promise<void> {
  let answer = false;
  let isAsked = false;
  await until(() => {
    if (!isAsked && !answer) {
      isAsked = true;
      void ask().then((yes) => {
        answer = yes;
        isAsked = false;
      });
    }
    return answer;
  });
}
