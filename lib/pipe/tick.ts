import { badArgument, checkHandler } from './checks';
import type { Clock, Timer } from '../util/timers';

/** Most ticks in a second: timers are no finer than a millisecond. */
const MAX_HZ = 1_000;

/** A tick of `client.tick`. */
export interface Tick {
  /** Number of the tick from 1 on, skipped ones counted. */
  readonly number: number;
  /** Milliseconds since the last run, or since the start. */
  readonly dtMs: number;
  /** Ticks that were skipped right before this one, because the process was busy. */
  readonly late: number;
}

/** A running `client.tick`. */
export interface Ticker {
  /** Ticks that were skipped so far. */
  readonly skipped: number;
  /** Ends it; a second call does nothing. */
  stop(): void;
}

export interface TicksOwner {
  /** Sends all that was triggered. */
  flush(): void;
  failed(thrown: unknown): void;
}

/** The tickers of a client. Each tick has its time from the start on, so that a late one delays none behind it. */
export class Ticks {
  readonly #clock: Clock;
  readonly #owner: TicksOwner;
  readonly #tickers = new Set<RunningTicker>();

  constructor(clock: Clock, owner: TicksOwner) {
    this.#clock = clock;
    this.#owner = owner;
  }

  /** @throws StandpipeError `bad_argument` */
  start(hz: number, run: (tick: Tick) => unknown): Ticker {
    if (!(typeof hz === 'number' && hz > 0 && hz <= MAX_HZ)) {
      throw badArgument(`hz must be a number above 0 and at most ${MAX_HZ}`);
    }
    checkHandler(run);
    const ticker = new RunningTicker(this.#clock, 1_000 / hz, {
      run: (tick) => this.#run(run, tick),
      stopped: () => this.#tickers.delete(ticker),
    });
    this.#tickers.add(ticker);
    return ticker;
  }

  stop(): void {
    for (const ticker of this.#tickers) ticker.stop();
  }

  #run(run: (tick: Tick) => unknown, tick: Tick): void {
    try {
      const running = run(tick);
      // Nothing waits for an async function, but its failure is told as any other.
      if (running instanceof Promise) running.catch((thrown) => this.#owner.failed(thrown));
    } catch (thrown) {
      this.#owner.failed(thrown);
    }
    this.#owner.flush();
  }
}

class RunningTicker implements Ticker {
  skipped = 0;
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #owner: { run(tick: Tick): void; stopped(): void };
  readonly #startMs: number;
  #lastMs: number;
  #number = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, periodMs: number, owner: { run(tick: Tick): void; stopped(): void }) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#owner = owner;
    this.#startMs = this.#lastMs = clock.now();
    this.#wait();
  }

  stop(): void {
    if (this.#timer === undefined) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#owner.stopped();
  }

  #wait(): void {
    const dueMs = this.#startMs + (this.#number + 1) * this.#periodMs;
    const waitMs = Math.max(1, Math.ceil(dueMs - this.#clock.now()));
    this.#timer = this.#clock.setTimeout(() => this.#tick(), waitMs);
  }

  #tick(): void {
    const nowMs = this.#clock.now();
    // A timer may be a little early.
    const due = Math.floor((nowMs - this.#startMs) / this.#periodMs);
    const late = Math.max(0, due - this.#number - 1);
    this.skipped += late;
    this.#number += late + 1;
    const dtMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#owner.run({ number: this.#number, dtMs, late });
    if (this.#timer !== undefined) this.#wait();
  }
}
