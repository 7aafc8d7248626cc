import type { Credit } from './in-flight';
import { SendBuffer } from './send-buffer';
import type { Run } from './send-buffer';

/**
 * Outcome of a command: applied (with the number of sockets it was written to, where a receipt came), refused by the
 * gateway, surely not applied, or sent without an answer (applied or not, never twice).
 */
export type Outcome =
  | { status: 'applied'; sockets: number | undefined }
  | { status: 'refused'; code: number; message: string }
  | { status: 'not_sent' }
  | { status: 'unknown' };

export interface OutboxOptions<T> {
  maxEntries: number;
  maxBytes: number;
  /** Share of either limit, between 0 and 1, above which `offer` says 'high'. Half of it is the low-water mark. */
  highWaterRatio: number;
  /** True when the command's outcome waits for a receipt that may follow its acknowledgement. */
  awaitsReceipt(entry: T): boolean;
  /** Called once for each command accepted; must not throw. The outbox may be used from inside it. */
  settle(entry: T, outcome: Outcome): void;
  /** Called when the outbox has sunk to its low-water mark after an `offer` said 'high' or 'full'; must not throw. */
  drained(): void;
}

const APPLIED: Outcome = Object.freeze({ status: 'applied', sockets: undefined });
const NOT_SENT: Outcome = Object.freeze({ status: 'not_sent' });
const UNKNOWN: Outcome = Object.freeze({ status: 'unknown' });

/**
 * The commands of one session on their way to the gateway: numbered from 1, bounded, kept until acknowledged, and each
 * told its outcome.
 */
export class Outbox<T> {
  readonly #options: OutboxOptions<T>;
  #buffer = new SendBuffer<T>();
  /** Applied commands whose receipt has not come, by number. They count against the limits. */
  readonly #pending = new Map<number, { entry: T; bytes: number }>();
  #pendingBytes = 0;
  /** Receipts of commands up to this number went down with an earlier connection and are not waited for. */
  #receiptsLost = 0;
  #high = false;

  constructor(options: OutboxOptions<T>) {
    this.#options = options;
  }

  /** Commands without an outcome. */
  get length(): number {
    return this.#buffer.length + this.#pending.size;
  }

  get bytes(): number {
    return this.#buffer.bytes + this.#pendingBytes;
  }

  /** Commands that have yet to be sent over the present connection. */
  get unsent(): number {
    return this.#buffer.next - this.#buffer.sendPtr;
  }

  /** The number in a HELLO: of the oldest command not acknowledged, or of the next new command. */
  get nextSeq(): number {
    return this.#buffer.acked + 1;
  }

  /** Commands that wait for their acknowledgement or to be sent, in order. */
  get entries(): T[] {
    return this.#buffer.read(this.#buffer.low, this.#buffer.next - 1);
  }

  /** Sets how much may be sent beyond the last acknowledged command; nothing before the first grant. */
  grant(credit: Credit): void {
    this.#buffer.flight.grant(credit);
  }

  /** 'high': accepted, but the sender should pause until `drained`. 'full': not accepted. */
  offer(entry: T, bytes: number): 'ok' | 'high' | 'full' {
    const { maxEntries, maxBytes } = this.#options;
    if (this.length >= maxEntries || this.bytes + bytes > maxBytes) {
      this.#high = true;
      return 'full';
    }
    this.#buffer.append(entry, bytes);
    if (!this.#above(this.#options.highWaterRatio)) return 'ok';
    this.#high = true;
    return 'high';
  }

  /** The next commands to send, within the credit; undefined when there are none. */
  take(maxEntries: number, maxBytes: number): Run<T> | undefined {
    return this.#buffer.take(maxEntries, maxBytes);
  }

  /**
   * The gateway's acknowledgement: every command up to `seq` was applied or stands in `refused`. Settles them in order.
   * False, and no effect, when it speaks of commands never sent.
   */
  applied(
    seq: number,
    refused: ReadonlyArray<{ seq: number; code: number; message: string }>,
    receipts: ReadonlyArray<{ seq: number; sockets: number }>,
  ): boolean {
    const buffer = this.#buffer;
    const last = Math.max(seq, buffer.acked);
    const unfounded = (answer: { seq: number }): boolean => !(answer.seq <= last);
    if (!(seq <= buffer.sent) || refused.some(unfounded) || receipts.some(unfounded)) return false;

    const answers = new Map<number, Outcome>();
    for (const { seq: n, sockets } of receipts) answers.set(n, { status: 'applied', sockets });
    for (const { seq: n, code, message } of refused)
      answers.set(n, { status: 'refused', code, message });

    const settled: Array<{ entry: T; outcome: Outcome }> = [];
    for (const [n, outcome] of answers) {
      const pending = this.#pending.get(n);
      if (pending === undefined) continue; // repeated, not asked for, or settled below
      this.#pending.delete(n);
      this.#pendingBytes -= pending.bytes;
      settled.push({ entry: pending.entry, outcome });
    }

    const first = buffer.acked + 1;
    const entries = buffer.read(first, seq);
    const waiting = this.#holdBack(first, entries, answers);
    buffer.ack(seq);

    for (const { entry, outcome } of settled) this.#options.settle(entry, outcome);
    for (let i = 0; i < entries.length; i += 1) {
      const n = first + i;
      if (waiting?.has(n)) continue;
      this.#options.settle(entries[i] as T, answers.get(n) ?? APPLIED);
    }
    this.#relieve();
    return true;
  }

  /**
   * The session goes on over a new connection; `applied` is the highest number the gateway has applied. These commands
   * are not sent again but settle only on the acknowledgement that follows, because it tells which were refused. False,
   * and no effect, when `applied` cannot be true.
   */
  resume(applied: number): boolean {
    if (!(applied >= this.#buffer.acked && this.#buffer.rewind(applied))) return false;
    this.#receiptsLost = applied;
    this.#settlePending();
    this.#relieve();
    return true;
  }

  /**
   * A new session takes the place of the old one: commands sent and not acknowledged are `unknown`, the others stay and
   * are numbered from 1 again.
   */
  restart(): void {
    const inFlight = this.#buffer.read(this.nextSeq, this.#buffer.sent);
    this.#buffer.renumber();
    this.#receiptsLost = 0;
    this.#settlePending();
    for (const entry of inFlight) this.#options.settle(entry, UNKNOWN);
    this.#relieve();
  }

  /** The end: settles everything, what was sent as `unknown` and the rest as `not_sent`. */
  clear(): void {
    const { sent, next } = this.#buffer;
    const inFlight = this.#buffer.read(this.nextSeq, sent);
    const unsent = this.#buffer.read(sent + 1, next - 1);
    this.#buffer = new SendBuffer<T>();
    this.#receiptsLost = 0;
    this.#high = false;
    this.#settlePending();
    for (const entry of inFlight) this.#options.settle(entry, UNKNOWN);
    for (const entry of unsent) this.#options.settle(entry, NOT_SENT);
  }

  /** Puts aside the acknowledged commands whose receipt is still to come; returns their numbers if there are any. */
  #holdBack(
    first: number,
    entries: readonly T[],
    answers: ReadonlyMap<number, Outcome>,
  ): Set<number> | undefined {
    let held: Set<number> | undefined;
    for (let i = 0; i < entries.length; i += 1) {
      const n = first + i;
      const entry = entries[i] as T;
      if (n <= this.#receiptsLost || answers.has(n) || !this.#options.awaitsReceipt(entry))
        continue;
      const bytes = this.#buffer.sizeOf(n);
      this.#pending.set(n, { entry, bytes });
      this.#pendingBytes += bytes;
      (held ??= new Set()).add(n);
    }
    return held;
  }

  /** No receipt will come any more, but the commands were applied. */
  #settlePending(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#pendingBytes = 0;
    for (const { entry } of pending) this.#options.settle(entry, APPLIED);
  }

  #above(ratio: number): boolean {
    const { maxEntries, maxBytes } = this.#options;
    return this.length > maxEntries * ratio || this.bytes > maxBytes * ratio;
  }

  #relieve(): void {
    if (!this.#high || this.#above(this.#options.highWaterRatio / 2)) return;
    this.#high = false;
    this.#options.drained();
  }
}
