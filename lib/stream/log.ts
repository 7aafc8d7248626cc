import type { Budget } from './budget';
import { type Spender } from './budget';
import type { InFlight } from './in-flight';
import type { Position } from './position';
import { type Range, Ranges } from './ranges';
import { type KeptEntries, SendBuffer } from './send-buffer';

/** Reason why a receiver cannot have the events before `first`; the spelling of the Pipe protocol. */
export type GapCause = 'unspecified' | 'overflow' | 'expired' | 'store_lost' | 'node_lost';

/** A jump that must be told before the next event. */
export interface Gap {
  oldEpoch: number;
  /** The last offset, in the old epoch, that the receiver is known to have. */
  after: number;
  newEpoch: number;
  /** The next offset it will get, in the new epoch. */
  first: number;
  cause: GapCause;
  /** Events lost, at most; 0 when not known. */
  count: number;
}

/**
 * The next thing to be sent: a gap, or a run in which event i has the offset `first + i`. So many offsets right before
 * `first` as `skipped` says are left out, since they are finished.
 */
export type Taken<T> =
  | { type: 'gap'; gap: Gap }
  | { type: 'run'; epoch: number; first: number; skipped: number; events: T[] };

/** A position with the ranges above it that are finished too. */
export interface Progress extends Position {
  finished?: readonly Range[];
}

/**
 * Verdict on a receiver's position. `resumed`: it goes on at once. `gap`: it is told of a gap first. `ahead`: its epoch
 * is later than that of this log.
 */
export type Verdict = 'resumed' | 'gap' | 'ahead';

export interface LogOptions {
  /** The first epoch, at least 1. */
  epoch: number;
  /** Limits that this log shares with others. */
  budget: Budget;
}

/** A log that goes on from where another one was. */
export interface RestoredLog<T> extends KeptEntries<T> {
  epoch: number;
  /** Cause of a loss that its receiver was not told of, as far as is known. */
  missed?: GapCause | undefined;
}

/**
 * A partition of a group's events: numbered inside an epoch, kept until acknowledged, and bounded by a budget. Over
 * its limits the oldest are dropped. An event that was dropped before it was sent becomes part of a gap, and `take`
 * gives the gap before anything behind it: there is no silent loss.
 *
 * A finished event above the last acknowledged one is forgotten: no connection and no other owner is sent it again.
 */
export class Log<T> implements Spender {
  readonly #budget: Budget;
  /** Offsets of a restored log without an event, which may have been given out before: their places take no room. */
  #empty: Ranges | undefined;
  /** The part of the budget that this log has spent. */
  #entries = 0;
  #bytes = 0;
  #epoch: number;
  #cause: GapCause = 'unspecified';
  #buffer = new SendBuffer<T>();
  #gap: Pick<Gap, 'oldEpoch' | 'after' | 'cause'> | undefined;
  /** A gap that was told, until its receiver shows that it was heard: the next receiver must be told of it otherwise. */
  #told: { after: number; first: number } | undefined;
  /** A loss beside the log, until its receiver has finished an event behind the gap: no missing offset tells of it. */
  #missed: { cause: GapCause; first?: number } | undefined;

  constructor({ epoch, budget }: LogOptions, restored?: RestoredLog<T>) {
    this.#epoch = restored?.epoch ?? epoch;
    this.#budget = budget;
    budget.open(this);
    if (restored === undefined) return;
    this.#empty = new Ranges();
    for (const { first, last } of this.#buffer.restore(restored)) this.#empty.add(first, last);
    this.#spent();
    if (restored.missed !== undefined) this.miss(restored.missed);
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The newest offset given out in this epoch, whether its event is still kept or not; 0 before the first. */
  get top(): number {
    return this.#buffer.next - 1;
  }

  /** The oldest offset kept, or the next one to come when nothing is. */
  get low(): number {
    return this.#buffer.low;
  }

  /** The highest offset ever sent in this epoch. Events up to here that are sent again are redelivered. */
  get sent(): number {
    return this.#buffer.sent;
  }

  /** Position at which an owner without a position begins. */
  get committed(): Position {
    return { epoch: this.#epoch, offset: this.#told?.after ?? this.#buffer.acked };
  }

  /** Finished ranges above the acknowledged offsets. */
  get finished(): readonly Range[] {
    return this.#buffer.finished;
  }

  /** Cause of a loss beside the log that its receiver may not have been told of. */
  get missed(): GapCause | undefined {
    return this.#missed?.cause;
  }

  /** Events kept, with the places of those that were finished here. */
  get length(): number {
    const { length } = this.#buffer;
    return this.#empty === undefined ? length : length - this.#emptyKept(this.#empty);
  }

  /** Events kept that are not finished. */
  get unfinished(): number {
    return this.#buffer.unfinished;
  }

  get bytes(): number {
    return this.#buffer.bytes;
  }

  /** The oldest event kept, unless it is finished. */
  get oldest(): T | undefined {
    return this.#buffer.read(this.low, this.low)[0];
  }

  /** Offsets sent over the present connection and not acknowledged, finished ones included. */
  get unacked(): number {
    return this.#buffer.unacked;
  }

  /** Events that use credit of the present connection. */
  get inFlight(): number {
    return this.#buffer.inFlight;
  }

  /** True when `take` has something to give as soon as credit and acknowledgements allow it. */
  get pending(): boolean {
    return this.#gap !== undefined || this.#buffer.sendPtr < this.#buffer.next;
  }

  /** True when `take` gives a gap next. */
  get gapDue(): boolean {
    return this.#gap !== undefined && this.#buffer.unacked === 0;
  }

  /** Highest offset sent over the present connection. */
  get sentUpTo(): number {
    return this.#buffer.sendPtr - 1;
  }

  /** Adds an event and returns its offset. An event larger than the whole log is lost at once, and told as a gap. */
  append(event: T, bytes: number): number {
    const offset = this.#buffer.append(event, bytes);
    this.#spent();
    this.#budget.enforce(this);
    return offset;
  }

  /** Puts another event in the place of a kept one. False, and no effect, when that one is gone or was ever sent. */
  replace({ epoch, offset }: Position, event: T, bytes: number): boolean {
    if (epoch !== this.#epoch || !this.#buffer.replace(offset, event, bytes)) return false;
    this.#spent();
    this.#budget.enforce(this);
    return true;
  }

  /** Gives up the oldest event: the budget is spent. */
  dropOldest(): void {
    this.#buffer.dropOldest();
    this.#spent();
    if (this.#buffer.lost > 0 && this.#gap === undefined) {
      this.#gap = { oldEpoch: this.#epoch, after: this.#buffer.sendPtr - 1, cause: 'overflow' };
    }
  }

  /** The event of an offset that is kept and not finished. */
  at({ epoch, offset }: Position): T | undefined {
    if (epoch !== this.#epoch || offset < this.low || offset > this.top) return undefined;
    return this.#buffer.read(offset, offset)[0];
  }

  /** Visits the events above an offset that are not finished, in order. */
  eachAfter(offset: number, visit: (event: T, offset: number) => void): void {
    this.#buffer.eachAfter(offset, visit);
  }

  /** An event goes elsewhere: nobody is sent it from here, and it counts as finished. */
  discard(offset: number): void {
    this.#buffer.finish(offset, offset);
    this.#spent();
  }

  /**
   * The next thing to be sent, within the credit; undefined when there is nothing. A gap waits until everything that was
   * sent before it is acknowledged, so that events in flight never have a hole.
   */
  take(maxEvents: number, maxBytes: number): Taken<T> | undefined {
    if (this.#gap !== undefined) {
      if (!this.gapDue) return undefined;
      return { type: 'gap', gap: this.#tell(this.#gap) };
    }
    const batch = this.#buffer.take(maxEvents, maxBytes);
    if (batch === undefined) return undefined;
    const { first, skipped, entries: events } = batch;
    return { type: 'run', epoch: this.#epoch, first, skipped, events };
  }

  /**
   * Acknowledges all offsets up to the position and in the finished ranges above it. False, and no effect, when some of
   * them were never sent. An acknowledgement of an older epoch is late and ignored.
   */
  ack({ epoch, offset, finished = [] }: Progress): boolean {
    if (epoch !== this.#epoch) return epoch < this.#epoch;
    const { sent } = this.#buffer;
    for (const { first, last } of finished) if (!(first <= last && last <= sent)) return false;
    if (!this.#buffer.ack(offset)) return false;
    this.#heard(offset);
    this.#finish(finished);
    this.#closeGap(offset);
    this.#spent();
    return true;
  }

  /**
   * Goes on over a new connection whose receiver says where it is. 'ahead' changes nothing: the owner asks its store,
   * and refuses the position if the store does not know that epoch either.
   */
  attach({ epoch, offset, finished = [] }: Progress, flight: InFlight): Verdict {
    if (epoch > this.#epoch) return 'ahead';
    if (epoch === this.#epoch && offset > this.top) this.newEpoch('store_lost');
    if (epoch < this.#epoch) {
      this.#buffer.attach(this.#buffer.acked, flight);
      this.#gap = { oldEpoch: epoch, after: offset, cause: this.#cause };
      return 'gap';
    }
    const buffer = this.#buffer;
    const cause = buffer.low > buffer.acked + 1 ? 'overflow' : 'expired';
    // A position below one that was acknowledged before: its events are gone.
    const isBehind = offset < buffer.said;
    buffer.attach(offset, flight);
    this.#heard(offset);
    this.#finish(finished.filter(({ last }) => last <= buffer.sent));
    this.#spent();
    const isLost = isBehind ? offset < buffer.low - 1 : buffer.lost > 0;
    const hasGap = isLost || this.#missed !== undefined;
    this.#gap = hasGap ? { oldEpoch: epoch, after: offset, cause } : undefined;
    return hasGap ? 'gap' : 'resumed';
  }

  /**
   * Events on their way here were lost, an unknown number of them. The kept ones stay, and the receiver is told before it
   * gets more.
   */
  miss(cause: GapCause): void {
    this.#missed = { cause };
    this.#gap ??= { oldEpoch: this.#epoch, after: this.#buffer.sendPtr - 1, cause };
  }

  /**
   * Continuity cannot be shown: offsets begin at 1 again in the next epoch, what was kept is given up, and the receiver
   * is told.
   */
  newEpoch(cause: GapCause): void {
    const { oldEpoch, after } = this.#gap ?? {
      oldEpoch: this.#epoch,
      after: this.committed.offset,
    };
    this.#told = this.#missed = undefined;
    this.#empty = undefined;
    this.#gap = { oldEpoch, after, cause };
    const { flight } = this.#buffer;
    this.#buffer.release();
    this.#buffer = new SendBuffer<T>(flight);
    this.#spent();
    this.#epoch += 1;
    this.#cause = cause;
  }

  /** The log's events are given up: the budget is free for others. */
  dispose(): void {
    this.#budget.close(this);
    this.#budget.spend(-this.#entries, -this.#bytes);
    this.#entries = this.#bytes = 0;
  }

  /** Tells the budget how the log has grown or shrunk. */
  #spent(): void {
    const { length } = this;
    const { bytes } = this.#buffer;
    this.#budget.spend(length - this.#entries, bytes - this.#bytes);
    this.#entries = length;
    this.#bytes = bytes;
  }

  #emptyKept(empty: Ranges): number {
    empty.delete(1, this.low - 1);
    if (empty.length === 0) this.#empty = undefined;
    return empty.count(this.low, this.top);
  }

  #finish(ranges: readonly Range[]): void {
    for (const { first, last } of ranges) {
      this.#buffer.finish(first, last);
      this.#heard(last);
    }
  }

  #tell({ oldEpoch, after, cause }: Pick<Gap, 'oldEpoch' | 'after' | 'cause'>): Gap {
    this.#gap = undefined;
    const buffer = this.#buffer;
    const { acked } = buffer;
    const lost = buffer.unfinishedIn(after + 1, Math.max(buffer.low, buffer.sendPtr) - 1);
    const first = buffer.skipLost();
    this.#spent();
    const before = oldEpoch === this.#epoch ? Math.max(after, acked) : acked;
    this.#told = { after: this.#told?.after ?? before, first };
    const told = { oldEpoch, after, newEpoch: this.#epoch, first };
    if (this.#missed === undefined) {
      return { ...told, cause, count: oldEpoch === this.#epoch ? lost : 0 };
    }
    this.#missed.first = first;
    return { ...told, cause: this.#missed.cause, count: 0 };
  }

  #heard(offset: number): void {
    if (this.#told !== undefined && offset >= this.#told.first - 1) this.#told = undefined;
    if (offset >= (this.#missed?.first ?? Infinity)) this.#missed = undefined;
  }

  /** The receiver had more than its position said, from frames of the connection before; the gap shrinks or is none. */
  #closeGap(offset: number): void {
    if (this.#gap === undefined || this.#gap.oldEpoch !== this.#epoch) return;
    this.#gap.after = Math.max(this.#gap.after, offset);
    const { lost, low, said } = this.#buffer;
    const isWhole = this.#gap.after >= low - 1 || (lost === 0 && this.#gap.after >= said);
    if (isWhole && this.#missed === undefined) this.#gap = undefined;
  }
}
