import { NEAR_SHARE, ROOMY, type MemoryWatch } from './memory-watch';

/** Fill at which an overflow counts as over. */
const EASED = 0.75;
/** Growth at which memory is asked for: an answer takes as long as an event does. */
const ASKED_BYTES = 16 * 1024;

/** A log that spends from a budget. */
export interface Spender {
  readonly length: number;
  readonly bytes: number;
  /** Gives up its oldest entry. */
  dropOldest(): void;
}

export interface BudgetOptions {
  maxEntries: number;
  maxBytes: number;
  /**
   * Share of the limits, 0 by default, that may be kept beyond them before anything is given up: room for entries whose
   * senders are being held back.
   */
  overdraft?: number;
  /** Called when a log gives something up, and not again before the use has sunk below three quarters of the limits. */
  overflowed?: () => void;
  /**
   * While memory is nearly used up, the bytes kept by then are the limit, and each event that is added makes one more be
   * given up. Nothing is told to `overflowed` then.
   */
  memory?: MemoryWatch;
}

/** Entries and bytes that several logs may keep together. */
export class Budget {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #overdraft: number;
  readonly #memory: MemoryWatch;
  #isNear = false;
  /** Growth since memory was asked for. */
  #grownBytes = 0;
  readonly #overflowed: (() => void) | undefined;
  #isOverflowing = false;
  readonly #spenders = new Set<Spender>();
  #entries = 0;
  #bytes = 0;
  /** Bytes up to which the logs may fill, without the overdraft: fewer than `maxBytes` near the end of memory only. */
  #fullBytes: number;

  constructor(options: BudgetOptions) {
    const { maxEntries, maxBytes, overdraft = 0, overflowed, memory = ROOMY } = options;
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
    this.#fullBytes = maxBytes;
    this.#overdraft = overdraft;
    this.#memory = memory;
    this.#overflowed = overflowed;
  }

  get entries(): number {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Fill: 1 at the limit of entries or of bytes. */
  get fill(): number {
    return Math.max(this.#entries / this.#maxEntries, this.#bytes / this.#fullBytes);
  }

  open(spender: Spender): void {
    this.#spenders.add(spender);
  }

  close(spender: Spender): void {
    this.#spenders.delete(spender);
  }

  /** A log has grown or shrunk. */
  spend(entries: number, bytes: number): void {
    this.#entries += entries;
    this.#bytes += bytes;
    if (bytes > 0) this.#grownBytes += bytes;
    if (this.#isOverflowing && this.fill < EASED) this.#isOverflowing = false;
  }

  /**
   * Makes the logs give up their oldest entries until the limits hold. The log that grew gives them up while it holds at
   * least its share, otherwise the largest does.
   */
  enforce(grown: Spender): void {
    const leastBytes = this.#maxBytes * NEAR_SHARE;
    if (this.#isNear || this.#grownBytes >= Math.min(ASKED_BYTES, leastBytes)) {
      this.#grownBytes = 0;
      this.#isNear = this.#memory.isNear;
    }
    if (!this.#isNear) {
      this.#fullBytes = this.#maxBytes;
      this.#giveUp(grown, this.#maxBytes * (1 + this.#overdraft));
      return;
    }
    this.#sink(leastBytes);
    this.#giveUp(grown, this.#fullBytes + this.#overdraft * leastBytes);
    if (this.#bytes <= leastBytes) return;
    this.#giveUp(grown, this.#bytes - 1);
    this.#sink(leastBytes);
  }

  /** Room of entries that were given up is not filled again. */
  #sink(leastBytes: number): void {
    this.#fullBytes = Math.max(leastBytes, Math.min(this.#fullBytes, this.#bytes));
  }

  #giveUp(grown: Spender, maxBytes: number): void {
    const maxEntries = this.#maxEntries * (1 + this.#overdraft);
    for (;;) {
      const tooMany = this.#entries > maxEntries;
      if (!tooMany && this.#bytes <= maxBytes) return;
      const size = (spender: Spender): number => (tooMany ? spender.length : spender.bytes);
      const total = tooMany ? this.#entries : this.#bytes;
      const hasShare = grown.length > 0 && size(grown) * this.#spenders.size >= total;
      const victim = hasShare ? grown : this.#largest(size);
      if (victim === undefined || victim.length === 0) return;
      victim.dropOldest();
      if (this.#isOverflowing || this.#isNear) continue;
      this.#isOverflowing = true;
      this.#overflowed?.();
    }
  }

  #largest(size: (spender: Spender) => number): Spender | undefined {
    let largest: Spender | undefined;
    for (const spender of this.#spenders) {
      if (largest === undefined || size(spender) > size(largest)) largest = spender;
    }
    return largest;
  }
}
