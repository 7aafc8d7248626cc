/** Messages and bytes that may be sent beyond the last acknowledged one. */
export interface Credit {
  messages: number;
  bytes: number;
}

/**
 * Messages sent over one connection and not yet acknowledged, against the credit of its receiver. All partitions of a
 * connection share it, because the credit is granted for all of them together. Before the first grant nothing may be
 * sent.
 */
export class InFlight {
  readonly #shares: number;
  #credit: Credit = { messages: 0, bytes: 0 };
  #messages = 0;
  #bytes = 0;

  /**
   * @param shares number of buffers that together may use the whole credit. A buffer that is never acknowledged must
   * not hold back the others. Default 1.
   */
  constructor(shares = 1) {
    this.#shares = shares;
  }

  get messages(): number {
    return this.#messages;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A new grant replaces the one before; a smaller one takes nothing back that was sent. */
  grant(credit: Credit): void {
    this.#credit = { messages: credit.messages, bytes: credit.bytes };
  }

  /**
   * True when one more message of this size may be sent, by a buffer with so many messages and bytes of its own in
   * flight. A message larger than the whole credit goes alone, or it would wait for ever.
   */
  allows(bytes: number, ownMessages: number, ownBytes: number): boolean {
    const { messages: most, bytes: mostBytes } = this.#credit;
    if (this.#messages >= most) return false;
    if (this.#shares > 1) {
      if (ownMessages * this.#shares >= most || ownBytes * this.#shares >= mostBytes) return false;
    }
    if (this.#bytes + bytes <= mostBytes) return true;
    return this.#messages === 0 && mostBytes > 0;
  }

  launch(bytes: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
  }

  land(messages: number, bytes: number): void {
    this.#messages -= messages;
    this.#bytes -= bytes;
  }
}
