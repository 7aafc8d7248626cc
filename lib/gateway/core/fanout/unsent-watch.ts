import type { CarrierHandler } from './carrier';

/** Share of the connections that do not read which are ended in a second near the end of memory, and the least of them. */
const ENDED_SHARE = 1 / 8;
const MIN_ENDED = 16;

/** Connections with the most unsent bytes, of those that do not read: near the end of memory they go first. */
export function mostUnsent<Each extends { readonly unsentBytes: number }>(
  connections: readonly Each[],
): Each[] {
  const most = Math.max(MIN_ENDED, Math.ceil(ENDED_SHARE * connections.length));
  return connections.toSorted((a, b) => b.unsentBytes - a.unsentBytes).slice(0, most);
}

/** Watches the unsent bytes of a connection, once a second while there are any. */
export class UnsentWatch {
  /** The count of sent bytes at which the bytes found waiting have left. Below all counts while none were found. */
  #target = -Infinity;
  /** Looks since then. */
  #looks = 0;
  #slow = false;

  /** True while bytes wait that were found waiting a second ago. */
  get isBehind(): boolean {
    return this.#looks > 0;
  }

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
