import { LRUCache } from 'lru-cache';
import type { App } from '../model/app';
import { TokenBucket } from '../timing/token-bucket';

interface Rate {
  rate: number;
  burst: number;
}

/** A bucket, with the rate that it was made for. */
class RatedBucket {
  readonly #rate: Rate;
  readonly #bucket: TokenBucket;

  constructor({ rate, burst }: Rate, nowMs: number) {
    this.#rate = { rate, burst };
    this.#bucket = new TokenBucket(rate, Math.max(1, burst), nowMs);
  }

  isFor({ rate, burst }: Rate): boolean {
    return this.#rate.rate === rate && this.#rate.burst === burst;
  }

  take(nowMs: number): boolean {
    return this.#bucket.take(nowMs);
  }
}

/** Rate limits per app. Each app's bucket is made at its first use, and anew when a reload has changed its rate. */
export class AppRates {
  readonly #buckets = new WeakMap<App, RatedBucket>();

  /** True when one more call is within the rate. Up to `burst` calls may come at once. */
  take(app: App, limit: Rate, nowMs: number): boolean {
    let bucket = this.#buckets.get(app);
    if (bucket?.isFor(limit) !== true) {
      bucket = new RatedBucket(limit, nowMs);
      this.#buckets.set(app, bucket);
    }
    return bucket.take(nowMs);
  }
}

/** Most addresses that are remembered; the addresses that asked longest ago are forgotten first. */
const MAX_ADDRESSES = 10_000;

/** Half of a rate for each remote address: one that asks without end leaves the other half to the rest. */
export class AddressShares {
  readonly #buckets = new LRUCache<string, RatedBucket>({ max: MAX_ADDRESSES });

  take(address: string, { rate, burst }: Rate, nowMs: number): boolean {
    const half = { rate: rate / 2, burst: burst / 2 };
    let bucket = this.#buckets.get(address);
    if (bucket?.isFor(half) !== true) {
      bucket = new RatedBucket(half, nowMs);
      this.#buckets.set(address, bucket);
    }
    return bucket.take(nowMs);
  }
}
