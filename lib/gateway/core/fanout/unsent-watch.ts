import type { CarrierHandler } from './carrier';

/** Watches the unsent bytes of a connection, once a second while there are any. */
export class UnsentWatch {
  /** The count of sent bytes at which the bytes found waiting have left. Below all counts while none were found. */
  #target = -Infinity;
  /** Looks since then. */
  #looks = 0;
  #slow = false;

  /**
   * Tells the session when its peer begins not to read, and when all of it has left after all. `stuck`: bytes that were
   * found waiting have not left within the allowed number of looks.
   */
  look(
    { unsentBytes, sentBytes }: { unsentBytes: number; sentBytes: number },
    limits: { maxUnsentBytes: number; maxLooks: number },
    session: CarrierHandler | undefined,
  ): 'empty' | 'waiting' | 'stuck' {
    if (unsentBytes === 0) {
      if (this.#slow) session?.drained?.();
      this.#slow = false;
      return 'empty';
    }
    if (sentBytes >= this.#target) {
      this.#target = sentBytes + unsentBytes;
      this.#looks = 0;
    } else if (++this.#looks >= limits.maxLooks) {
      return 'stuck';
    }
    if (!this.#slow && (this.#looks > 0 || unsentBytes > limits.maxUnsentBytes / 2)) {
      this.#slow = true;
      session?.slow?.(unsentBytes);
    }
    return 'waiting';
  }

  /** Bytes go another way from here: they are counted anew, and what waited is on its way again. */
  restart(): void {
    this.#target = -Infinity;
    this.#looks = 0;
  }
}
