import { type Droppable, DroppableTexts } from './droppable';
import { MissedTexts } from './missed-texts';
import type { Audience, Batch, Outlet } from './outlet';

/** Limits of the texts that are kept for the sockets of one audience that are behind. */
export interface LatestLimits {
  readonly maxLatestKeys: number;
  readonly maxLatestBytes: number;
}

/** Counters of events that some or all sockets did not get. */
export interface DropCounts {
  /** Events whose place a later one of their key took in the same turn, for everybody. */
  eventsReplaced: number;
  /** Events that a socket which was behind did not get, since a later one of their key took their place. */
  latestDrops: number;
  /** Volatile events that a socket which was behind did not get. */
  volatileDrops: number;
}

/** For turns without a socket that tells its pace: none is ever behind. */
const NOTHING_KEPT = {
  limits: { maxLatestKeys: 0, maxLatestBytes: 0 },
  counts: { eventsReplaced: 0, latestDrops: 0, volatileDrops: 0 },
};

/**
 * Conflation towards sockets. A batch of droppable texts alone is not written to a socket that is behind: the latest text
 * of each key is kept, and goes out before anything newer of its audience once the socket has caught up. Texts that are
 * not droppable go to every socket at once, behind what it misses. So a socket gets the texts of an audience in the order
 * of acceptance, and misses droppable ones alone.
 */
export class Latest {
  readonly #limits: LatestLimits;
  readonly #counts: DropCounts;
  /** Gives a socket a sequence of its own in this turn. */
  readonly #single: (outlet: Outlet) => void;
  /** Audiences with sockets that miss texts. */
  readonly #missed = new Map<Audience, MissedTexts>();
  /** These sockets, each with the audiences. */
  readonly #laggards = new Map<Outlet, Set<Audience>>();
  /** Sockets that may have caught up since the last turn. */
  #awake: Outlet[] = [];
  #hasDroppable = false;

  constructor(
    { limits, counts }: { limits: LatestLimits; counts: DropCounts } = NOTHING_KEPT,
    single: (outlet: Outlet) => void,
  ) {
    this.#limits = limits;
    this.#counts = counts;
    this.#single = single;
  }

  /** True while no text of the turn is droppable, and nobody misses any. */
  get isIdle(): boolean {
    return !this.#hasDroppable && this.#missed.size === 0 && this.#awake.length === 0;
  }

  /** Marks the last text of a batch as droppable. It takes the place of an earlier one of its key. */
  add(batch: Batch, droppable: Droppable): void {
    this.#hasDroppable = true;
    const { texts } = batch;
    const replaced = (batch.droppable ??= new DroppableTexts()).add(texts.length - 1, droppable);
    if (replaced === undefined) return;
    batch.characters -= (texts[replaced] as string).length;
    texts[replaced] = '';
    this.#counts.eventsReplaced++;
  }

  /** A socket may have caught up. False when it misses nothing. */
  wake(outlet: Outlet): boolean {
    if (!this.#laggards.has(outlet)) return false;
    this.#awake.push(outlet);
    return true;
  }

  /** A socket has left an audience: it gets nothing more of it. */
  left(audience: Audience, outlet: Outlet): void {
    if (this.#missed.size > 0) this.#counts.latestDrops += this.#end(audience, outlet);
  }

  /** Divides the texts of a turn, before they are written, between sockets that are behind and the others. */
  divide(batches: readonly Batch[], nowMs: number): void {
    this.#hasDroppable = false;
    for (const batch of batches) this.#divideBatch(batch, nowMs);
    for (const outlet of this.#awake.splice(0)) {
      if (isBehind(outlet, nowMs)) continue;
      for (const audience of this.#laggards.get(outlet) ?? []) this.#catchUp(audience, outlet);
      this.#probe(outlet, nowMs);
    }
    // Sockets are judged before any is probed: some are behind until they have answered.
    for (const { audience, droppable } of batches) {
      if (droppable === undefined) continue;
      for (const outlet of audience.sockets) {
        if (droppable.behind.get(outlet) !== 'nothing') this.#probe(outlet, nowMs);
      }
    }
  }

  #divideBatch(batch: Batch, nowMs: number): void {
    const { audience, texts, droppable } = batch;
    const behind: Outlet[] = [];
    if (droppable !== undefined) {
      for (const outlet of audience.sockets) if (isBehind(outlet, nowMs)) behind.push(outlet);
    }
    const isDroppable = droppable?.size === texts.length;
    const mayHold = isDroppable && behind.length > 0 && this.#hasRoom(batch, droppable);
    for (const outlet of this.#missed.get(audience)?.sockets() ?? []) {
      if (!mayHold || !isBehind(outlet, nowMs)) this.#catchUp(audience, outlet);
    }
    if (droppable === undefined) return;
    for (const outlet of behind) {
      this.#single(outlet);
      this.#counts.volatileDrops += droppable.volatile.size;
      // A socket that has joined in this turn gets it as it is: earlier texts of the batch are not for it.
      const isNew = outlet.stays?.some((stay) => stay.batch === batch) === true;
      const misses = mayHold && !isNew;
      droppable.behind.set(outlet, misses ? 'nothing' : 'no volatile');
      if (misses && droppable.latest.size > 0) this.#begin(audience, outlet);
    }
    this.#missed.get(audience)?.add(texts, droppable.latest);
  }

  /** True when the latest texts of a batch may be kept beside those that are kept already. */
  #hasRoom({ audience, texts }: Batch, { latest }: DroppableTexts): boolean {
    const { keys, bytes } = (this.#missed.get(audience) ?? new MissedTexts()).sizeWith(
      texts,
      latest,
    );
    return keys <= this.#limits.maxLatestKeys && bytes <= this.#limits.maxLatestBytes;
  }

  /** A socket misses the texts of an audience from the present batch on. */
  #begin(audience: Audience, outlet: Outlet): void {
    let missed = this.#missed.get(audience);
    if (missed === undefined) this.#missed.set(audience, (missed = new MissedTexts()));
    missed.begin(outlet);
    const audiences = this.#laggards.get(outlet);
    if (audiences === undefined) this.#laggards.set(outlet, new Set([audience]));
    else audiences.add(audience);
  }

  /** Ends what `begin` has begun. Returns the texts that the socket has missed, replaced ones included. */
  #end(audience: Audience, outlet: Outlet): number {
    const missed = this.#missed.get(audience);
    const texts = missed?.end(outlet) ?? 0;
    if (missed?.isOver === true) this.#missed.delete(audience);
    const audiences = this.#laggards.get(outlet);
    audiences?.delete(audience);
    if (audiences?.size === 0) this.#laggards.delete(outlet);
    return texts;
  }

  /** Sends a socket the latest texts that it has missed, before anything else of this turn. */
  #catchUp(audience: Audience, outlet: Outlet): void {
    const sent = this.#missed.get(audience)?.missedBy(outlet);
    if (sent === undefined) return;
    this.#counts.latestDrops += this.#end(audience, outlet) - sent.texts;
    this.#single(outlet);
    (outlet.extra ??= []).push({ seq: 0, bytes: sent.bytes, start: 0, end: sent.bytes.length });
  }

  /** Asks a socket for a sign that it has read what it is sent up to here, when one is due. */
  #probe(outlet: Outlet, nowMs: number): void {
    const bytes = outlet.sink.pace?.probe(nowMs);
    if (bytes === undefined) return;
    this.#single(outlet);
    (outlet.extra ??= []).push({ seq: Infinity, bytes, start: 0, end: bytes.length });
  }
}

function isBehind({ sink }: Outlet, nowMs: number): boolean {
  return sink.pace?.isBehind(nowMs) === true;
}
