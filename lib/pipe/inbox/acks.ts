import { CreditMeter } from '../../stream/credit';
import type { Clock, Timer } from '../../util/timers';
import type { Ack, Credit, Position } from '../../wire/frames';
import type { AssignedPartition } from './assigned-partition';

/** What can be acknowledged, and when it has to be: with the next frame that goes up, or alone when that takes too long. */
export class Acks {
  readonly #clock: Clock;
  readonly #meter: CreditMeter;
  readonly #due: () => void;
  #moved: AssignedPartition[] = [];
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

  /** Whether there is something to acknowledge. */
  get pending(): boolean {
    return this.#moved.length > 0;
  }

  /** An event of a place is finished; `count` is to be called after the last of those that come together. */
  finished(place: AssignedPartition, bytes: number): void {
    this.note(place);
    this.#ended += 1;
    this.#endedBytes += bytes;
  }

  /** There may be credit to tell; `count` is to be called after it too. */
  freed(): void {
    this.#ended += 1;
  }

  /** A place may have moved. */
  note(place: AssignedPartition): void {
    if (place.moved || place.done <= place.told) return;
    place.moved = true;
    this.#moved.push(place);
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

  /** What can be acknowledged and was not yet. */
  take(): Ack | undefined {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#meter.acked();
    if (this.#moved.length === 0) return undefined;
    const positions: Position[] = [];
    for (const place of this.#moved) {
      place.moved = false;
      // What is not this client's any more is not for it to acknowledge.
      if (place.state !== 'owned' && place.state !== 'revoking') continue;
      place.told = place.done;
      const { partition, generation, epoch, told } = place;
      positions.push({ partition, generation, epoch, offset: told });
    }
    this.#moved = [];
    return positions.length === 0 ? undefined : { positions };
  }

  #late(): void {
    this.#timer = undefined;
    this.#due();
  }
}
