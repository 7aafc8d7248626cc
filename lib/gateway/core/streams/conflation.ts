import type { PipeEvent } from '../../../wire/frames';
import type { Partition } from './partition';

/** The place of the last event of a key, which waits in a log. */
interface Latest {
  socketId: string;
  channel: string | undefined;
  event: string | undefined;
  partition: Partition;
  epoch: number;
  offset: number;
  /** Events that had this place before. */
  conflated: number;
}

/**
 * Events of which backends want the latest only. A key is what events are ordered by, its socket or its channel. The last
 * event of a key gives its place in the log to the next one when that has the same socket, channel and name; any other
 * event of the key ends that, so that no event of a key overtakes another.
 */
export class Conflation {
  readonly #last = new Map<string, Latest>();

  /** Keys with something remembered. */
  get size(): number {
    return this.#last.size;
  }

  /** Puts an event in the place of the one before it; false when that one has been sent or there is none. */
  replace(key: string, event: PipeEvent, bytes: number): boolean {
    const last = this.#last.get(key);
    if (
      last === undefined ||
      last.event !== event.event ||
      last.channel !== event.channel ||
      last.socketId !== event.socketId
    ) {
      return false;
    }
    const latest = { ...event, conflated: last.conflated + 1 };
    if (!last.partition.log.replace(last, latest, bytes)) return false;
    last.conflated++;
    return true;
  }

  /** An event that may be replaced was appended. */
  add(
    key: string,
    { socketId, channel, event }: PipeEvent,
    partition: Partition,
    offset: number,
  ): void {
    const { epoch } = partition.log;
    this.#last.set(key, { socketId, channel, event, partition, epoch, offset, conflated: 0 });
  }

  /** Another event of the key came, or the last. */
  end(key: string): void {
    this.#last.delete(key);
  }
}
