import type { PipeEvent } from '../../../wire/frames';
import type { Partition } from './partition';

/** Different events of one key that are remembered; with more, the search begins anew. */
const MAX_PER_KEY = 100;

interface Place {
  partition: Partition;
  epoch: number;
  offset: number;
  /** Events that had this place before. */
  conflated: number;
}

/**
 * Of events that backends want the latest of only: where the one before waits, so that the next can have its place. A
 * key is what events are ordered by, its socket or its channel. An event that is not conflated is not overtaken: what
 * came before it from its key keeps its place.
 */
export class Conflation {
  readonly #places = new Map<string, Map<string, Place>>();

  /** Keys with something remembered. */
  get size(): number {
    return this.#places.size;
  }

  /** Puts an event in the place of the one before it; false when that one has been sent or there is none. */
  replace(key: string, event: PipeEvent, bytes: number): boolean {
    const place = this.#places.get(key)?.get(nameOf(event));
    if (place === undefined) return false;
    const latest = { ...event, conflated: place.conflated + 1 };
    if (!place.partition.log.replace(place, latest, bytes)) return false;
    place.conflated++;
    return true;
  }

  /** An event that may be replaced was appended. */
  add(key: string, event: PipeEvent, partition: Partition, offset: number): void {
    let places = this.#places.get(key);
    if (places === undefined || places.size >= MAX_PER_KEY) {
      places = new Map();
      this.#places.set(key, places);
    }
    const { epoch } = partition.log;
    places.set(nameOf(event), { partition, epoch, offset, conflated: 0 });
  }

  /** Another event of the key came, or the last. */
  end(key: string): void {
    this.#places.delete(key);
  }
}

function nameOf({ socketId, channel, event }: PipeEvent): string {
  return JSON.stringify([socketId, channel, event]);
}
