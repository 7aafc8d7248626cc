/**
 * Lets `ratePerSecond` things through on average and `burst`, or one, at once. The rate comes with every call, so that a
 * changed limit holds from the next call on. Time comes from the caller, in milliseconds.
 */
export class TokenBucket {
  /** Full at first, whatever the burst. */
  #tokens = Infinity;
  #at = 0;

  take(ratePerSecond: number, burst: number, nowMs: number): boolean {
    const gained = ((nowMs - this.#at) * ratePerSecond) / 1000;
    this.#tokens = Math.min(Math.max(1, burst), this.#tokens + gained);
    this.#at = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
