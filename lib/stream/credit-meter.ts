import type { Credit } from './in-flight';

/** Share of the credit that may be used up before an acknowledgement is sent on its own. */
const ACK_SHARE = 0.25;

/**
 * The receiver's side of the credit. An acknowledgement that found no frame to travel on is due when a quarter of the
 * credit has been handled, or some time after the first message was.
 */
export class CreditMeter {
  readonly #messageMark: number;
  readonly #byteMark: number;
  readonly #delayMs: number;
  #messages = 0;
  #bytes = 0;
  #sinceMs = 0;

  /** @param delayMs the longest an acknowledgement waits, 50 ms by default. */
  constructor(credit: Credit, delayMs = 50) {
    this.#messageMark = Math.max(1, credit.messages * ACK_SHARE);
    this.#byteMark = Math.max(1, credit.bytes * ACK_SHARE);
    this.#delayMs = delayMs;
  }

  /** Counts what was handled. `nowMs` is the time of a monotonic clock. */
  handled(messages: number, bytes: number, nowMs: number): void {
    if (this.#messages === 0) this.#sinceMs = nowMs;
    this.#messages += messages;
    this.#bytes += bytes;
  }

  /** Due time of an acknowledgement, on the clock given to `handled`; undefined when nothing was handled. */
  get dueAtMs(): number | undefined {
    if (this.#messages === 0) return undefined;
    if (this.#messages >= this.#messageMark || this.#bytes >= this.#byteMark) return this.#sinceMs;
    return this.#sinceMs + this.#delayMs;
  }

  /** An acknowledgement of all that was handled has been sent, alone or on another frame. */
  acked(): void {
    this.#messages = 0;
    this.#bytes = 0;
  }
}
