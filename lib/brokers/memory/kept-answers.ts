import { LRUCache } from 'lru-cache';
import { ROOMY, type MemoryWatch } from '../../stream/memory-watch';
import type { BrokerLimits } from '../broker';

interface Kept {
  fingerprint: string;
  answer: string | undefined;
}

// An LRUCache takes a start at 0 for none, and an entry for alive at the very end of its time.
const START_MS = 1;
const LOOK_MS = 1.5;

/** Cost of an entry beside its texts. */
const ENTRY_OVERHEAD_BYTES = 200;

/**
 * Idempotency keys of an app, with the answers that were given under them, each kept for a while after its first use.
 * At its limits, and where it would grow near the end of memory, it forgets the oldest. Time comes from the caller, in
 * milliseconds.
 */
export class KeptAnswers {
  readonly #kept: LRUCache<string, Kept>;
  readonly #maxKeys: number;
  readonly #memory: MemoryWatch;
  /** Time from which answers that have expired are freed again, all in one go. */
  #purgeAt = 0;
  #nowMs = 0;

  constructor({ maxIdempotencyKeys, maxIdempotencyBytes }: BrokerLimits, memory = ROOMY) {
    this.#memory = memory;
    this.#maxKeys = maxIdempotencyKeys;
    // With a number of entries it would take the memory for all of them at once.
    this.#kept = new LRUCache({
      maxSize: maxIdempotencyBytes,
      ttlResolution: 0,
      perf: { now: () => this.#nowMs },
      sizeCalculation: ({ answer }, key) =>
        ENTRY_OVERHEAD_BYTES + key.length + (answer?.length ?? 0),
    });
  }

  /** Uses a key: 'new' when nobody has within its time. */
  use(
    key: string,
    fingerprint: string,
    ttlMs: number,
    nowMs: number,
  ): 'new' | 'other' | { answer: string | undefined } {
    this.#nowMs = nowMs + LOOK_MS;
    // Entries keep their age when they are read, so the oldest expires next.
    const kept = this.#kept.peek(key);
    if (kept !== undefined) {
      return kept.fingerprint === fingerprint ? { answer: kept.answer } : 'other';
    }
    if (nowMs >= this.#purgeAt) {
      this.#purgeAt = nowMs + ttlMs;
      this.#kept.purgeStale();
    }
    this.#nowMs = nowMs + START_MS;
    this.#set(key, { fingerprint, answer: undefined }, ttlMs);
    if (this.#kept.size > this.#maxKeys) this.#kept.pop();
    return 'new';
  }

  release(key: string): void {
    this.#kept.delete(key);
  }

  answer(key: string, answer: string, nowMs: number): void {
    this.#nowMs = nowMs + LOOK_MS;
    const kept = this.#kept.peek(key);
    if (kept === undefined) return;
    const ttl = this.#kept.getRemainingTTL(key);
    this.#nowMs = nowMs + START_MS;
    this.#set(key, { ...kept, answer }, ttl);
  }

  #set(key: string, kept: Kept, ttl: number): void {
    const bytesBefore = this.#kept.calculatedSize;
    this.#kept.set(key, kept, { ttl });
    if (!this.#memory.isNear) return;
    while (this.#kept.calculatedSize > bytesBefore && this.#kept.size > 1) this.#kept.pop();
  }
}
