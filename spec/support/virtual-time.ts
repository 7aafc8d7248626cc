/** An entry due at a moment of virtual time. */
export interface Due {
  atMs: number;
  run: () => void;
  owner: Owner | undefined;
}

/** A process that may be killed: then nothing of it runs any more. */
interface Owner {
  readonly stopped: boolean;
}

/** Time that passes when it is told to, shared by all clocks made from it. Entries run one after the other. */
export class VirtualTime {
  #nowMs = 0;
  /** By time, the next one last; entries of one time in the order in which they were set. */
  readonly #due: Due[] = [];
  #turn: Array<{ run: () => void; owner: Owner | undefined }> = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void, owner?: Owner): Due {
    const due: Due = { atMs: this.#nowMs + delayMs, run, owner };
    this.#due.splice(this.#behind(due.atMs), 0, due);
    return due;
  }

  cancel(due: Due): void {
    for (let i = this.#behind(due.atMs); this.#due[i]?.atMs === due.atMs; i += 1) {
      if (this.#due[i] === due) this.#due.splice(i, 1);
    }
  }

  /** Lets time pass while nothing runs, as in a process that stands still. */
  stall(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Lets time pass, and runs what falls due in its order. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    this.endTurn();
    while (this.#runNext(untilMs)) this.endTurn();
    this.#nowMs = untilMs;
  }

  /** Runs the next entry with everything that follows from it at once. False when nothing is left. */
  async step(): Promise<boolean> {
    if (!this.#runNext(Infinity)) return false;
    do {
      this.endTurn();
      await microtasks();
    } while (this.#turn.length > 0);
    return true;
  }

  endOfTurn(run: () => void, owner?: Owner): void {
    this.#turn.push({ run, owner });
  }

  /** Ends the turn of the event loop, and the turns that follow from it. */
  endTurn(): void {
    while (this.#turn.length > 0) {
      for (const { run, owner } of this.#turn.splice(0)) if (owner?.stopped !== true) run();
    }
  }

  /** Runs the next entry of a living process, unless it is later than `untilMs`. */
  #runNext(untilMs: number): boolean {
    while (this.#due.at(-1)?.owner?.stopped === true) this.#due.pop();
    const due = this.#due.at(-1);
    if (due === undefined || due.atMs > untilMs) return false;
    this.#due.pop();
    this.#nowMs = Math.max(this.#nowMs, due.atMs);
    due.run();
    return true;
  }

  /** The index of the entry that was set last among those of a time; where a new one of that time belongs. */
  #behind(atMs: number): number {
    let low = 0;
    let high = this.#due.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#due[middle] as Due).atMs > atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Node runs all promises that can go on before the next tick; an immediate would take a turn of the event loop more. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
