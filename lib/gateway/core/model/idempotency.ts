import { createHash } from 'node:crypto';

/** What a publish was answered: over HTTP, or over a Pipe. */
export type KeptAnswer = { status: number; body: string } | { sockets: number };

interface Kept {
  fingerprint: string;
  answer: KeptAnswer;
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

export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

/**
 * Answers of an app's publishes that carried an idempotency key, whichever way they came, each kept for a while after it
 * was first given: the same publish again gets the answer again and publishes nothing. At its limits it forgets the
 * oldest, which would expire next. Time comes from the caller, in milliseconds.
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
  find(key: string, fingerprint: string, nowMs: number): KeptAnswer | 'other' | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.expiresAt <= nowMs) return undefined;
    return kept.fingerprint === fingerprint ? kept.answer : 'other';
  }

  keep(key: string, fingerprint: string, answer: KeptAnswer, nowMs: number): void {
    this.#forget(key);
    const { idempotencyTtlMs, maxIdempotencyKeys, maxIdempotencyBytes } = this.#limits;
    const length = 'body' in answer ? answer.body.length : 0;
    const bytes = ENTRY_OVERHEAD_BYTES + key.length + length;
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

/** A short text for what a publish says: another one under the same key is an error of the caller. */
export function fingerprint(what: string, body: Buffer | string = ''): string {
  return createHash('sha256').update(`${what}\n`).update(body).digest('base64');
}
