import { LRUCache } from 'lru-cache';
import type { App } from '../model/app';
import { TokenBucket } from '../timing/token-bucket';

/** Rate limits per app. Each app's bucket is made at its first use. */
export class AppRates {
  readonly #buckets = new Map<App, TokenBucket>();

  /** True when one more call is within the rate. Up to `burst` calls may come at once. */
  take(app: App, { rate, burst }: { rate: number; burst: number }, nowMs: number): boolean {
    let bucket = this.#buckets.get(app);
    if (bucket === undefined) {
      bucket = new TokenBucket(rate, Math.max(1, burst), nowMs);
      this.#buckets.set(app, bucket);
    }
    return bucket.take(nowMs);
  }
}

/** Addresses that are remembered; those that asked longest ago are forgotten first. */
const MAX_ADDRESSES = 10_000;

/** Half of a rate for each remote address: one that asks without end leaves the other half to the rest. */
export class AddressShares {
  readonly #buckets = new LRUCache<string, TokenBucket>({ max: MAX_ADDRESSES });

  take(address: string, { rate, burst }: { rate: number; burst: number }, nowMs: number): boolean {
    let bucket = this.#buckets.get(address);
    if (bucket === undefined) {
      bucket = new TokenBucket(rate / 2, Math.max(1, burst / 2), nowMs);
      this.#buckets.set(address, bucket);
    }
    return bucket.take(nowMs);
  }
}
