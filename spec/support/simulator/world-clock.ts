import type { Clock, Timer } from '../../../lib/util/timers';
import type { Chance } from './chance';

interface Due {
  atMs: number;
  run: () => void;
  owner: ProcessClock | undefined;
  cancelled: boolean;
}

/**
 * The one time of a simulated world. Everything that happens is an entry here, and one entry after the other runs, each
 * in a tick of its own.
 */
export class WorldClock {
  readonly chance: Chance;
  #nowMs = 0;
  /** By time, the next one last; those of one time in the order in which they were set. */
  readonly #due: Due[] = [];
  #turn: Array<{ run: () => void; owner: ProcessClock }> = [];

  constructor(chance: Chance) {
    this.chance = chance;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** A clock for one process, which stops when the process is killed. */
  process(): ProcessClock {
    return new ProcessClock(this);
  }

  after(delayMs: number, run: () => void, owner?: ProcessClock): Due {
    const due: Due = { atMs: this.#nowMs + delayMs, run, owner, cancelled: false };
    let low = 0;
    let high = this.#due.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#due[middle] as Due).atMs > due.atMs) low = middle + 1;
      else high = middle;
    }
    this.#due.splice(low, 0, due);
    return due;
  }

  endOfTurn(run: () => void, owner: ProcessClock): void {
    this.#turn.push({ run, owner });
  }

  /** Runs the next entry with everything that follows from it at once. False when nothing is left. */
  async step(): Promise<boolean> {
    let due = this.#due.pop();
    while (due?.cancelled === true || due?.owner?.stopped === true) due = this.#due.pop();
    if (due === undefined) return false;
    this.#nowMs = due.atMs;
    due.run();
    do {
      this.#endTurn();
      await microtasks();
    } while (this.#turn.length > 0);
    return true;
  }

  #endTurn(): void {
    while (this.#turn.length > 0) {
      for (const { run, owner } of this.#turn.splice(0)) if (!owner.stopped) run();
    }
  }
}

/** The clock that one simulated process is given. */
export class ProcessClock implements Clock {
  readonly #world: WorldClock;
  readonly #timers = new Set<Due>();
  #stopped = false;

  constructor(world: WorldClock) {
    this.#world = world;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Timers that are running. */
  get timers(): number {
    return this.#timers.size;
  }

  /** The process is killed: nothing of it runs any more. */
  kill(): void {
    this.#stopped = true;
  }

  now(): number {
    return this.#world.nowMs;
  }

  wall(): number {
    return 1_700_000_000_000 + this.#world.nowMs;
  }

  random(): number {
    return this.#world.chance.next();
  }

  setTimeout(run: () => void, delayMs: number): Timer {
    const timer = this.#world.after(
      delayMs,
      () => {
        this.#timers.delete(timer);
        run();
      },
      this,
    );
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    (timer as Due).cancelled = true;
    this.#timers.delete(timer as Due);
  }

  endOfTurn(run: () => void): void {
    this.#world.endOfTurn(run, this);
  }
}

/** Node runs all promises that can go on before the next tick; an immediate would take a turn of the event loop more. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
