import type { Range } from '../../../stream/ranges';
import { Ring } from '../../../util/ring';

/** Entries of a partition's events, from an offset on; 0 for a finished one. */
interface Track {
  epoch: number;
  first: number;
  readonly entries: Ring<number>;
}

/** Offsets that are finished: all up to `upTo`, and those in some ranges. */
export interface Finished {
  epoch: number;
  upTo: number;
  ranges: readonly Range[];
}

/** The entry that has each unfinished event of a stream: it is of no use any more with the last of its events. */
export class EntryTracks {
  readonly #tracks = new Map<number, Track>();
  /** Unfinished events of each entry. */
  readonly #left = new Map<number, number>();
  readonly #done: (entry: number) => void;

  /** @param done nobody needs an entry any more */
  constructor(done: (entry: number) => void) {
    this.#done = done;
  }

  has(partition: number): boolean {
    return this.#tracks.has(partition);
  }

  /** True while an entry has unfinished events. */
  needs(entry: number): boolean {
    return this.#left.has(entry);
  }

  /** An entry has an event from now on, which an earlier one may have had. */
  add(partition: number, epoch: number, offset: number, entry: number): void {
    let track = this.#tracks.get(partition);
    if (track?.epoch !== epoch) {
      if (track !== undefined) this.#finishUpTo(track, Infinity);
      track = { epoch, first: offset, entries: new Ring<number>() };
      this.#tracks.set(partition, track);
    }
    const { entries } = track;
    if (entries.length === 0) track.first = offset;
    while (track.first + entries.length < offset) entries.push(0);
    const at = offset - track.first;
    // An event below the first one is finished already.
    if (at < 0) return;
    this.#left.set(entry, (this.#left.get(entry) ?? 0) + 1);
    if (at === entries.length) entries.push(entry);
    else {
      this.#finished(entries.at(at) ?? 0);
      entries.set(at, entry);
    }
  }

  finish(partition: number, { epoch, upTo, ranges }: Finished): void {
    const track = this.#tracks.get(partition);
    if (track === undefined) return;
    this.#finishUpTo(track, track.epoch === epoch ? upTo : Infinity);
    const { entries } = track;
    for (const { first, last } of track.epoch === epoch ? ranges : []) {
      const end = Math.min(last - track.first, entries.length - 1);
      for (let at = Math.max(0, first - track.first); at <= end; at++) {
        const entry = entries.at(at) ?? 0;
        entries.set(at, 0);
        this.#finished(entry);
      }
    }
  }

  clear(): void {
    this.#tracks.clear();
    this.#left.clear();
  }

  #finishUpTo(track: Track, offset: number): void {
    while (track.entries.length > 0 && track.first <= offset) {
      this.#finished(track.entries.shift() ?? 0);
      track.first++;
    }
  }

  #finished(entry: number): void {
    if (entry === 0) return;
    const left = (this.#left.get(entry) ?? 1) - 1;
    if (left > 0) this.#left.set(entry, left);
    else {
      this.#left.delete(entry);
      this.#done(entry);
    }
  }
}
