import type { Records, WriteOptions, Written } from '../broker';

interface Kept {
  readonly records: Map<string, Uint8Array>;
  /** Moment until which they are kept. */
  endsAtMs: number;
}

/** Records that homes have written, by name: kept until some time behind the last write. */
export class KeptRecords {
  readonly #byName = new Map<string, Kept>();

  /** The caller knows that the writer is the home. */
  write(name: string, records: Records, { anew, ttlMs }: WriteOptions, nowMs: number): Written {
    this.#expire(nowMs);
    if (anew === true) this.#byName.delete(name);
    const known = this.#byName.get(name);
    if (known === undefined && anew !== true) return 'lost';
    const kept = known ?? { records: new Map<string, Uint8Array>(), endsAtMs: 0 };
    for (const [field, value] of records) {
      if (value === undefined) kept.records.delete(field);
      else kept.records.set(field, value);
    }
    kept.endsAtMs = nowMs + ttlMs;
    if (kept.records.size > 0) this.#byName.set(name, kept);
    else this.#byName.delete(name);
    return 'written';
  }

  read(name: string, nowMs: number): ReadonlyMap<string, Uint8Array> {
    this.#expire(nowMs);
    return new Map(this.#byName.get(name)?.records);
  }

  #expire(nowMs: number): void {
    for (const [name, { endsAtMs }] of this.#byName) {
      if (endsAtMs <= nowMs) this.#byName.delete(name);
    }
  }
}
