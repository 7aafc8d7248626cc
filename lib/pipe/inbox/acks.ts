import { CreditMeter } from '../../stream/credit-meter';
import type { Credit } from '../../stream/in-flight';
import type { Clock, Timer } from '../../util/timers';
import type { PartitionPosition } from '../../wire/frames';
import { countsOf, type AssignedPartition } from './assigned-partition';

/** Most finished ranges of one position. */
const MAX_RANGES = 1_024;
/** Most finished ranges and counts of a whole acknowledgement; more are told by a later one. */
const MAX_ACK_RANGES = 4_096;

/** Partitions with something to acknowledge, and when that has to be: with the next frame, or alone when none comes. */
export class Acks {
  readonly #clock: Clock;
  readonly #meter: CreditMeter;
  readonly #due: () => void;
  #moved = new Set<AssignedPartition>();
  #timer: Timer | undefined;
  /** Events that were finished since the meter was read. */
  #ended = 0;
  #endedBytes = 0;
  /** The time when the clock was last read. */
  #readAtMs = 0;

  /** @param due an acknowledgement is to be sent now. */
  constructor(credit: Credit, clock: Clock, due: () => void) {
    this.#clock = clock;
    this.#meter = new CreditMeter(credit);
    this.#due = due;
  }

  /** True while finished events wait to be acknowledged. */
  get pending(): boolean {
    return this.#moved.size > 0;
  }

  /** An event of a partition is finished; `count` is to be called after the last of those that come together. */
  finished(partition: AssignedPartition, bytes: number): void {
    this.#moved.add(partition);
    this.#ended += 1;
    this.#endedBytes += bytes;
  }

  /** There may be credit to tell; `count` is to be called after it too. */
  freed(): void {
    this.#ended += 1;
  }

  /** The position of a partition may have moved; `count` is to be called after it. */
  note(partition: AssignedPartition): void {
    if (!partition.hasNews) return;
    this.#moved.add(partition);
    this.#ended += 1;
  }

  /**
   * Number of events that came again. The gateway counts them against the credit until their positions are told, so the
   * ones that were finished before count as finished now; `count` is to be called after it.
   */
  repeated(partition: AssignedPartition, events: number): void {
    if (!partition.hasNews) return;
    this.#moved.add(partition);
    this.#ended += events;
  }

  count(): void {
    if (this.#ended === 0) return;
    // While the timer runs nothing but the amount can make it due, and reading the clock costs as much as counting.
    if (this.#timer === undefined) this.#readAtMs = this.#clock.now();
    const now = this.#readAtMs;
    this.#meter.handled(this.#ended, this.#endedBytes, now);
    this.#ended = this.#endedBytes = 0;
    const dueAt = this.#meter.dueAtMs ?? now;
    if (dueAt <= now) this.#due();
    else this.#timer ??= this.#clock.setTimeout(() => this.#late(), dueAt - now);
  }

  /**
   * Positions that have moved and were not told. A partition that is not this client's is not for it to acknowledge.
   * @param whole events that the gateway is yet to repeat are told as well, because nothing is taken any more
   */
  take(whole: boolean): PartitionPosition[] {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#meter.acked();
    if (this.#moved.size === 0) return [];
    const positions: PartitionPosition[] = [];
    let left = MAX_ACK_RANGES;
    for (const partition of this.#moved) {
      if (partition.state !== 'owned' && partition.state !== 'revoking') continue;
      const maxRanges = Math.min(MAX_RANGES, left);
      const position = whole ? partition.tell(maxRanges) : partition.acknowledge(maxRanges);
      left = Math.max(0, left - countsOf(position));
      positions.push(position);
    }
    this.#moved.clear();
    return positions;
  }

  #late(): void {
    this.#timer = undefined;
    this.#due();
  }
}
