import type { Clock } from '../../../util/timers';
import { DelayQueue } from '../timing/delay-queue';

/** Counts above this are told at a slower pace (Channels protocol, counts). */
const MANY_SUBSCRIBERS = 100;
const PACE_MS = 5000;

/** Tells counts of subscribers: small ones at once, large ones every 5 s, the last one always. */
export class CountPace<K> {
  /** Keys whose large count was told within the last 5 s. */
  readonly #paced: DelayQueue<K>;
  /** Tells the present count of a key whose subscribers were told another one. */
  readonly #stale = new Map<K, () => void>();

  constructor(clock: Clock) {
    this.#paced = new DelayQueue(clock, PACE_MS, (key) => {
      const tell = this.#stale.get(key);
      if (tell === undefined) return;
      this.#stale.delete(key);
      this.#paced.add(key);
      tell();
    });
  }

  /** A key has another count, which `tell` tells, now or later. */
  changed(key: K, count: number, tell: () => void): void {
    if (count > MANY_SUBSCRIBERS && this.#paced.has(key)) {
      this.#stale.set(key, tell);
      return;
    }
    this.#stale.delete(key);
    if (count > MANY_SUBSCRIBERS) this.#paced.add(key);
    tell();
  }

  stop(): void {
    this.#paced.stop();
  }
}
