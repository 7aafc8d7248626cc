import { StandpipeError } from '../../errors';
import type { Assignment } from '../../wire/frames';
import { AssignedPartition, type Stream } from './assigned-partition';

/** The places of a client, one for each partition that it has or had, and the session that they count in. */
export class AssignedPartitions implements Iterable<AssignedPartition> {
  readonly #byPartition = new Map<number, AssignedPartition>();
  #stream: Stream = { name: '', isLost: false };

  /** Of the present session. */
  get stream(): Stream {
    return this.#stream;
  }

  get(partition: number): AssignedPartition | undefined {
    return this.#byPartition.get(partition);
  }

  [Symbol.iterator](): IterableIterator<AssignedPartition> {
    return this.#byPartition.values();
  }

  /** A partition is this client's. Throws a StandpipeError for one that begins nowhere. */
  assign(assignment: Assignment): AssignedPartition {
    const { partition, generation, epoch, firstOffset: from } = assignment;
    if (from < 1) throw broken(`partition ${partition} from ${from}`);
    const place = this.#byPartition.get(partition);
    if (place?.epoch !== epoch) return this.#put(partition, epoch, { generation, from });
    if (place.state === 'lost' || place.generation !== generation) {
      place.regain(this.#stream, { generation, from });
    } else {
      place.state = 'owned';
    }
    return place;
  }

  /** An announced jump. Throws a StandpipeError when it leads backwards. */
  jump(place: AssignedPartition, epoch: number, first: number): void {
    const { partition, generation } = place;
    if (first < 1 || epoch < place.epoch) throw broken(`a gap that leads back in ${partition}`);
    if (epoch > place.epoch) {
      this.#put(partition, epoch, { generation, from: first });
    } else {
      place.awaits = true;
      place.skipTo(first);
    }
  }

  /** Another session begins, in which nobody but this client can have what the one before had sent. */
  renew(name: string): void {
    for (const place of this) if (place.state !== 'lost') place.state = 'retired';
    this.#byPartition.clear();
    this.#stream.isLost = true;
    this.#stream = { name, isLost: false };
  }

  /** Another session begins, and what has not begun comes to whoever is given the partition in it. */
  leave(name: string): void {
    for (const place of this) place.state = 'lost';
    this.#stream = { name, isLost: false };
  }

  clear(): void {
    this.#byPartition.clear();
  }

  /** Events sent over the present connection and not acknowledged, as the gateway counts. */
  get inFlight(): number {
    let inFlight = 0;
    for (const { state, arrived, told, skipped } of this) {
      // One that is leaving may be another's by now, and counts for nothing any more.
      if (state === 'owned') inFlight += Math.max(0, arrived - Math.max(told, skipped));
    }
    return inFlight;
  }

  #put(
    partition: number,
    epoch: number,
    start: { generation: number; from: number },
  ): AssignedPartition {
    const before = this.#byPartition.get(partition);
    if (before !== undefined) before.state = 'retired';
    const place = new AssignedPartition(partition, epoch, this.#stream, start);
    this.#byPartition.set(partition, place);
    return place;
  }
}

/** The gateway broke the protocol. */
export function broken(what: string): StandpipeError {
  return new StandpipeError('protocol_error', `the gateway sent ${what}`);
}
