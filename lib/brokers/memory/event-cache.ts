import { LRUCache } from 'lru-cache';
import { ROOMY, type MemoryWatch } from '../../stream/memory-watch';
import type { BrokerLimits, CachedEvent } from '../broker';

interface Entry {
  text: string;
  seq: number;
}

// An LRUCache takes a start at 0 for none, and an entry for alive at the very end of its time.
const START_MS = 1;
const LOOK_MS = 1.5;

/**
 * Last published event of each cache channel of an app, occupied or not. At its limits it forgets the least recently
 * used, near the end of memory as many bytes as a new one has. Time comes from the caller, in milliseconds.
 */
export class EventCache {
  readonly #limits: BrokerLimits;
  readonly #memory: MemoryWatch;
  readonly #events: LRUCache<string, Entry>;
  /**
   * Channels whose miss was told and is not told again for a while. A cache of its own: subscribers of channels that do
   * not exist must not push out published events.
   */
  readonly #missed: LRUCache<string, true>;
  #nowMs = 0;

  constructor(limits: BrokerLimits, memory = ROOMY) {
    const { maxCachedBytes: maxSize, cacheTtlMs: ttl } = limits;
    this.#limits = limits;
    this.#memory = memory;
    const perf = { now: (): number => this.#nowMs };
    // With a number of entries it would take the memory for all of them at once.
    this.#events = new LRUCache({ maxSize, ttl, ttlResolution: 0, perf });
    this.#missed = new LRUCache({ maxSize: limits.maxCachedChannels, ttl, ttlResolution: 0, perf });
  }

  get size(): number {
    return this.#events.size;
  }

  get bytes(): number {
    return this.#events.calculatedSize;
  }

  put(channel: string, { text, seq, ttlMs }: CachedEvent, nowMs: number): void {
    this.#nowMs = nowMs + START_MS;
    this.#missed.delete(channel);
    const bytesBefore = this.bytes;
    // The event before it must not come back as the last one, so an event too large to keep empties the channel.
    this.#events.delete(channel);
    const size = Buffer.byteLength(text) + channel.length;
    if (size > this.#limits.maxCachedBytes) return;
    this.#events.set(channel, { text, seq }, { size, ttl: ttlMs });
    if (this.#events.size > this.#limits.maxCachedChannels) this.#events.pop();
    if (!this.#memory.isNear) return;
    while (this.bytes > bytesBefore) this.#events.pop();
  }

  get(channel: string, nowMs: number): CachedEvent | undefined {
    this.#nowMs = nowMs + LOOK_MS;
    const entry = this.#events.get(channel);
    if (entry === undefined) return undefined;
    return { ...entry, ttlMs: this.#events.getRemainingTTL(channel) + LOOK_MS - START_MS };
  }

  /** True once until something is put, or an event could have expired. */
  miss(channel: string, nowMs: number): boolean {
    this.#nowMs = nowMs + LOOK_MS;
    if (this.#missed.get(channel) === true) return false;
    this.#nowMs = nowMs + START_MS;
    this.#missed.set(channel, true, { size: 1 });
    return true;
  }
}
