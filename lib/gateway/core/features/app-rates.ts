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
