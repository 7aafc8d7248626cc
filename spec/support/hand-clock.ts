import type { Clock, Timer } from '../../lib/util/timers';

interface HandTimer {
  due: number;
  run: () => void;
}

/** A clock whose timers run only when it is turned. The end of a turn is the real one: sockets are real. */
export class HandClock implements Clock {
  readonly #timers = new Set<HandTimer>();
  #now = 1_000;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now;
  }

  setTimeout(run: () => void, delayMs: number): Timer {
    const timer = { due: this.#now + delayMs, run };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    this.#timers.delete(timer as HandTimer);
  }

  endOfTurn(run: () => void): void {
    setImmediate(run);
  }

  random(): number {
    return 0.5;
  }

  /** Lets time pass; what falls due runs at its own time, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      let next: HandTimer | undefined;
      for (const timer of this.#timers) {
        if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer;
      }
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.run();
    }
    this.#now = end;
  }

  /** Jumps, as a process does that was stopped: what fell due meanwhile runs late. */
  stall(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }
}
