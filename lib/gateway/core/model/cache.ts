/** The last event published on a cache channel. */
export interface CachedEvent {
  event: string;
  data: string;
  /** How long it will still be kept, in milliseconds. */
  ttlMs: number;
}

interface Entry {
  event: string;
  data: string;
  expiresAt: number;
  bytes: number;
}

export interface CacheLimits {
  maxCachedChannels: number;
  maxCachedBytes: number;
  cacheTtlMs: number;
}

/**
 * The last published event of each cache channel of an app, occupied or not. At its limits it forgets what was used
 * longest ago. Time comes from the caller, in milliseconds.
 */
export class Cache {
  readonly #limits: CacheLimits;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();
  /**
   * Channels whose miss was told, until when it is not told again. A Map of its own: whoever subscribes to channels that
   * do not exist must not push out what was published.
   */
  readonly #missed = new Map<string, number>();
  #bytes = 0;

  constructor(limits: CacheLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  put(channel: string, event: string, data: string, nowMs: number): void {
    this.#forget(channel);
    this.#missed.delete(channel);
    const bytes = Buffer.byteLength(data) + channel.length + event.length;
    // The event before it must not come back as the last one, so what is too large to keep empties the channel.
    if (bytes > this.#limits.maxCachedBytes) return;
    this.#entries.set(channel, { event, data, expiresAt: nowMs + this.#limits.cacheTtlMs, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (
        this.#entries.size <= this.#limits.maxCachedChannels &&
        this.#bytes <= this.#limits.maxCachedBytes
      ) {
        break;
      }
      this.#forget(oldest);
    }
  }

  get(channel: string, nowMs: number): CachedEvent | undefined {
    const entry = this.#entries.get(channel);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= nowMs) {
      this.#forget(channel);
      return undefined;
    }
    this.#entries.delete(channel);
    this.#entries.set(channel, entry);
    return { event: entry.event, data: entry.data, ttlMs: entry.expiresAt - nowMs };
  }

  /**
   * Notes that a subscriber found nothing. True when that is worth telling: once per channel until something is published
   * on it, or an event could have expired.
   */
  miss(channel: string, nowMs: number): boolean {
    if ((this.#missed.get(channel) ?? -Infinity) > nowMs) return false;
    this.#missed.delete(channel);
    this.#missed.set(channel, nowMs + this.#limits.cacheTtlMs);
    const [oldest] = this.#missed.keys();
    if (oldest !== undefined && this.#missed.size > this.#limits.maxCachedChannels) {
      this.#missed.delete(oldest);
    }
    return true;
  }

  #forget(channel: string): void {
    const entry = this.#entries.get(channel);
    if (entry === undefined) return;
    this.#entries.delete(channel);
    this.#bytes -= entry.bytes;
  }
}
