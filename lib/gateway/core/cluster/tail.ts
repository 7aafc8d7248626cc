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

  constructor(maxEvents: number, maxBytes: number) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  /** False when some events were dropped. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  get events(): readonly Reported[] {
    return this.#events;
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
  }
}
