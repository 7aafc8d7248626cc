import type { Clock, Timer } from './timers';

export interface HeartbeatTimes {
  /** Silence of this side, in milliseconds, after which it pings. */
  pingMs: number;
  /** Silence of the peer, in milliseconds, after which the connection is dead. */
  deadMs: number;
}

export interface HeartbeatOwner {
  /** This side sent nothing for `pingMs`: a ping is due. */
  ping(): void;
  /** The peer was silent for `deadMs`: the connection is gone, whatever TCP says. */
  dead(): void;
}

/** Lateness of a timer from which on this process is said to have stood still. */
const STOOD_STILL_MS = 1_000;
/** Time that the peer has to be heard after this process stood still. */
const CATCH_UP_MS = 1_000;
/** Looks for each `deadMs`, at least: a standstill that could cost the peer its life makes one of them late. */
const LOOKS = 4;

/**
 * Life signs of one connection, the same for both ends of a Pipe. Sending and hearing only note the time; one timer looks
 * at the notes.
 *
 * A process that stood still has not read what came meanwhile, so its peer is not judged before it had time to catch up.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #times: HeartbeatTimes;
  readonly #owner: HeartbeatOwner;
  #sentAtMs: number;
  #heardAtMs: number;
  #dueAtMs = 0;
  #timer: Timer;

  constructor(clock: Clock, times: HeartbeatTimes, owner: HeartbeatOwner) {
    this.#clock = clock;
    this.#times = times;
    this.#owner = owner;
    this.#sentAtMs = this.#heardAtMs = clock.now();
    this.#timer = this.#wait();
  }

  sent(): void {
    this.#sentAtMs = this.#clock.now();
  }

  heard(): void {
    this.#heardAtMs = this.#clock.now();
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  #wait(): Timer {
    const { pingMs, deadMs } = this.#times;
    const nowMs = this.#clock.now();
    this.#dueAtMs = Math.min(
      this.#sentAtMs + pingMs,
      this.#heardAtMs + deadMs,
      nowMs + Math.ceil(deadMs / LOOKS),
    );
    return this.#clock.setTimeout(() => this.#look(), this.#dueAtMs - nowMs);
  }

  #look(): void {
    const { pingMs, deadMs } = this.#times;
    const nowMs = this.#clock.now();
    if (nowMs - this.#dueAtMs > STOOD_STILL_MS) {
      this.#heardAtMs = Math.max(this.#heardAtMs, nowMs + CATCH_UP_MS - deadMs);
    }
    if (nowMs - this.#heardAtMs >= deadMs) return this.#owner.dead();
    const silent = nowMs - this.#sentAtMs >= pingMs;
    if (silent) this.#sentAtMs = nowMs;
    // The timer is set before the ping, which may end in `stop`.
    this.#timer = this.#wait();
    if (silent) this.#owner.ping();
  }
}
