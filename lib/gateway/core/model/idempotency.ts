import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Answer of a publish: over HTTP, or over a Pipe. */
export type KeptAnswer = { status: number; body: string } | { sockets: number };

interface Kept {
  fingerprint: string;
  answer: KeptAnswer;
}

export interface IdempotencyLimits {
  idempotencyTtlMs: number;
  maxIdempotencyKeys: number;
  maxIdempotencyBytes: number;
}

// An LRUCache takes a start at 0 for none, and an entry for alive at the very end of its time.
const START_MS = 1;
const LOOK_MS = 1.5;

/** Cost of an entry beside its texts. */
const ENTRY_OVERHEAD_BYTES = 200;

export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

/**
 * Answers of an app's publishes that carried an idempotency key, whichever way they came, each kept for a while after it
 * was first given: the same publish again gets the answer again and publishes nothing. At its limits it forgets the
 * oldest. Time comes from the caller, in milliseconds.
 */
export class Idempotency {
  readonly #kept: LRUCache<string, Kept>;
  readonly #maxKeys: number;
  /** Time from which answers that have expired are freed again, all in one go. */
  #purgeAt = 0;
  #nowMs = 0;

  constructor({ idempotencyTtlMs, maxIdempotencyKeys, maxIdempotencyBytes }: IdempotencyLimits) {
    this.#maxKeys = maxIdempotencyKeys;
    // With a number of entries it would take the memory for all of them at once.
    this.#kept = new LRUCache({
      maxSize: maxIdempotencyBytes,
      ttl: idempotencyTtlMs,
      ttlResolution: 0,
      perf: { now: () => this.#nowMs },
      sizeCalculation: ({ answer }, key) =>
        ENTRY_OVERHEAD_BYTES + key.length + ('body' in answer ? answer.body.length : 0),
    });
  }

  /** The answer that was given under a key; 'other' when it was given to another request. */
  find(key: string, fingerprint: string, nowMs: number): KeptAnswer | 'other' | undefined {
    this.#nowMs = nowMs + LOOK_MS;
    // Entries keep their age when they are read, so the oldest expires next.
    const kept = this.#kept.peek(key);
    if (kept === undefined) return undefined;
    return kept.fingerprint === fingerprint ? kept.answer : 'other';
  }

  keep(key: string, fingerprint: string, answer: KeptAnswer, nowMs: number): void {
    this.#nowMs = nowMs + LOOK_MS;
    if (nowMs >= this.#purgeAt) {
      this.#purgeAt = nowMs + this.#kept.ttl;
      this.#kept.purgeStale();
    }
    this.#nowMs = nowMs + START_MS;
    this.#kept.delete(key);
    this.#kept.set(key, { fingerprint, answer });
    if (this.#kept.size > this.#maxKeys) this.#kept.pop();
  }
}

/** Short text for the content of a publish: another one under the same key is an error of the caller. */
export function fingerprint(what: string, body: Buffer | string = ''): string {
  return createHash('sha256').update(`${what}\n`).update(body).digest('base64');
}
