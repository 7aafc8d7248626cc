import { AckFloor } from '../../stream/ack-floor';
import { Cursor } from '../../stream/position';
import { Ranges } from '../../stream/ranges';
import { WIRE_LIMITS } from '../../wire/limits';
import type { Conflated, PartitionPosition } from '../../wire/frames';
import { WindowShare, type Counted } from './receive-window';

/** The session whose offsets a partition uses. An earlier session's stream lives until its handlers have finished. */
export interface Stream {
  readonly name: string;
  /** The gateway process is gone, or the stream was this client's alone: nobody else can have its events. */
  isLost: boolean;
}

/**
 * Ownership of a partition, in the words of PROTOCOL.md. `owned`: its events come here. `revoking`: the gateway wants
 * it back; nothing more of it begins, and the handlers that run are waited for, then the commands queued by then.
 * `returned`: nothing of it runs here, and the gateway was told so. `lost`: it is another member's. `retired`: its
 * session or epoch is over, and nobody else can have its events: they are handled to the end.
 */
export type Ownership =
  | { readonly state: 'owned' | 'returned' | 'lost' | 'retired' }
  | { readonly state: 'revoking'; readonly commands: number | undefined };

const OWNED: Ownership = { state: 'owned' };

/**
 * A partition in one epoch. A lost partition stays in memory, one for each number at most: when it comes back, to this
 * session or a later one, its handled events are not handled again.
 */
export class AssignedPartition implements Counted {
  readonly partition: number;
  readonly epoch: number;
  readonly share = new WindowShare();
  readonly #cursor: Cursor;
  readonly #floor: AckFloor;
  /** Offsets that arrived and were left to the next owner. */
  readonly #left = new Ranges();
  /** Unfinished events that have taken the place of others: how many, which the gateway must know as well. */
  readonly #conflated = new Map<number, number>();
  /** The events of these whose count was not told. */
  readonly #uncounted = new Set<number>();
  #ownership = OWNED;
  #stream: Stream;
  #generation: number;
  /** The first offset of the present generation: others have finished what lies before it. */
  #first: number;
  /** The last offset that the gateway has sent or skipped since it began over the present connection or generation. */
  #stands: number;
  /** The last offset that handlers know the sockets and channels of; below `received` when the partition came back. */
  #knownTo: number;
  /** The last offset that is known and will be repeated: a snapshot below it says what was true then, not now. */
  #repeatsTo: number;
  #awaitsSnapshot = true;
  #hasNews = false;
  #atHand = 0;

  constructor(
    partition: number,
    epoch: number,
    stream: Stream,
    { generation, firstOffset }: { generation: number; firstOffset: number },
  ) {
    this.partition = partition;
    this.epoch = epoch;
    this.#stream = stream;
    this.#generation = generation;
    this.#first = firstOffset;
    this.#stands = this.#knownTo = this.#repeatsTo = firstOffset - 1;
    this.#cursor = new Cursor(firstOffset);
    this.#floor = new AckFloor(firstOffset - 1);
  }

  get state(): Ownership['state'] {
    return this.#ownership.state;
  }

  get stream(): Stream {
    return this.#stream;
  }

  get generation(): number {
    return this.#generation;
  }

  /** The last offset up to which every event is finished. */
  get done(): number {
    return this.#floor.done;
  }

  /** The last offset received, over whichever connection. */
  get received(): number {
    return this.#cursor.next - 1;
  }

  /** The last offset that the gateway has sent or skipped since it began anew; below `received` while it repeats. */
  get stands(): number {
    return this.#stands;
  }

  /**
   * The last offset that handlers know the sockets and channels of. Events behind it that come again are learned again.
   */
  get knownTo(): number {
    return this.#knownTo;
  }

  /** True when a snapshot of the gateway's present state agrees with the received events. */
  get isCaughtUp(): boolean {
    return this.#stands >= this.#repeatsTo;
  }

  /** A snapshot is to come. */
  get awaitsSnapshot(): boolean {
    return this.#awaitsSnapshot;
  }

  /** Arrivals whose handlers have not all ended, those that were made here included. */
  get atHand(): number {
    return this.#atHand;
  }

  /** True while finished events are unacknowledged. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  get counted(): number {
    return this.state === 'owned' ? this.share.counted(this.done) : 0;
  }

  /** The generation in which a command that answers an event counts; a past one when the event is another's by now. */
  generationOf(offset: number): number {
    return offset < this.#first ? this.#generation - 1 : this.#generation;
  }

  /** The whole position, with at most so many finished ranges. It is told now. */
  tell(maxRanges: number): PartitionPosition {
    return this.#tell(maxRanges, Infinity);
  }

  /**
   * The position as far as the gateway has sent, or skipped, over the present connection. An offset that is yet to be
   * repeated is not acknowledged before it is, because the snapshot that precedes it counts on its coming.
   */
  acknowledge(maxRanges: number): PartitionPosition {
    return this.#tell(maxRanges, this.#stands < this.received ? this.#stands : Infinity);
  }

  // ---- ownership

  /** The same generation goes on, over another connection or because a demand to give it back is void. */
  own(): void {
    this.#ownership = OWNED;
  }

  revoke(): void {
    this.#ownership = { state: 'revoking', commands: undefined };
  }

  /** The commands that must leave before a revoked partition is returned. @param queued how many there are by now */
  commandsToWaitFor(queued: number): number {
    const ownership = this.#ownership;
    const commands = (ownership.state === 'revoking' ? ownership.commands : undefined) ?? queued;
    this.#ownership = { state: 'revoking', commands };
    return commands;
  }

  returned(): void {
    this.#ownership = { state: 'returned' };
  }

  lose(): void {
    this.#ownership = { state: 'lost' };
  }

  retire(): void {
    this.#ownership = { state: 'retired' };
  }

  /** The partition is this client's again; others have finished what lies before `firstOffset`. */
  regain(
    stream: Stream,
    { generation, firstOffset }: { generation: number; firstOffset: number },
  ): void {
    this.#stream = stream;
    this.#generation = generation;
    this.#ownership = OWNED;
    this.#awaitsSnapshot = true;
    this.#first = firstOffset;
    this.#pass(firstOffset);
    // Positions that were told while the partition was another's did not count.
    this.#hasNews = this.done >= firstOffset || this.#floor.ahead > 0;
    this.#floor.skip(this.done + 1, firstOffset - 1);
    this.#left.delete(1, firstOffset - 1);
    this.#cursor.skipTo(firstOffset);
    this.#stands = this.#knownTo = this.#repeatsTo = firstOffset - 1;
    this.share.restart(this.received);
    this.#countAnew();
  }

  /**
   * Another connection follows; the gateway goes on behind the position that HELLO tells.
   * @param maxRanges so many finished ranges are told at most
   */
  reconnect(maxRanges: number): PartitionPosition {
    // Offsets that HELLO tells as finished are not repeated, so only a snapshot tells what they changed.
    if (this.#knownTo < this.received) this.#awaitsSnapshot = true;
    const { ahead, lastOpen } = this.#floor;
    this.#stands = this.done;
    this.#repeatsTo = ahead > maxRanges ? this.received : lastOpen;
    this.share.restart(this.received);
    this.#countAnew();
    return this.tell(maxRanges);
  }

  // ---- events

  /**
   * Takes the numbers of a run. Returns how many events at its start have arrived before; undefined, and no effect,
   * when the run begins behind a jump that nobody announced.
   * @param skipped so many offsets right before `firstOffset` were finished by an earlier owner or over another
   * connection
   */
  receive(firstOffset: number, count: number, skipped: number): number | undefined {
    const repeated = this.#cursor.accept(firstOffset, count, skipped);
    if (repeated === undefined) return undefined;
    if (skipped > 0) this.#skip(firstOffset - skipped, firstOffset - 1);
    this.reached(firstOffset + count - 1);
    if (repeated > 0) this.share.cameAgain(firstOffset + repeated - 1);
    return repeated;
  }

  start(offset: number): void {
    this.#floor.start(offset);
  }

  /** The handlers of an event have ended, or nobody needs to handle it. False when that was known. */
  finish(offset: number): boolean {
    if (this.#floor.has(offset)) return false;
    this.#floor.finish(offset);
    this.#hasNews = true;
    if (this.#conflated.size > 0) this.#uncount(offset);
    return true;
  }

  /** An event has taken the place of so many others. */
  count(offset: number, conflated: number): void {
    if (this.#floor.has(offset)) return;
    this.#conflated.set(offset, conflated);
    this.#uncounted.add(offset);
  }

  /** The count of an event that comes with one, and perhaps not for the first time. */
  countOf(offset: number, conflated: number | undefined): number | undefined {
    const known = this.#conflated.size === 0 ? undefined : this.#conflated.get(offset);
    return known === undefined ? conflated : Math.max(known, conflated ?? 0);
  }

  isFinished(offset: number): boolean {
    return this.#floor.has(offset);
  }

  /** An arrival is at hand. @param bytes undefined for one that was made here, which the gateway does not count */
  add(bytes: number | undefined): void {
    this.#atHand += 1;
    if (bytes !== undefined) this.share.add(bytes);
  }

  /** An arrival is not at hand any more. */
  remove(offset: number, bytes: number | undefined): void {
    this.#atHand -= 1;
    if (bytes !== undefined) this.share.remove(offset, bytes);
  }

  /** An event that arrived is not handled here: it is left to the next owner, or comes again. */
  leave(offset: number): void {
    this.#left.add(offset, offset);
  }

  /** True when a repeated event was left to other members before. It is handled here now. */
  takesBack(offset: number): boolean {
    if (!this.#left.has(offset)) return false;
    this.#left.delete(offset, offset);
    return true;
  }

  /** An announced jump: offsets before `first` that are not at hand do not come. */
  jump(first: number): void {
    this.#awaitsSnapshot = true;
    this.#hasNews = true;
    this.#pass(first);
    this.#floor.skipTo(first);
    for (const left of this.#left.list()) {
      if (left.first < first) this.#skip(left.first, Math.min(left.last, first - 1));
    }
    this.#cursor.skipTo(first);
    this.reached(first - 1);
  }

  // ---- snapshots

  /** The gateway stands at this offset: all before it has been sent or is skipped. */
  reached(offset: number): void {
    if (offset > this.#stands) this.#stands = offset;
    if (offset > this.#knownTo) this.#knownTo = offset;
  }

  awaitSnapshot(awaits: boolean): void {
    this.#awaitsSnapshot = awaits;
  }

  #tell(maxRanges: number, upTo: number): PartitionPosition {
    const { partition, epoch, done } = this;
    this.#hasNews = upTo < this.#floor.started;
    const offset = Math.min(done, upTo);
    const finished = upTo < done ? [] : this.#floor.finished(maxRanges, upTo);
    const conflated = this.#counts(Math.min(maxRanges, WIRE_LIMITS.maxRanges));
    return { partition, generation: this.#generation, epoch, offset, finished, conflated };
  }

  /** At most so many counts that were not told. */
  #counts(max: number): Conflated[] | undefined {
    if (this.#uncounted.size === 0) return undefined;
    const counts: Conflated[] = [];
    for (const offset of this.#uncounted) {
      if (counts.length >= max) break;
      this.#uncounted.delete(offset);
      counts.push({ offset, count: this.#conflated.get(offset) ?? 0 });
    }
    if (this.#uncounted.size > 0) this.#hasNews = true;
    return counts;
  }

  /** All counts are to be told again. */
  #countAnew(): void {
    for (const offset of this.#conflated.keys()) {
      if (this.#floor.has(offset)) this.#uncount(offset);
      else this.#uncounted.add(offset);
    }
  }

  #uncount(offset: number): void {
    this.#conflated.delete(offset);
    this.#uncounted.delete(offset);
  }

  /** Events below `first` that are still at hand come from nobody again. */
  #pass(first: number): void {
    const from = this.share.first;
    if (first <= from) return;
    const open = this.#floor.open(from, first - 1) - this.#left.count(from, first - 1);
    this.share.pass(first, Math.max(0, open));
  }

  #skip(first: number, last: number): void {
    this.#floor.skip(first, last);
    this.#hasNews = true;
    if (this.#left.length > 0) this.#left.delete(first, last);
  }
}

/** Finished ranges and counts of a position. */
export function countsOf({ finished = [], conflated = [] }: PartitionPosition): number {
  return finished.length + conflated.length;
}
