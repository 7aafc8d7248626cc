import { Log, type LogOptions } from '../../../stream/log';
import type { PipeEvent, SnapshotFrame } from '../../../wire/frames';

/** Sockets and channels that are there after everything up to `offset` has happened. */
export interface Snapshot extends Pick<SnapshotFrame, 'offset' | 'sockets' | 'channels'> {
  coversSockets: boolean;
  coversChannels: boolean;
  /** How much of it has been written. */
  written: number;
}

/** Recording of one kind of thing, sockets or channels, in a log. */
class Recording {
  /** The owner has yet to be told the truth. */
  isDue = false;
  /** The log holds everything that happened to them from behind this offset on. */
  #since = 0;
  /** Which of them are recorded; '' for none. */
  #selection = '';

  /** Recorded are from now on those of a selection. */
  select(selection: string, top: number): void {
    if (selection === this.#selection) return;
    this.#selection = selection;
    this.#since = top;
    this.isDue = selection !== '';
  }

  get isWanted(): boolean {
    return this.isDue && this.#selection !== '';
  }

  /** Whether the truth as of an offset can be told, and is due. */
  isDueAt(offset: number): boolean {
    return this.isWanted && offset >= this.#since;
  }
}

/** One part of a group's stream: a share of the keys, in order, with one owner at a time. */
export class Partition {
  readonly number: number;
  readonly log: Log<PipeEvent>;
  readonly sockets = new Recording();
  readonly channels = new Recording();
  generation = 0;
  /** Offsets up to here were sent to an earlier owner, who may have handled them. */
  sentBefore = 0;
  /** Is being written. Events of the partition wait behind it. */
  snapshot: Snapshot | undefined;
  /** When the present owner was last told the truth, on the monotonic clock. */
  snapshotAtMs = -Infinity;
  /** A frame without anything in it is due all the same: the owner waits for a snapshot. */
  isExpected = false;

  constructor(number: number, options: LogOptions) {
    this.number = number;
    this.log = new Log<PipeEvent>(options);
  }

  /** The owner does not know what is there, or not any more. */
  oweSnapshot(): void {
    this.snapshot = undefined;
    this.isExpected = true;
    this.sockets.isDue = this.channels.isDue = true;
  }

  /** Whether the owner has yet to be told the truth, now or when sending has come further. */
  get owesSnapshot(): boolean {
    return this.isExpected || this.sockets.isWanted || this.channels.isWanted;
  }

  /** Whether a snapshot as of the last offset sent is due. */
  get snapshotDue(): boolean {
    const { sentUpTo, gapDue } = this.log;
    if (this.snapshot !== undefined || gapDue) return false;
    const { sockets, channels } = this;
    if (sockets.isDueAt(sentUpTo) || channels.isDueAt(sentUpTo)) return true;
    return this.isExpected && !sockets.isWanted && !channels.isWanted;
  }
}
