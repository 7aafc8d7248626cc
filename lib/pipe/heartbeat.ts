import type { Clock, Timer } from '../util/timers';

export interface HeartbeatOwner {
  /** It was silent itself for `pingMs`: time to send a ping. */
  ping(): void;
  /** Nothing was heard for `deadMs`: the connection is gone, whatever TCP says. */
  dead(): void;
}

/**
 * Watches one open connection. Sending and hearing only note the time; one timer, set for whichever is due first, looks
 * at the notes.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #times: { pingMs: number; deadMs: number };
  readonly #owner: HeartbeatOwner;
  #sentAt: number;
  #heardAt: number;
  #timer: Timer;

  constructor(clock: Clock, times: { pingMs: number; deadMs: number }, owner: HeartbeatOwner) {
    this.#clock = clock;
    this.#times = times;
    this.#owner = owner;
    this.#sentAt = this.#heardAt = clock.now();
    this.#timer = this.#wait();
  }

  sent(): void {
    this.#sentAt = this.#clock.now();
  }

  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #wait(): Timer {
    const { pingMs, deadMs } = this.#times;
    const dueAt = Math.min(this.#sentAt + pingMs, this.#heardAt + deadMs);
    return this.#clock.setTimeout(() => this.#look(), Math.max(1, dueAt - this.#clock.now()));
  }

  #look(): void {
    const now = this.#clock.now();
    if (now - this.#heardAt >= this.#times.deadMs) return this.#owner.dead();
    if (now - this.#sentAt >= this.#times.pingMs) {
      this.#sentAt = now;
      this.#owner.ping();
    }
    this.#timer = this.#wait();
  }
}
