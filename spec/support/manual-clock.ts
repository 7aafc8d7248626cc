import type { Clock, Timer } from '../../lib/util/timers';

interface ManualTimer {
  run: () => void;
  atMs: number;
}

/** A clock that stands still until it is turned. Its random numbers are what `chance` says. */
export class ManualClock implements Clock {
  chance = 0.5;
  wallMs = 1_700_000_000_000;
  #nowMs = 0;
  readonly #timers = new Set<ManualTimer>();
  #turn: Array<() => void> = [];

  /** Timers that are running. */
  get timers(): number {
    return this.#timers.size;
  }

  /** How long until the next timer; undefined when none is running. */
  get nextMs(): number | undefined {
    const times = [...this.#timers].map(({ atMs }) => atMs - this.#nowMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  now(): number {
    return this.#nowMs;
  }

  wall(): number {
    return this.wallMs + this.#nowMs;
  }

  random(): number {
    return this.chance;
  }

  setTimeout(run: () => void, delayMs: number): Timer {
    const timer: ManualTimer = { run, atMs: this.#nowMs + delayMs };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    this.#timers.delete(timer as ManualTimer);
  }

  endOfTurn(run: () => void): void {
    this.#turn.push(run);
  }

  /** Ends the turn of the event loop, and those that follow from it. */
  endTurn(): void {
    while (this.#turn.length > 0) for (const run of this.#turn.splice(0)) run();
  }

  /** Lets time pass while nothing runs, as in a process that stands still. */
  stall(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Turns the clock, running what falls due in its order. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    this.endTurn();
    for (;;) {
      const due = [...this.#timers]
        .filter(({ atMs }) => atMs <= untilMs)
        .sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.run();
      this.endTurn();
    }
    this.#nowMs = untilMs;
  }
}
