import type { Clock, Timer } from '../../util/timers';

export interface HeartbeatOwner {
  /** It was silent itself for `pingMs`: time to send a ping. */
  ping(): void;
  /** Nothing was heard for `deadMs`: the connection is gone, whatever TCP says. */
  dead(): void;
}

/** A timer this late says that the process stood still, and what came meanwhile was not read yet. */
const LATE_MS = 1_000;

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
  #dueAt = 0;
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
    const delayMs = Math.min(this.#sentAt + pingMs, this.#heardAt + deadMs) - this.#clock.now();
    this.#dueAt = this.#clock.now() + delayMs;
    return this.#clock.setTimeout(() => this.#look(), delayMs);
  }

  #look(): void {
    const now = this.#clock.now();
    if (now - this.#heardAt >= this.#times.deadMs) {
      if (now - this.#dueAt <= LATE_MS) return this.#owner.dead();
      this.#heardAt = now + LATE_MS - this.#times.deadMs;
    }
    const silent = now - this.#sentAt >= this.#times.pingMs;
    if (silent) this.#sentAt = now;
    // Before the ping, which may end in `stop`.
    this.#timer = this.#wait();
    if (silent) this.#owner.ping();
  }
}
