import { createHash } from 'node:crypto';
import type { Answer } from './call';

interface Kept {
  fingerprint: string;
  answer: Answer;
  expiresAt: number;
  bytes: number;
}

export interface IdempotencyLimits {
  idempotencyTtlMs: number;
  maxIdempotencyKeys: number;
  maxIdempotencyBytes: number;
}

/** What an entry costs beside its texts. */
const ENTRY_OVERHEAD_BYTES = 200;

/**
 * Answers of an app's publishes that carried an `Idempotency-Key`, each kept for a while after it was first given: the
 * same request again gets the answer again and publishes nothing. At its limits it forgets the oldest, which would
 * expire next. Time comes from the caller, in milliseconds.
 */
export class Idempotency {
  readonly #limits: IdempotencyLimits;
  /** Oldest first: all are kept equally long. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(limits: IdempotencyLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The answer that was given under a key; 'other' when it was given to another request. */
  find(key: string, fingerprint: string, nowMs: number): Answer | 'other' | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.expiresAt <= nowMs) return undefined;
    return kept.fingerprint === fingerprint ? kept.answer : 'other';
  }

  keep(key: string, fingerprint: string, answer: Answer, nowMs: number): void {
    this.#forget(key);
    const { idempotencyTtlMs, maxIdempotencyKeys, maxIdempotencyBytes } = this.#limits;
    const bytes = ENTRY_OVERHEAD_BYTES + key.length + answer.body.length;
    this.#kept.set(key, { fingerprint, answer, expiresAt: nowMs + idempotencyTtlMs, bytes });
    this.#bytes += bytes;
    for (const [oldest, { expiresAt }] of this.#kept) {
      const full = this.#kept.size > maxIdempotencyKeys || this.#bytes > maxIdempotencyBytes;
      if (!full && expiresAt > nowMs) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}

/** What makes a request another one, its signature and timestamp aside: a repetition is signed anew. */
export function fingerprint(path: string, query: object, body: Buffer): string {
  const hash = createHash('sha256').update(`${path}\n${JSON.stringify(query)}\n`);
  return hash.update(body).digest('base64');
}
