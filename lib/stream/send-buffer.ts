import { Ring } from '../util/ring';
import { InFlight } from './in-flight';
import { type Range, Ranges } from './ranges';

/** Consecutive entries: entry i has the number `first + i`. */
export interface Run<T> {
  first: number;
  /** Numbers right before `first` that the receiver has not had and does not need: they are finished. */
  skipped: number;
  entries: T[];
}

/** A buffer as it was elsewhere. Numbers from `low` on that are not among those kept are finished. */
export interface KeptEntries<T> {
  /** Numbers up to here are acknowledged. */
  acked: number;
  /** The oldest entry that was kept; entries between are lost, or finished. */
  low: number;
  /** The number after the last one that may have been given out. */
  next: number;
  /** Finished numbers below `low`. */
  finished: readonly Range[];
  /** In the order of their numbers. */
  entries: Iterable<readonly [n: number, entry: T, bytes: number]>;
}

/** Stands in the place of the size of an entry that is finished. */
const FINISHED = -1;

/**
 * The sender's half of one numbered direction: everything that is not acknowledged, in order, from number 1.
 *
 *     low <= acked + 1 <= sendPtr <= next
 *
 * `low` is the oldest entry kept, `acked` the last acknowledged, `sendPtr` the next to send, `next` the next to be
 * appended. Entries leave on an acknowledgement only; `dropOldest` is for an owner with a limit, and until its loss
 * is told (`skipLost`) `low` may pass the two in the middle and nothing is sent.
 *
 * Entries above `acked` may be finished one by one: a finished entry is forgotten, its place stays as a hole that is
 * never sent, and its credit is free.
 *
 * Late and repeated acknowledgements change nothing. Every method is O(1) for each entry it moves.
 */
export class SendBuffer<T> {
  readonly #entries = new Ring<T | undefined>();
  readonly #sizes = new Ring<number>();
  /** Finished above `acked`. */
  readonly #finished = new Ranges();
  #flight: InFlight;
  #low = 1;
  #acked = 0;
  /**
   * The last number that a receiver, or a told loss, has acknowledged; `acked` is higher when finished ones follow
   * it.
   */
  #said = 0;
  #sendPtr = 1;
  /** The next number that the present receiver expects. */
  #expected = 1;
  /** The highest number ever sent: a receiver may still handle, and acknowledge, what an earlier connection brought. */
  #sent = 0;
  #bytes = 0;
  /** Holes among the entries kept. */
  #holes = 0;
  /** This buffer's share of the flight. */
  #flightMessages = 0;
  #flightBytes = 0;
  /** The part of that share whose entries were dropped; it lands when the last of them is acknowledged. */
  #strayBytes = 0;

  /** @param flight shared with other buffers of the same connection; by default one without any credit. */
  constructor(flight = new InFlight()) {
    this.#flight = flight;
  }

  /**
   * Takes over from another buffer; all of its entries may have been sent. Returns the numbers from the oldest kept one on
   * that have a place and no entry.
   */
  restore({ acked, low, next, finished, entries }: KeptEntries<T>): readonly Range[] {
    this.#acked = this.#said = acked;
    this.#sendPtr = this.#expected = acked + 1;
    this.#low = Math.max(low, acked + 1);
    const holes: Range[] = [];
    const pad = (end: number): void => {
      if (this.next < end) holes.push({ first: this.next, last: end - 1 });
      while (this.next < end) this.append(undefined as T, 0);
    };
    for (const [n, entry, bytes] of entries) {
      pad(n);
      this.append(entry, bytes);
      this.#sent = n;
    }
    pad(next);
    this.#sent = Math.max(this.#sent, acked);
    for (const { first, last } of finished) if (last < this.#low) this.finish(first, last);
    for (const { first, last } of holes) this.finish(first, last);
    return holes;
  }

  get low(): number {
    return this.#low;
  }

  get acked(): number {
    return this.#acked;
  }

  /** The lowest position that an honest receiver can be at. */
  get said(): number {
    return this.#said;
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

  /** Entries kept, holes included. */
  get length(): number {
    return this.#entries.length;
  }

  /** Entries kept that are not finished. */
  get unfinished(): number {
    return this.#entries.length - this.#holes;
  }

  /** Bytes of the entries kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Numbers sent on this connection and not acknowledged, finished ones included. */
  get unacked(): number {
    return this.#sendPtr - 1 - this.#acked;
  }

  /** Entries of this buffer that use credit. */
  get inFlight(): number {
    return this.#flightMessages;
  }

  /** Entries that were dropped before they could be sent. */
  get lost(): number {
    return this.#low <= this.#sendPtr ? 0 : this.unfinishedIn(this.#sendPtr, this.#low - 1);
  }

  get flight(): InFlight {
    return this.#flight;
  }

  /** Count of unfinished numbers above `acked`, from `first` to `last`. */
  unfinishedIn(first: number, last: number): number {
    return Math.max(0, last - first + 1) - this.#finished.count(first, last);
  }

  /** Finished ranges above `acked`. */
  get finished(): readonly Range[] {
    return this.#finished.list();
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
    const size = this.#sizes.at(n - this.#low);
    if (size === FINISHED) return false;
    this.#bytes += bytes - (size ?? 0);
    this.#entries.set(n - this.#low, entry);
    this.#sizes.set(n - this.#low, bytes);
    return true;
  }

  /** The kept entries from number `first` to `last`; a caller that may meet finished ones uses `eachAfter`. */
  read(first: number, last: number): T[] {
    return this.#entries.slice(first - this.#low, last - first + 1) as T[];
  }

  /** Visits the kept entries above number `n` that are not finished, in order. `visit` may finish and drop entries. */
  eachAfter(n: number, visit: (entry: T, n: number) => void): void {
    const { next } = this;
    for (let at = Math.max(n + 1, this.#low); at < next; at += 1) {
      if (at < this.#low || this.#sizes.at(at - this.#low) === FINISHED) continue;
      visit(this.#entries.at(at - this.#low) as T, at);
    }
  }

  /** Bytes of a kept entry. */
  sizeOf(n: number): number {
    return Math.max(0, this.#sizes.at(n - this.#low) ?? 0);
  }

  /**
   * The next entries to send, as many as the credit and the arguments allow, up to the next hole; undefined when
   * there are none. The first one is never held back for `maxBytes`.
   */
  take(maxEntries: number, maxBytes: number): Run<T> | undefined {
    if (this.#low > this.#sendPtr) {
      if (this.lost > 0) return undefined;
      this.#sendPtr = this.#low;
    }
    if (this.#holes > 0) this.#passHoles();
    const first = this.#sendPtr;
    const end = Math.min(this.next, first + maxEntries);
    let bytes = 0;
    while (this.#sendPtr < end) {
      const size = this.#sizes.at(this.#sendPtr - this.#low) as number;
      if (size === FINISHED) break;
      if (this.#sendPtr > first && bytes + size > maxBytes) break;
      if (!this.#flight.allows(size, this.#flightMessages, this.#flightBytes)) break;
      bytes += size;
      this.#launch(size);
    }
    if (this.#sendPtr === first) return undefined;
    const skipped = Math.max(0, first - this.#expected);
    this.#expected = this.#sendPtr;
    return { first, skipped, entries: this.read(first, this.#sendPtr - 1) };
  }

  /**
   * Acknowledges everything up to `n`. False, and no effect, when `n` was never sent: the other side broke the rules.
   */
  ack(n: number): boolean {
    if (!(n <= this.#sent)) return false;
    this.#settle(n);
    return true;
  }

  /** Entries from `first` to `last` are finished, in whatever order, and are not to be sent any more. */
  finish(first: number, last: number): void {
    const end = Math.min(last, this.next - 1);
    const from = Math.max(first, this.#acked + 1);
    for (const piece of this.#finished.missing(from, end)) {
      this.#finished.add(piece.first, piece.last);
      for (let n = piece.first; n <= piece.last; n += 1) this.#hole(n);
    }
    if (this.#finished.has(this.#acked + 1)) this.#advance(this.#acked);
  }

  /**
   * Goes on over another connection whose receiver has everything up to `n`. False, and no effect, when `n` was never
   * appended. Afterwards `lost` says how many entries after `n` are gone.
   */
  attach(n: number, flight = this.#flight): boolean {
    if (!(n < this.next)) return false;
    this.rewind(this.#acked, flight);
    this.#sent = Math.max(this.#sent, n);
    this.#expected = n + 1;
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
    this.#expected = this.#sendPtr;
    return true;
  }

  /** Takes back what is in flight, as when its connection has ended. */
  release(): void {
    this.#flight.land(this.#flightMessages, this.#flightBytes);
    this.#flightMessages = 0;
    this.#flightBytes = 0;
    this.#strayBytes = 0;
    this.#sendPtr = this.#acked + 1;
  }

  /** Forgets the oldest entry unacknowledged. A sent entry stays in flight. */
  dropOldest(): void {
    if (this.#entries.length === 0) return;
    const size = this.#sizes.shift() ?? 0;
    this.#entries.drop(1);
    if (size === FINISHED) this.#holes -= 1;
    else {
      this.#bytes -= size;
      if (this.#low < this.#sendPtr) this.#strayBytes += size;
    }
    this.#low += 1;
  }

  /**
   * Steps over the lost entries; to be called when the receiver is told of a loss and nothing is in flight. Returns the
   * number that it is told to expect.
   */
  skipLost(): number {
    if (this.unacked === 0) {
      this.#expected = Math.max(this.#low, this.#sendPtr);
      this.#settle(this.#expected - 1);
    }
    return this.#expected;
  }

  /** Forgets what was ever sent and numbers the rest from 1 again. */
  renumber(): void {
    this.release();
    this.#settle(this.#sent);
    this.#low = 1;
    this.#acked = 0;
    this.#said = 0;
    this.#sendPtr = 1;
    this.#expected = 1;
    this.#sent = 0;
  }

  #launch(size: number): void {
    this.#flight.launch(size);
    this.#flightMessages += 1;
    this.#flightBytes += size;
    this.#sendPtr += 1;
    if (this.#sendPtr > this.#sent) this.#sent = this.#sendPtr - 1;
  }

  #land(messages: number, bytes: number): void {
    this.#flight.land(messages, bytes);
    this.#flightMessages -= messages;
    this.#flightBytes -= bytes;
  }

  /** Number `n` has just become finished. Bytes of one that was dropped land with the last of those. */
  #hole(n: number): void {
    let size = 0;
    if (n >= this.#low) {
      size = this.sizeOf(n);
      this.#bytes -= size;
      this.#holes += 1;
      this.#entries.set(n - this.#low, undefined);
      this.#sizes.set(n - this.#low, FINISHED);
    }
    if (n < this.#sendPtr) this.#land(1, size);
  }

  #passHoles(): void {
    const { next } = this;
    while (this.#sendPtr < next && this.#sizes.at(this.#sendPtr - this.#low) === FINISHED) {
      this.#sendPtr += 1;
    }
    if (this.#sendPtr > this.#sent) this.#sent = this.#sendPtr - 1;
  }

  #settle(n: number): void {
    if (n > this.#said) this.#said = n;
    if (n > this.#acked) this.#advance(n);
  }

  /**
   * Removes the entries up to `n` and the finished entries that follow. The send pointer is clamped: after a resume an
   * acknowledgement may pass it, because frames of the connection before were still being handled, and removed entries
   * must not be sent.
   */
  #advance(said: number): void {
    const n = this.#finished.through(said);
    const flown = Math.min(n, this.#sendPtr - 1);
    const messages = this.unfinishedIn(this.#acked + 1, flown);
    let landed = 0;
    if (n + 1 >= Math.min(this.#low, this.#sendPtr)) {
      landed = this.#strayBytes;
      this.#strayBytes = 0;
    }
    const kept = Math.max(0, n + 1 - this.#low);
    for (let i = 0; i < kept; i += 1) {
      const size = this.#sizes.shift() ?? 0;
      if (size === FINISHED) {
        this.#holes -= 1;
        continue;
      }
      this.#bytes -= size;
      if (this.#low + i < this.#sendPtr) landed += size;
    }
    this.#entries.drop(kept);
    this.#low += kept;
    this.#land(messages, landed);
    if (this.#finished.length > 0) this.#finished.delete(1, n);
    this.#acked = n;
    this.#sendPtr = Math.max(this.#sendPtr, n + 1);
    this.#sent = Math.max(this.#sent, n);
  }
}
