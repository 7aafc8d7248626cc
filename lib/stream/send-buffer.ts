import { Ring } from '../util/ring';
import { InFlight } from './in-flight';

/** Consecutive entries: entry i has the number `first + i`. */
export interface Batch<T> {
  first: number;
  entries: T[];
}

/**
 * The sender's half of one numbered direction: everything that is not acknowledged, in order, from number 1.
 *
 *     low <= acked + 1 <= sendPtr <= next
 *
 * `low` is the oldest entry kept, `acked` the last acknowledged, `sendPtr` the next to send, `next` the next to be
 * appended. Entries leave on an acknowledgement only; `dropOldest` is for an owner with a limit, and until its loss is
 * told (`skipLost`) `low` may pass the two in the middle and nothing is sent.
 *
 * Late and repeated acknowledgements change nothing. Every method is O(1) for each entry it moves.
 */
export class SendBuffer<T> {
  readonly #entries = new Ring<T>();
  readonly #sizes = new Ring<number>();
  #flight: InFlight;
  #low = 1;
  #acked = 0;
  #sendPtr = 1;
  /** The highest number ever sent: a receiver may still handle, and acknowledge, what an earlier connection brought. */
  #sent = 0;
  #bytes = 0;
  /** This buffer's share of the flight. */
  #flightBytes = 0;
  /** The part of that share whose entries were dropped; it lands when the last of them is acknowledged. */
  #strayBytes = 0;

  /** @param flight shared with other buffers of the same connection; by default one without any credit. */
  constructor(flight = new InFlight()) {
    this.#flight = flight;
  }

  get low(): number {
    return this.#low;
  }

  get acked(): number {
    return this.#acked;
  }

  get sendPtr(): number {
    return this.#sendPtr;
  }

  get next(): number {
    return this.#low + this.#entries.length;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Entries kept. */
  get length(): number {
    return this.#entries.length;
  }

  /** Bytes of the entries kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Entries sent on this connection and not acknowledged. */
  get unacked(): number {
    return this.#sendPtr - 1 - this.#acked;
  }

  /** Entries that were dropped before they could be sent. */
  get lost(): number {
    return Math.max(0, this.#low - this.#sendPtr);
  }

  get flight(): InFlight {
    return this.#flight;
  }

  /** Adds an entry and returns its number. */
  append(entry: T, bytes: number): number {
    this.#entries.push(entry);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    return this.next - 1;
  }

  /** Puts another entry in the place of number `n`. False, and no effect, when `n` is not kept or was ever sent. */
  replace(n: number, entry: T, bytes: number): boolean {
    if (n <= this.#sent || n < this.#low || n >= this.next) return false;
    this.#bytes += bytes - this.sizeOf(n);
    this.#entries.set(n - this.#low, entry);
    this.#sizes.set(n - this.#low, bytes);
    return true;
  }

  /** The kept entries from number `first` to `last`. */
  read(first: number, last: number): T[] {
    return this.#entries.slice(first - this.#low, last - first + 1);
  }

  /** Bytes of a kept entry. */
  sizeOf(n: number): number {
    return this.#sizes.at(n - this.#low) ?? 0;
  }

  /**
   * The next entries to send, as many as the credit and the arguments allow; undefined when there are none. The first
   * one is never held back for `maxBytes`.
   */
  take(maxEntries: number, maxBytes: number): Batch<T> | undefined {
    if (this.lost > 0) return undefined;
    const first = this.#sendPtr;
    const end = Math.min(this.next, first + maxEntries);
    let bytes = 0;
    while (this.#sendPtr < end) {
      const size = this.sizeOf(this.#sendPtr);
      if (this.#sendPtr > first && bytes + size > maxBytes) break;
      if (!this.#flight.allows(size, this.unacked, this.#flightBytes)) break;
      bytes += size;
      this.#launch(size);
    }
    if (this.#sendPtr === first) return undefined;
    return { first, entries: this.read(first, this.#sendPtr - 1) };
  }

  /** Acknowledges everything up to `n`. False, and no effect, when `n` was never sent: the other side broke the rules. */
  ack(n: number): boolean {
    if (!(n <= this.#sent)) return false;
    this.#settle(n);
    return true;
  }

  /**
   * Goes on over another connection whose receiver has everything up to `n`. False, and no effect, when `n` was never
   * appended. Afterwards `lost` says how many entries after `n` are gone.
   */
  attach(n: number, flight = this.#flight): boolean {
    if (!(n < this.next)) return false;
    this.rewind(this.#acked, flight);
    this.#sent = Math.max(this.#sent, n);
    this.#settle(n);
    return true;
  }

  /**
   * Goes on over another connection whose receiver needs nothing up to `n` again, but has yet to acknowledge it. False,
   * and no effect, when `n` was never sent.
   */
  rewind(n: number, flight = this.#flight): boolean {
    if (!(n <= this.#sent)) return false;
    this.release();
    this.#flight = flight;
    while (this.#sendPtr <= n) this.#launch(this.sizeOf(this.#sendPtr));
    return true;
  }

  /** Takes back what is in flight, as when its connection has ended. */
  release(): void {
    this.#flight.land(this.unacked, this.#flightBytes);
    this.#flightBytes = 0;
    this.#strayBytes = 0;
    this.#sendPtr = this.#acked + 1;
  }

  /** Forgets the oldest entry unacknowledged. One already sent stays in flight. */
  dropOldest(): void {
    if (this.#entries.length === 0) return;
    const size = this.#sizes.shift() ?? 0;
    this.#entries.drop(1);
    this.#bytes -= size;
    if (this.#low < this.#sendPtr) this.#strayBytes += size;
    this.#low += 1;
  }

  /** Steps over the lost entries; to be called when the receiver is told of them and nothing is in flight. */
  skipLost(): void {
    if (this.lost === 0 || this.unacked > 0) return;
    this.#acked = this.#low - 1;
    this.#sendPtr = this.#low;
    this.#sent = Math.max(this.#sent, this.#acked);
  }

  /** Forgets what was ever sent and numbers the rest from 1 again. */
  renumber(): void {
    this.release();
    this.#settle(this.#sent);
    this.#low = 1;
    this.#acked = 0;
    this.#sendPtr = 1;
    this.#sent = 0;
  }

  #launch(size: number): void {
    this.#flight.launch(size);
    this.#flightBytes += size;
    this.#sendPtr += 1;
    if (this.#sendPtr > this.#sent) this.#sent = this.#sendPtr - 1;
  }

  /**
   * The send pointer is clamped: after a resume an acknowledgement may pass it, because frames of the connection before
   * were still being handled, and what is trimmed here must not be sent.
   */
  #settle(n: number): void {
    if (!(n > this.#acked)) return;
    let landed = 0;
    if (n + 1 >= Math.min(this.#low, this.#sendPtr)) {
      landed = this.#strayBytes;
      this.#strayBytes = 0;
    }
    const kept = Math.max(0, n + 1 - this.#low);
    for (let i = 0; i < kept; i += 1) {
      const size = this.#sizes.shift() ?? 0;
      this.#bytes -= size;
      if (this.#low + i < this.#sendPtr) landed += size;
    }
    this.#entries.drop(kept);
    this.#low += kept;
    this.#flight.land(Math.min(n + 1, this.#sendPtr) - this.#acked - 1, landed);
    this.#flightBytes -= landed;
    this.#acked = n;
    this.#sendPtr = Math.max(this.#sendPtr, n + 1);
  }
}
