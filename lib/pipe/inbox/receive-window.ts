import type { Credit } from '../../stream/in-flight';

/** A partition as the window sees it. */
export interface Counted {
  readonly share: WindowShare;
  /** Unfinished events of it that the gateway counts. */
  readonly counted: number;
}

/** Unfinished events of one partition, and how many of them the gateway does not count. */
export class WindowShare {
  #events = 0;
  #bytes = 0;
  /** Offsets below are not sent any more: the gateway has lost them, or others have finished them. */
  #first = 1;
  /** Unfinished events of these offsets. */
  #passed = 0;
  /** The last offset that came over an earlier connection. */
  #before = 0;
  /** The last of these offsets that came again over the present connection. */
  #again = 0;

  add(bytes: number): void {
    this.#events += 1;
    this.#bytes += bytes;
  }

  remove(offset: number, bytes: number): void {
    this.#events -= 1;
    this.#bytes -= bytes;
    if (offset < this.#first && this.#passed > 0) this.#passed -= 1;
  }

  /** The lowest offset that the gateway may send. */
  get first(): number {
    return this.#first;
  }

  /**
   * The gateway sends nothing below `first` any more.
   * @param unfinished events at hand from the first offset of before to this one
   */
  pass(first: number, unfinished: number): void {
    this.#first = first;
    this.#passed += unfinished;
  }

  /** The gateway counts anew from here on. @param received the last offset that came so far */
  restart(received: number): void {
    this.#before = received;
    this.#again = 0;
  }

  cameAgain(offset: number): void {
    this.#again = offset;
  }

  /** Events that the gateway counts. @param done the last offset up to which everything is finished */
  counted(done: number): number {
    const hidden = Math.max(0, this.#before - Math.max(this.#again, done, this.#first - 1));
    return Math.max(0, this.#events - this.#passed - hidden);
  }

  /** Bytes of so many of the events. */
  bytesOf(events: number): number {
    return events === 0 ? 0 : (this.#bytes * events) / this.#events;
  }
}

/**
 * Receive window. The gateway counts unacknowledged events per connection; events still running from an earlier
 * connection, or of a partition that it has given to another member, are invisible to it, so they are subtracted from
 * the credit until they finish or come again.
 */
export class ReceiveWindow {
  readonly #full: Credit;
  /**
   * Most unfinished events. With acknowledgement on receipt, acknowledged ones fill the credit once, others once
   * more.
   */
  readonly #messages: number;
  readonly #bytes: number;
  #events = 0;
  #eventBytes = 0;
  #granted: Credit;
  #isShort = false;

  constructor(full: Credit, acksOnReceipt: boolean) {
    const times = acksOnReceipt ? 2 : 1;
    this.#full = this.#granted = full;
    this.#messages = full.messages * times;
    this.#bytes = full.bytes * times;
  }

  /** True when one more event fits into the credit. */
  get hasRoom(): boolean {
    return this.#events < this.#full.messages && this.#eventBytes < this.#full.bytes;
  }

  /** True when the gateway may have been granted less than the credit. */
  get isShort(): boolean {
    return this.#isShort;
  }

  add(bytes: number): void {
    this.#events += 1;
    this.#eventBytes += bytes;
  }

  remove(bytes: number): void {
    this.#events -= 1;
    this.#eventBytes -= bytes;
  }

  /** True when so many more events surely exceed the credit of the gateway. */
  exceeds(more: number, partitions: Iterable<Counted>): boolean {
    if (this.#events + more <= this.#messages) return false;
    let counted = more;
    for (const partition of partitions) counted += partition.counted;
    return counted > this.#messages;
  }

  /** The gateway counts less than before: another connection follows, or a partition goes to another member. */
  shorten(): void {
    // A short credit stays one until the full one is told, although nothing is at hand any more.
    this.#isShort ||= this.#events > 0;
  }

  /** The credit for HELLO: over the connection that begins nothing was sent. */
  restart(): Credit {
    this.shorten();
    return (this.#granted = this.#less(this.#events, this.#eventBytes));
  }

  /** The credit to be told now; undefined when the gateway knows it. */
  changed(partitions: Iterable<Counted>): Credit | undefined {
    if (!this.#isShort) return undefined;
    let events = this.#events;
    let bytes = this.#eventBytes;
    for (const { share, counted } of partitions) {
      events -= counted;
      bytes -= share.bytesOf(counted);
    }
    const { messages: before, bytes: bytesBefore } = this.#granted;
    const credit = this.#less(events, Math.round(bytes));
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
