import type { PipeEvent } from '../../../wire/frames';

/** An event with the number of its report. */
export interface Reported {
  readonly number: number;
  readonly isSent: boolean;
  readonly event: PipeEvent;
  readonly bytes: number;
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
  /** Events that were passed on to a next home of a stream. That home is reported to: later events are in its hands. */
  readonly #passed = new Map<string, number>();

  constructor(maxEvents: number, maxBytes: number) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  /** False when some events were dropped. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Events for a stream: all, until they are passed on. */
  eventsOf(stream: string): readonly Reported[] {
    return this.#events.slice(0, this.#passed.get(stream));
  }

  /** A stream goes on with the events that there are. */
  passed(stream: string): void {
    if (!this.#passed.has(stream)) this.#passed.set(stream, this.#events.length);
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

  #empty(): void {
    this.#events = [];
    this.#bytes = 0;
    this.#passed.clear();
  }
}
