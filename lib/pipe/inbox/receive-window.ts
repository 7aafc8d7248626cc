import type { Credit } from '../../wire/frames';
import type { AssignedPartition } from './assigned-partition';

/**
 * How much the gateway may send, so that what has arrived and is not finished stays within the credit. The gateway counts
 * by the connection: what is at work here and came over an earlier one, or is another's by now, it does not count, so it
 * is granted so much less until that has ended or has come again.
 */
export class ReceiveWindow {
  readonly #full: Credit;
  /** What may be at work here. What is acknowledged on receipt may fill the credit once, and what is not, once more. */
  readonly #messages: number;
  readonly #bytes: number;
  #events = 0;
  #eventBytes = 0;
  #granted: Credit;
  #isShort = false;

  constructor(full: Credit, ackReceived: boolean) {
    const times = ackReceived ? 2 : 1;
    this.#full = this.#granted = full;
    this.#messages = full.messages * times;
    this.#bytes = full.bytes * times;
  }

  /** Events at work or waiting, of whatever session. */
  get events(): number {
    return this.#events;
  }

  /** Whether there is room for one more within the credit. */
  get hasRoom(): boolean {
    return this.#events < this.#full.messages && this.#eventBytes < this.#full.bytes;
  }

  /** Whether the gateway may be granted less than the credit. */
  get isShort(): boolean {
    return this.#isShort;
  }

  began(bytes: number): void {
    this.#events += 1;
    this.#eventBytes += bytes;
  }

  ended(bytes: number): void {
    this.#events -= 1;
    this.#eventBytes -= bytes;
  }

  /** The gateway counts less than before: another connection follows, or a partition goes to another member. */
  shorten(): void {
    this.#isShort = this.#events > 0;
  }

  /** For HELLO: nothing was sent over the connection that begins. */
  atFirst(): Credit {
    this.shorten();
    return (this.#granted = this.#less(this.#events, this.#eventBytes));
  }

  /** The credit to be told now; undefined when it was told. */
  changed(places: Iterable<AssignedPartition>): Credit | undefined {
    if (!this.#isShort) return undefined;
    let events = this.#events;
    let bytes = this.#eventBytes;
    for (const place of places) {
      if (place.events === 0) continue;
      const share = 1 - place.uncounted / place.events;
      events -= place.events * share;
      bytes -= place.bytes * share;
    }
    const { messages: before, bytes: bytesBefore } = this.#granted;
    const credit = this.#less(Math.round(events), Math.round(bytes));
    this.#isShort = events > 0;
    if (credit.messages === before && credit.bytes === bytesBefore) return undefined;
    return (this.#granted = credit);
  }

  #less(events: number, bytes: number): Credit {
    return {
      messages: Math.max(0, Math.min(this.#full.messages, this.#messages - events)),
      bytes: Math.max(0, Math.min(this.#full.bytes, this.#bytes - bytes)),
    };
  }
}
