/** Units of the writes of one turn. A write is one unit, and so are this many bytes of it. */
const UNITS_PER_TURN = 4_096;
const BYTES_PER_UNIT = 32 * 1024;
/**
 * Time of one turn for writes, in milliseconds. The same write takes the kernel several times as long for a peer that
 * does not read, whose buffers still grow, so that a count alone is no measure. Time that other processes take counts too:
 * whoever waits for the next turn waits for it as well.
 */
const MS_PER_TURN = 20;
/** Writes of so many units end the turn by their number alone. */
const SMALL_UNITS = 32;
/** Units after which the clock is looked at again. */
const UNITS_PER_LOOK = 8;
/** Writes that were left for later have this part of a turn at least, whatever new ones have used. */
const LATER_PART = 1 / 4;

/** Units of a write of so many bytes. */
export function writeUnits(bytes: number): number {
  return 1 + bytes / BYTES_PER_UNIT;
}

/** Budget of writes per turn of the event loop: by their number, their bytes, and their time. */
export class WriteBudget {
  readonly #unitsPerTurn: number;
  readonly #now: (() => number) | undefined;
  #left: number;
  /** Units left at the next look at the clock. */
  #lookAt = Infinity;
  #endMs = Infinity;

  /** `now`: milliseconds on a monotonic clock. Without it the budget does not end by time. */
  constructor(now?: () => number, unitsPerTurn = UNITS_PER_TURN) {
    this.#now = now;
    this.#unitsPerTurn = this.#left = unitsPerTurn;
  }

  /** Units that are too few to end the turn, or to be timed. */
  isSmall(units: number): boolean {
    return units <= SMALL_UNITS && units <= this.#left;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  spend(bytes: number): void {
    this.#left -= writeUnits(bytes);
    if (this.#left < this.#lookAt) this.#look();
  }

  /** Leaves room for writes of earlier turns. */
  leaveSome(): void {
    this.#left = Math.max(this.#left, this.#unitsPerTurn * LATER_PART);
    this.#lookAt = this.#left - UNITS_PER_LOOK;
    if (this.#now !== undefined)
      this.#endMs = Math.max(this.#endMs, this.#now() + MS_PER_TURN * LATER_PART);
  }

  /** Begins another turn. Its time runs from its first write. */
  renew(): void {
    this.#left = this.#unitsPerTurn;
    this.#lookAt = this.#endMs = Infinity;
  }

  #look(): void {
    this.#lookAt = this.#left - UNITS_PER_LOOK;
    if (this.#now === undefined) return;
    const atMs = this.#now();
    if (this.#endMs === Infinity) this.#endMs = atMs + MS_PER_TURN;
    else if (atMs >= this.#endMs) this.#left = 0;
  }
}
