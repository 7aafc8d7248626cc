import { LRUCache } from 'lru-cache';
import type { App } from '../model/app';
import { TokenBucket } from '../timing/token-bucket';

interface Rate {
  rate: number;
  burst: number;
}

/** Rate limits per app. Each app's bucket is made at its first use. */
export class AppRates {
  readonly #buckets = new WeakMap<App, TokenBucket>();

  /** True when one more call is within the rate. Up to `burst` calls may come at once. */
  take(app: App, { rate, burst }: Rate, nowMs: number): boolean {
    let bucket = this.#buckets.get(app);
    if (bucket === undefined) {
      bucket = new TokenBucket();
      this.#buckets.set(app, bucket);
    }
    return bucket.take(rate, burst, nowMs);
  }
}

/** Most addresses that are remembered; the addresses that asked longest ago are forgotten first. */
const MAX_ADDRESSES = 10_000;

/** Half of a rate for each remote address: one that asks without end leaves the other half to the rest. */
export class AddressShares {
  readonly #buckets = new LRUCache<string, TokenBucket>({ max: MAX_ADDRESSES });

  take(address: string, { rate, burst }: Rate, nowMs: number): boolean {
    let bucket = this.#buckets.get(address);
    if (bucket === undefined) {
      bucket = new TokenBucket();
      this.#buckets.set(address, bucket);
    }
    return bucket.take(rate / 2, burst / 2, nowMs);
  }
}
