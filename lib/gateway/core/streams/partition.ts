import type { InFlight } from '../../../stream/in-flight';
import type { Position } from '../../../stream/position';
import { Log, type LogOptions, type RestoredLog } from '../../../stream/log';
import type { Lag } from '../model/app';
import type { Assignment, PartitionPosition, PipeEvent, SnapshotFrame } from '../../../wire/frames';

/** Sockets and channels present as of `offset`. */
export interface Snapshot extends Pick<SnapshotFrame, 'offset' | 'sockets' | 'channels'> {
  coversSockets: boolean;
  coversChannels: boolean;
  /** Number of parts already written. */
  written: number;
}

/** Owners of a partition that are remembered. */
const MAX_OWNERS = 6;

/** The time that a partition had an owner. */
export interface Tenure {
  readonly generation: number;
  readonly owner: string;
  /** Wall time, in milliseconds. */
  readonly sinceMs: number;
}

/** The recording of sockets or of channels in a log. */
class Recording {
  /** True while a snapshot is due. */
  #isDue = false;
  /** The log holds all their opens and closes behind this offset. */
  #since = 0;
  /** Selection of recorded names; '' for none. */
  #selection = '';
  /** Offset of a restored log behind which it holds what the first selection names. */
  #from: number | undefined;

  constructor(from?: number) {
    this.#from = from;
  }

  /** Records the names of a selection from now on. */
  select(selection: string, top: number): void {
    if (selection === this.#selection) return;
    this.#selection = selection;
    this.#since = this.#from ?? top;
    this.#from = undefined;
    this.#isDue = selection !== '';
  }

  /** A snapshot becomes due. */
  owe(): void {
    this.#isDue = true;
  }

  /** A snapshot was captured. */
  settle(): void {
    this.#isDue = false;
  }

  get isWanted(): boolean {
    return this.#isDue && this.#selection !== '';
  }

  /** True when a snapshot is due and its state is as of this offset. */
  isDueAt(offset: number): boolean {
    return this.isWanted && offset >= this.#since;
  }
}

/** A partition of a group's stream: a share of the keys, in order, with one owner at a time. */
export class Partition {
  readonly number: number;
  readonly log: Log<PipeEvent>;
  readonly sockets: Recording;
  readonly channels: Recording;
  #generation = 0;
  #sentBefore = 0;
  #owners: readonly Tenure[] = [];
  #snapshot: Snapshot | undefined;
  #snapshotAtMs = -Infinity;
  /** True when a snapshot is due even if it is empty: the owner waits for one. */
  #isExpected = false;

  constructor(number: number, options: LogOptions, restored?: RestoredLog<PipeEvent>) {
    this.number = number;
    this.log = new Log<PipeEvent>(options, restored);
    const from = restored === undefined ? undefined : this.log.committed.offset;
    this.sockets = new Recording(from);
    this.channels = new Recording(from);
  }

  get generation(): number {
    return this.#generation;
  }

  /** The partition as its owner is told of it. */
  get assignment(): Assignment {
    const { epoch, offset } = this.log.committed;
    return { partition: this.number, generation: this.generation, epoch, firstOffset: offset + 1 };
  }

  /** Offsets up to here were sent to an earlier owner, who may have handled them. */
  get sentBefore(): number {
    return this.#sentBefore;
  }

  /** Snapshot that is being written. Events of the partition wait behind it. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** Time of the last snapshot over the owner's present connection, on the monotonic clock. */
  get snapshotAtMs(): number {
    return this.#snapshotAtMs;
  }

  /** The last owners, the present one first. */
  get owners(): readonly Tenure[] {
    return this.#owners;
  }

  /** Another owner has the partition from now on. */
  assign(generation: number, owner: string, sinceMs: number): void {
    this.#generation = generation;
    this.#owners = [{ generation, owner, sinceMs }, ...this.#owners.slice(0, MAX_OWNERS - 1)];
    this.#sentBefore = this.log.sent;
    this.#snapshotAtMs = -Infinity;
    this.oweSnapshot();
  }

  /** The owner acknowledges; false when some of that was never sent. */
  ack(position: PartitionPosition): boolean {
    if (!this.log.ack(position)) return false;
    this.#count(position);
    return true;
  }

  /** The owner goes on over a new connection, from its position or from the committed one. */
  attach(position: Position | PartitionPosition, flight: InFlight): void {
    this.log.attach(position, flight);
    this.#snapshotAtMs = -Infinity;
    if ('conflated' in position) this.#count(position);
  }

  /** The owner has put events in the place of others: a next owner must be told how many. */
  #count({ epoch, conflated = [] }: PartitionPosition): void {
    for (const { offset, count } of conflated) {
      const event = this.log.at({ epoch, offset });
      if (event?.conflatable === true) event.conflated = Math.max(event.conflated ?? 0, count);
    }
  }

  /** The owner's knowledge of sockets and channels is incomplete: a snapshot becomes due. */
  oweSnapshot(): void {
    this.#snapshot = undefined;
    this.#isExpected = true;
    this.sockets.owe();
    this.channels.owe();
  }

  /** A snapshot was captured, and is to be written. */
  captured(snapshot: Snapshot, nowMs: number): void {
    this.#snapshot = snapshot;
    this.#snapshotAtMs = nowMs;
    this.#isExpected = false;
    if (snapshot.coversSockets) this.sockets.settle();
    if (snapshot.coversChannels) this.channels.settle();
  }

  /** The snapshot is written: events go on. */
  endSnapshot(): void {
    this.#snapshot = undefined;
  }

  /** True while the owner has yet to get a snapshot, now or after more events. */
  get owesSnapshot(): boolean {
    return this.#isExpected || this.sockets.isWanted || this.channels.isWanted;
  }

  /** True when a snapshot as of the last offset sent is due. */
  get snapshotDue(): boolean {
    const { sentUpTo, gapDue } = this.log;
    if (this.#snapshot !== undefined || gapDue) return false;
    const { sockets, channels } = this;
    if (sockets.isDueAt(sentUpTo) || channels.isDueAt(sentUpTo)) return true;
    return this.#isExpected && !sockets.isWanted && !channels.isWanted;
  }
}

/** Stream of a group, as far as its lag goes by it. */
interface Lagging {
  readonly partitions: readonly Partition[];
  readonly members: Iterable<{ readonly attached: boolean }>;
  readonly settings: { readonly maxEntries: number; readonly maxBytes: number };
  readonly budget: { readonly entries: number; readonly bytes: number };
  owner(partition: Partition): { readonly attached: boolean } | undefined;
}

/** The lag of a stream, over all of its partitions. */
export function lagOf(group: Lagging): Lag {
  const { partitions, members, settings, budget } = group;
  const lag = { events: 0, since: Infinity, unowned: 0 };
  for (const partition of partitions) {
    lag.events += partition.log.unfinished;
    lag.since = Math.min(lag.since, partition.log.oldest?.time ?? Infinity);
    if (group.owner(partition)?.attached !== true) lag.unowned++;
  }
  const ratio = Math.max(budget.entries / settings.maxEntries, budget.bytes / settings.maxBytes);
  return { ...lag, ratio, isWaiting: ![...members].some(({ attached }) => attached) };
}
