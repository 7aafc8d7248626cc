import type { PipeEvent } from '../../../wire/frames';

/** An event with the number of its report. */
export interface Reported {
  readonly number: number;
  readonly isSent: boolean;
  readonly event: PipeEvent;
  readonly bytes: number;
}

/** Reports to a next home of a stream, in whose hands later events are. */
export interface Taker {
  readonly node: number;
  /** True when reports that had no answer yet were given up. */
  readonly isStopped: boolean;
}

/** Number of the events that were passed on to a next home of a stream. */
interface Passed {
  readonly count: number;
  readonly to: Taker;
}

/**
 * Events whose report to a node was not answered, and those after it, for the next homes of its streams. Bounded: when
 * there are too many, none is kept.
 */
export class Tail {
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  #events: Reported[] = [];
  #bytes = 0;
  #isWhole = true;
  readonly #passed = new Map<string, Passed>();

  constructor(maxEvents: number, maxBytes: number) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  /** False when some events were dropped. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /**
   * Events for a stream: all, until they are passed on to one of its homes. A node that asked for them and did not become one,
   * as its lease was lost meanwhile, has nothing in its hands.
   */
  eventsOf(stream: string, homes: ReadonlySet<number>): readonly Reported[] {
    return this.#events.slice(0, this.#passedTo(stream, homes)?.count);
  }

  /** A stream goes on with the events that there are, unless one of its homes had some of them before. */
  passed(stream: string, homes: ReadonlySet<number>, to: Taker): void {
    if (this.#passedTo(stream, homes) !== undefined) return;
    this.#passed.set(stream, { count: this.#events.length, to });
  }

  push(reported: Reported): void {
    if (!this.#isWhole) return;
    this.#events.push(reported);
    this.#bytes += reported.bytes;
    if (this.#events.length > this.#maxEvents || this.#bytes > this.#maxBytes) this.lose();
  }

  /** Events were dropped before they came here. */
  lose(): void {
    this.#empty();
    this.#isWhole = false;
  }

  /** The node goes on: nobody takes its streams over. */
  clear(): void {
    this.#empty();
    this.#isWhole = true;
  }

  #passedTo(stream: string, homes: ReadonlySet<number>): Passed | undefined {
    const passed = this.#passed.get(stream);
    const isHeld = passed !== undefined && homes.has(passed.to.node) && !passed.to.isStopped;
    return isHeld ? passed : undefined;
  }

  #empty(): void {
    this.#events = [];
    this.#bytes = 0;
    this.#passed.clear();
  }
}
