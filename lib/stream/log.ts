import type { InFlight } from './in-flight';
import type { Position } from './position';
import { SendBuffer } from './send-buffer';

/** The reason why a receiver cannot have the events before `first`; the spelling of the Pipe protocol. */
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
  /** Events lost; 0 when not known. */
  count: number;
}

/** The next thing to send: a gap, or a run in which event i has the offset `first + i`. */
export type Taken<T> =
  { type: 'gap'; gap: Gap } | { type: 'run'; epoch: number; first: number; events: T[] };

/**
 * The verdict on a receiver's position: the receiver goes on at once, is told of a gap first, or knows a later epoch
 * than this log does.
 */
export type Verdict = 'resumed' | 'gap' | 'ahead';

export interface LogOptions {
  /** The first epoch, at least 1. */
  epoch: number;
  maxEntries: number;
  maxBytes: number;
}

/**
 * A partition's events: numbered inside an epoch, kept until acknowledged, and bounded. Over a limit the oldest are
 * dropped. Events dropped before they were sent become a gap, and `take` gives the gap before anything behind it: there
 * is no silent loss.
 */
export class Log<T> {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  #epoch: number;
  #cause: GapCause = 'unspecified';
  #buffer = new SendBuffer<T>();
  #gap: Pick<Gap, 'oldEpoch' | 'after' | 'cause'> | undefined;
  /** A gap that was told, until its receiver shows that it was heard: the next receiver must be told of it otherwise. */
  #told: { after: number; first: number } | undefined;

  constructor({ epoch, maxEntries, maxBytes }: LogOptions) {
    this.#epoch = epoch;
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
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

  /** The highest offset ever sent in this epoch: what is sent again up to here is redelivered. */
  get sent(): number {
    return this.#buffer.sent;
  }

  /** The position at which an owner begins that brings none. */
  get committed(): Position {
    return { epoch: this.#epoch, offset: this.#told?.after ?? this.#buffer.acked };
  }

  get length(): number {
    return this.#buffer.length;
  }

  get bytes(): number {
    return this.#buffer.bytes;
  }

  /** Fill of the log: 1 at the limit of entries or of bytes. */
  get fill(): number {
    return Math.max(this.#buffer.length / this.#maxEntries, this.#buffer.bytes / this.#maxBytes);
  }

  /** The oldest event kept. */
  get oldest(): T | undefined {
    return this.#buffer.read(this.low, this.low)[0];
  }

  /** Events sent over the present connection and not acknowledged. */
  get unacked(): number {
    return this.#buffer.unacked;
  }

  /** Whether `take` has something to give as soon as credit and acknowledgements allow it. */
  get pending(): boolean {
    return this.#gap !== undefined || this.#buffer.sendPtr < this.#buffer.next;
  }

  /** Whether `take` gives a gap next. */
  get gapDue(): boolean {
    return this.#gap !== undefined && this.#buffer.unacked === 0;
  }

  /** Everything up to here has been sent over the present connection. */
  get sentUpTo(): number {
    return this.#buffer.sendPtr - 1;
  }

  /** Adds an event and returns its offset. An event larger than the whole log is lost at once, and told as a gap. */
  append(event: T, bytes: number): number {
    const buffer = this.#buffer;
    const offset = buffer.append(event, bytes);
    this.#shrink();
    return offset;
  }

  /** Puts another event in the place of a kept one. False, and no effect, when that one is gone or was ever sent. */
  replace({ epoch, offset }: Position, event: T, bytes: number): boolean {
    if (epoch !== this.#epoch || !this.#buffer.replace(offset, event, bytes)) return false;
    this.#shrink();
    return true;
  }

  /**
   * The next thing to send, within the credit; undefined when there is nothing. A gap waits until all events sent
   * before it are acknowledged, so that the events in flight never have a hole.
   */
  take(maxEvents: number, maxBytes: number): Taken<T> | undefined {
    if (this.#gap !== undefined) {
      if (!this.gapDue) return undefined;
      return { type: 'gap', gap: this.#tell(this.#gap) };
    }
    const batch = this.#buffer.take(maxEvents, maxBytes);
    if (batch === undefined) return undefined;
    return { type: 'run', epoch: this.#epoch, first: batch.first, events: batch.entries };
  }

  /**
   * Everything up to the position has been handled. False, and no effect, when it was never sent. What belongs to an
   * older epoch is late and ignored.
   */
  ack({ epoch, offset }: Position): boolean {
    if (epoch !== this.#epoch) return epoch < this.#epoch;
    if (!this.#buffer.ack(offset)) return false;
    this.#heard(offset);
    this.#closeGap(offset);
    return true;
  }

  /**
   * Goes on over a new connection whose receiver says where it is. 'ahead' changes nothing: the owner asks its store,
   * and refuses the position if the store does not know that epoch either.
   */
  attach({ epoch, offset }: Position, flight: InFlight): Verdict {
    if (epoch > this.#epoch) return 'ahead';
    if (epoch === this.#epoch && offset > this.top) this.newEpoch('store_lost');
    if (epoch < this.#epoch) {
      this.#buffer.attach(this.#buffer.acked, flight);
      this.#gap = { oldEpoch: epoch, after: offset, cause: this.#cause };
      return 'gap';
    }
    const cause = this.#buffer.low > this.#buffer.acked + 1 ? 'overflow' : 'expired';
    this.#buffer.attach(offset, flight);
    this.#heard(offset);
    this.#gap =
      offset < this.#buffer.low - 1 ? { oldEpoch: epoch, after: offset, cause } : undefined;
    return this.#gap === undefined ? 'resumed' : 'gap';
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
    this.#told = undefined;
    this.#gap = { oldEpoch, after, cause };
    const { flight } = this.#buffer;
    this.#buffer.release();
    this.#buffer = new SendBuffer<T>(flight);
    this.#epoch += 1;
    this.#cause = cause;
  }

  #shrink(): void {
    const buffer = this.#buffer;
    while (buffer.length > this.#maxEntries || buffer.bytes > this.#maxBytes) buffer.dropOldest();
    if (buffer.lost > 0 && this.#gap === undefined) {
      this.#gap = { oldEpoch: this.#epoch, after: buffer.sendPtr - 1, cause: 'overflow' };
    }
  }

  #tell({ oldEpoch, after, cause }: Pick<Gap, 'oldEpoch' | 'after' | 'cause'>): Gap {
    this.#gap = undefined;
    const { acked } = this.#buffer;
    this.#buffer.skipLost();
    const first = this.#buffer.sendPtr;
    if (oldEpoch === this.#epoch) {
      this.#told = { after: this.#told?.after ?? Math.max(after, acked), first };
    }
    const count = oldEpoch === this.#epoch ? first - 1 - after : 0;
    return { oldEpoch, after, newEpoch: this.#epoch, first, cause, count };
  }

  #heard(offset: number): void {
    if (this.#told !== undefined && offset >= this.#told.first - 1) this.#told = undefined;
  }

  /** The receiver had more than its position said, from frames of the connection before; the gap shrinks or is none. */
  #closeGap(offset: number): void {
    if (this.#gap === undefined || this.#gap.oldEpoch !== this.#epoch) return;
    this.#gap.after = Math.max(this.#gap.after, offset);
    if (this.#gap.after >= this.#buffer.low - 1) this.#gap = undefined;
  }
}
