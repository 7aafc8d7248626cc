import type { Clock } from '../../../util/timers';

/** Units of the writes of one turn. A write is one unit, and so are this many bytes of it. */
const UNITS_PER_TURN = 4_096;
const BYTES_PER_UNIT = 32 * 1024;
/**
 * CPU time of one turn for writes, in milliseconds. The same write takes the kernel several times as long for a peer that
 * does not read, whose buffers still grow, so that a count alone is no measure.
 */
const MS_PER_TURN = 40;
/**
 * Part of that time for writes to large audiences and for those that were left: they go on in the next turn at little
 * cost. Many events for a socket or a few each would leave in more writes if their turns were shorter.
 */
const BULK_MS_PER_TURN = 20;
/** Writes of so many units end the turn by their number alone. */
const SMALL_UNITS = 32;
/** Units after which the clock is looked at, and looked at again. */
const UNITS_PER_LOOK = 8;
/** Writes that were left for later have this part of a turn's bulk at least, whatever new ones have used. */
const LATER_PART = 1 / 4;

/**
 * Time of a turn before CPU time is asked for, in milliseconds: asking costs fifty times as much as a look at the clock, which most
 * turns never need. All of it counts as used.
 */
const UNASKED_MS = 5;

/** Units of a write of so many bytes. */
export function writeUnits(bytes: number): number {
  return 1 + bytes / BYTES_PER_UNIT;
}

/** Clock of a budget. Without `cpuMs` the budget does not end by time. */
export type BudgetClock = Pick<Clock, 'now' | 'cpuMs'>;

/** Budget of writes per turn of the event loop: by their number, their bytes, and their CPU time. */
export class WriteBudget {
  readonly #unitsPerTurn: number;
  readonly #clock: BudgetClock | undefined;
  #left: number;
  /** Units left at the next look at the clock. */
  #lookAt: number;
  /** Time on the clock at the first look of this turn. */
  #startMs: number | undefined;
  /** CPU time at that moment, about; undefined until it was asked for. */
  #startCpuMs: number | undefined;
  /** CPU time of this turn so far, as far as it was asked for. */
  #usedMs = 0;
  /** CPU time of this turn at which its bulk ends. */
  #bulkMs = BULK_MS_PER_TURN;
  /** Time on the clock before which no limit can be reached. */
  #askMs = Infinity;

  constructor(clock?: BudgetClock, unitsPerTurn = UNITS_PER_TURN) {
    this.#clock = clock;
    this.#unitsPerTurn = this.#left = unitsPerTurn;
    this.#lookAt = unitsPerTurn - UNITS_PER_LOOK;
  }

  /** Units that are too few to end the turn, or to be timed. */
  isSmall(units: number): boolean {
    return units <= SMALL_UNITS && units <= this.#left;
  }

  get isSpent(): boolean {
    return this.#left <= 0 || this.#usedMs >= MS_PER_TURN;
  }

  /** Nothing is left for writes to large audiences, nor for those of earlier turns. */
  get isBulkSpent(): boolean {
    return this.#left <= 0 || this.#usedMs >= this.#bulkMs;
  }

  spend(bytes: number): void {
    this.#left -= writeUnits(bytes);
    if (this.#left < this.#lookAt) this.#look();
  }

  /** Leaves room for writes of earlier turns. */
  leaveSome(): void {
    this.#left = Math.max(this.#left, this.#unitsPerTurn * LATER_PART);
    this.#lookAt = this.#left - UNITS_PER_LOOK;
    if (this.#startMs === undefined) return;
    this.#ask();
    this.#bulkMs = Math.max(this.#bulkMs, this.#usedMs + BULK_MS_PER_TURN * LATER_PART);
  }

  /** Begins another turn. Its time runs from its first look at the clock. */
  renew(): void {
    this.#left = this.#unitsPerTurn;
    this.#lookAt = this.#left - UNITS_PER_LOOK;
    this.#startMs = undefined;
    this.#startCpuMs = undefined;
    this.#usedMs = 0;
    this.#bulkMs = BULK_MS_PER_TURN;
  }

  #look(): void {
    this.#lookAt = this.#left - UNITS_PER_LOOK;
    const clock = this.#clock;
    if (clock?.cpuMs === undefined) return;
    const nowMs = clock.now();
    if (this.#startMs === undefined) {
      this.#startMs = nowMs;
      this.#askMs = nowMs + UNASKED_MS;
    } else if (nowMs >= this.#askMs) this.#ask();
  }

  #ask(): void {
    const clock = this.#clock;
    if (clock?.cpuMs === undefined || this.#startMs === undefined) return;
    const nowMs = clock.now();
    if (this.#startCpuMs === undefined && nowMs < this.#startMs + UNASKED_MS) return;
    const cpuMs = clock.cpuMs();
    this.#startCpuMs ??= cpuMs - UNASKED_MS;
    this.#usedMs = cpuMs - this.#startCpuMs;
    const endMs = this.#usedMs < this.#bulkMs ? this.#bulkMs : MS_PER_TURN;
    this.#askMs = nowMs + endMs - this.#usedMs;
  }
}
