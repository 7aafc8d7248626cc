import type { App } from '../model/app';
import { TokenBucket } from '../timing/token-bucket';

/** How much each app may ask for, with a bucket of its own made at first use. */
export class AppRates {
  readonly #buckets = new Map<App, TokenBucket>();

  /** Whether one more thing is within the rate, of which `burst` may come at once. */
  take(app: App, { rate, burst }: { rate: number; burst: number }, nowMs: number): boolean {
    let bucket = this.#buckets.get(app);
    if (bucket === undefined) {
      bucket = new TokenBucket(rate, Math.max(1, burst), nowMs);
      this.#buckets.set(app, bucket);
    }
    return bucket.take(nowMs);
  }
}
