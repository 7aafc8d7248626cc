import type { Clock, Timer } from '../../lib/util/timers';
import { type Due, VirtualTime } from './virtual-time';

export interface ManualClockOptions {
  /** The time of several clocks; one of its own unless given. */
  time?: VirtualTime;
  /** `real`: turns of the event loop end by themselves, as beside real sockets. Default: by `endTurn` and `advance`. */
  turns?: 'manual' | 'real';
  /** Random numbers from 0 up to, but not, 1; always `chance` unless given. */
  random?: () => number;
}

/** The clock of one process: it stands still until it is advanced. */
export class ManualClock implements Clock {
  chance = 0.5;
  /** The wall time at moment 0. */
  wallMs = 1_700_000_000_000;
  readonly #time: VirtualTime;
  readonly #turns: 'manual' | 'real';
  readonly #random: (() => number) | undefined;
  readonly #timers = new Set<Due>();
  #stopped = false;
  /** Work that waits for the process to go on; undefined while it runs. */
  #waiting: { timers: Array<() => void>; input: Array<() => void> } | undefined;

  constructor({ time = new VirtualTime(), turns = 'manual', random }: ManualClockOptions = {}) {
    this.#time = time;
    this.#turns = turns;
    this.#random = random;
  }

  /** Timers that are running. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Time until the next timer; undefined when none is running. */
  get nextMs(): number | undefined {
    const times = [...this.#timers].map(({ atMs }) => atMs - this.#time.nowMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** The process is killed: nothing of it runs any more. */
  kill(): void {
    this.#stopped = true;
  }

  get standsStill(): boolean {
    return this.#waiting !== undefined;
  }

  /** The process stands still, as after SIGSTOP: its timers and all that comes to it wait until it goes on. */
  standStill(): void {
    this.#waiting ??= { timers: [], input: [] };
  }

  /** @param inputFirst a process may read before it runs its timers, or the other way round */
  goOn(inputFirst = false): void {
    if (this.#waiting === undefined) return;
    const { timers, input } = this.#waiting;
    this.#waiting = undefined;
    const all = inputFirst ? [...input, ...timers] : [...timers, ...input];
    for (const run of all) this.#time.after(0, run, this);
  }

  /** Input of the process, which it hears of when it runs. */
  receive(run: () => void): void {
    if (this.#waiting === undefined) run();
    else this.#waiting.input.push(run);
  }

  now(): number {
    return this.#time.nowMs;
  }

  wall(): number {
    return this.wallMs + this.#time.nowMs;
  }

  random(): number {
    return this.#random?.() ?? this.chance;
  }

  setTimeout(run: () => void, delayMs: number): Timer {
    const ends = (): void => {
      if (this.#waiting !== undefined) this.#waiting.timers.push(ends);
      // A timer that was due in a standstill may be cleared before it runs.
      else if (this.#timers.delete(timer)) run();
    };
    const timer = this.#time.after(delayMs, ends, this);
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    if (this.#timers.delete(timer as Due)) this.#time.cancel(timer as Due);
  }

  endOfTurn(run: () => void): void {
    if (this.#turns === 'real') setImmediate(run);
    else this.#time.endOfTurn(run, this);
  }

  /** Ends the turn of the event loop, and the turns that follow from it. */
  endTurn(): void {
    this.#time.endTurn();
  }

  /** Lets time pass while nothing runs, as in a process that stands still. */
  stall(byMs: number): void {
    this.#time.stall(byMs);
  }

  /** Lets time pass, and runs what falls due in its order. */
  advance(byMs: number): void {
    this.#time.advance(byMs);
  }
}
