import { DueWrites } from './due-writes';
import type { Droppable } from './droppable';
import { type DropCounts, Latest, type LatestLimits } from './latest';
import { type Audience, Batch, type Outlet } from './outlet';
import { takeAlone, writeAlone } from './sequence';
import { type BudgetClock, WriteBudget, writeUnits } from './write-budget';

/** Texts of one turn are written early when they reach this many characters, so that a turn's memory is bounded. */
const MAX_TURN_CHARACTERS = 256 * 1024;
/** Bytes of batches that may wait for later turns, so that their memory is bounded. */
const MAX_DUE_BYTES = 4 * 1024 * 1024;
/** Bytes that may wait for sockets with a sequence of their own, which share them with nobody. */
const MAX_OWN_DUE_BYTES = 16 * 1024 * 1024;
/** An audience of so many sockets hears its events in the same turn, whatever is due for larger ones. */
export const SMALL_AUDIENCE = 64;

/** Texts of so many characters for one socket are charged to those who bring them about. */
const LONG_TEXT = 4_096;

/** Is told how long each turn takes from its first event for an audience until everything is written. */
export interface TurnWatch {
  /** Milliseconds on a monotonic clock. */
  now(): number;
  written(durationMs: number): void;
}

/** Specs choose smaller sizes than the gateway has. */
export interface TurnOptions {
  watch?: TurnWatch;
  /** By which long writes end a turn. */
  clock?: BudgetClock;
  /** Is told the characters of each long text for one socket. */
  charge?: (characters: number) => void;
  /** Limits of texts that are kept for sockets which are behind, and counters of those that they do not get. */
  latest?: { limits: LatestLimits; counts: DropCounts };
  writeUnits?: number;
  smallAudience?: number;
}

/**
 * Collects the sends of one turn of the event loop and writes them at its end, once per socket, and the same bytes to
 * all sockets with the same events.
 *
 * Each socket receives the texts in the order of acceptance, as from a gateway that writes every text to every socket
 * at once. Any mixture of channels, private texts, exclusions, joins and leaves within the turn keeps that order.
 * A socket with one channel and nothing special shares the channel's bytes; any other gets a sequence of its own, put
 * together from the slices of the shared ones.
 *
 * A turn has a budget of writes. Events for more sockets than it has room for go on in later turns, so that an event for
 * thousands delays the others by milliseconds. Texts for one socket alone never wait for that, and bytes
 * that are due for the socket are written before them.
 *
 * Sockets that are behind may miss texts that are droppable: `Latest` says which, before a turn is written.
 */
export class Turn {
  readonly #endOfTurn: (run: () => void) => void;
  readonly #watch: TurnWatch | undefined;
  readonly #clock: BudgetClock | undefined;
  readonly #charge: ((characters: number) => void) | undefined;
  /** Time of the first event of this turn that goes to an audience. */
  #sinceMs: number | undefined;
  #scheduled = false;
  #number = 1;
  #seq = 0;
  #characters = 0;
  #batches: Batch[] = [];
  #specials: Outlet[] = [];
  /** Runs after the present turn was written. */
  #afterwards: Array<() => void> = [];
  readonly #due = new DueWrites();
  readonly #budget: WriteBudget;
  readonly #smallAudience: number;
  readonly #latest: Latest;

  constructor(
    endOfTurn: (run: () => void) => void,
    { watch, clock, charge, latest, writeUnits: unitsPerTurn, smallAudience }: TurnOptions = {},
  ) {
    this.#endOfTurn = endOfTurn;
    this.#watch = watch;
    this.#clock = clock;
    this.#charge = charge;
    this.#smallAudience = smallAudience ?? SMALL_AUDIENCE;
    this.#budget = new WriteBudget(clock, unitsPerTurn);
    this.#latest = new Latest(latest, (outlet) => this.#single(outlet));
  }

  /** Writes of earlier turns are left; senders to many sockets had better wait for `whenCaughtUp`. */
  get behind(): boolean {
    return !this.#due.isEmpty;
  }

  /** Sends a text to all of an audience, but those in `except`; a droppable one perhaps not to those that are behind. */
  publish(
    audience: Audience,
    text: string,
    except?: readonly Outlet[],
    droppable?: Droppable,
  ): void {
    if (audience.sockets.size === 0) return;
    this.#account(text.length);
    this.#sinceMs ??= this.#watch?.now();
    let batch = audience.batch;
    if (batch === undefined) {
      batch = new Batch(audience);
      audience.batch = batch;
      this.#batches.push(batch);
    }
    if (except !== undefined) {
      (batch.excluded ??= new Map()).set(batch.texts.length, except);
      for (const outlet of except) this.#single(outlet);
    }
    batch.texts.push(text);
    batch.characters += text.length;
    batch.seqs.push(++this.#seq);
    if (droppable !== undefined) this.#latest.add(batch, droppable);
  }

  /** Sends a text to one socket. Once a droppable one was sent to it, it is an audience of its own for all of them. */
  send(outlet: Outlet, text: string, droppable?: Droppable): void {
    if (outlet.closing !== undefined) return;
    if (text.length > LONG_TEXT) this.#charge?.(text.length);
    if (droppable !== undefined || outlet.own !== undefined) {
      outlet.own ??= { sockets: new Set([outlet]), batch: undefined };
      return this.publish(outlet.own, text, undefined, droppable);
    }
    this.#account(text.length);
    this.#single(outlet);
    (outlet.privateTexts ??= []).push(text);
    (outlet.privateSeqs ??= []).push(++this.#seq);
  }

  /** Closes a socket after everything sent to it so far. */
  close(outlet: Outlet, code: number, reason: string): void {
    if (outlet.closing !== undefined) return;
    this.#account(0);
    this.#single(outlet);
    outlet.closing = { seq: ++this.#seq, code, reason };
    outlet.closeOrdered();
  }

  join(audience: Audience, outlet: Outlet): void {
    // Already subscribed: texts of this turn that are still to be written stay on their way.
    if (audience.sockets.has(outlet)) return;
    audience.sockets.add(outlet);
    if (audience.batch === undefined) return;
    this.#single(outlet);
    (outlet.stays ??= []).push({ batch: audience.batch, from: this.#seq, until: Infinity });
  }

  leave(audience: Audience, outlet: Outlet): void {
    if (!audience.sockets.delete(outlet)) return;
    this.#latest.left(audience, outlet);
    const batch = audience.batch;
    if (batch === undefined) return;
    this.#single(outlet);
    const stay = outlet.stays?.findLast((each) => each.batch === batch);
    if (stay !== undefined) stay.until = this.#seq;
    else (outlet.stays ??= []).push({ batch, from: 0, until: this.#seq });
  }

  /** A socket is gone: it has left its audiences, and nothing is kept for it. */
  gone(outlet: Outlet): void {
    if (outlet.own !== undefined) this.leave(outlet.own, outlet);
  }

  /** A socket that was behind may have read what it was sent. Texts that it has missed go out before anything else. */
  caughtUp(outlet: Outlet): void {
    if (this.#latest.wake(outlet)) this.#account(0);
  }

  /** Runs after everything accepted so far was handed to the sockets, or is due for them. */
  whenWritten(run: () => void): void {
    this.#account(0);
    this.#afterwards.push(run);
  }

  /** Runs when everything that is due now was handed to the sockets. */
  whenCaughtUp(run: () => void): void {
    this.#due.then(run);
    this.#schedule();
  }

  /** Writes everything that was accepted so far. */
  flush(): void {
    this.#due.write();
    this.#write();
    this.#due.write();
  }

  /** Writes what has come together, within the budget of the turn. */
  #write(): void {
    if (!this.#latest.isIdle) this.#latest.divide(this.#batches, this.#clock?.now() ?? 0);
    const batches = this.#batches;
    const specials = this.#specials;
    const afterwards = this.#afterwards;
    const turn = this.#number++;
    this.#batches = [];
    this.#specials = [];
    this.#afterwards = [];
    this.#characters = 0;
    this.#seq = 0;
    let units = 0;
    for (const batch of batches) {
      batch.audience.batch = undefined;
      units += batch.audience.sockets.size * writeUnits(batch.characters);
    }

    if (batches.length > 1 || specials.length > 0) meet(batches, specials, turn);
    if (this.#budget.isSmall(units) && this.#due.isEmpty) {
      for (const batch of batches) {
        for (const outlet of batch.audience.sockets) {
          if (!outlet.special) this.#put(outlet, batch.encoded(outlet.sink.encoder).bytes);
        }
      }
      for (const outlet of specials) writeAlone(outlet);
    } else {
      this.#spread(batches, specials);
    }
    this.#measure();
    for (const run of afterwards) run();
  }

  /** Writes as much as the turn has room for, small audiences first, and leaves the others for later turns. */
  #spread(batches: Batch[], specials: Outlet[]): void {
    const due = this.#due;
    const alone = specials.filter(hasOwnTexts);
    const mixed = alone.length === 0 ? specials : specials.filter((each) => !hasOwnTexts(each));
    for (const outlet of alone) {
      due.settle(outlet);
      writeAlone(outlet);
      // Events of this turn have gone with the texts: the batches below leave it out.
      outlet.special = true;
    }
    if (batches.length > 0 && due.bytes > MAX_DUE_BYTES) due.write();
    const isBehind = !due.isEmpty;
    let shared = 0;
    for (const batch of batches.sort((a, b) => sizeOf(a) - sizeOf(b))) {
      const isBulk = sizeOf(batch) > this.#smallAudience;
      const mayWrite = !isBehind || !isBulk;
      let left = 0;
      for (const outlet of batch.audience.sockets) {
        if (outlet.special) continue;
        const { bytes } = batch.encoded(outlet.sink.encoder);
        if (mayWrite && this.#mayWrite(outlet, isBulk)) this.#put(outlet, bytes);
        else {
          due.add(outlet, bytes);
          left = Math.max(left, bytes.length);
        }
      }
      shared += left;
    }
    for (const outlet of alone) outlet.special = false;
    due.account(shared, this.#spreadMixed(mixed, isBehind));
  }

  /** Writes to sockets with a sequence of events of their own. Returns the bytes that are left for later turns. */
  #spreadMixed(outlets: readonly Outlet[], isBehind: boolean): number {
    const due = this.#due;
    const isBulk = outlets.length > this.#smallAudience;
    const mayWrite = !isBehind || !isBulk;
    let left = 0;
    let shared: Buffer | undefined;
    for (const outlet of outlets) {
      const bytes = takeAlone(outlet);
      if (bytes === undefined) continue;
      if ((mayWrite && this.#mayWrite(outlet, isBulk)) || due.ownBytes + left > MAX_OWN_DUE_BYTES) {
        due.settle(outlet);
        this.#put(outlet, bytes);
      } else {
        due.add(outlet, bytes);
        if (bytes !== shared) left += bytes.length;
        shared = bytes;
      }
    }
    return left;
  }

  #mayWrite({ due }: Outlet, isBulk: boolean): boolean {
    const budget = this.#budget;
    return due === undefined && !(isBulk ? budget.isBulkSpent : budget.isSpent);
  }

  #put({ sink }: Outlet, bytes: Buffer): void {
    sink.write(bytes);
    this.#budget.spend(bytes.length);
  }

  #measure(): void {
    const sinceMs = this.#sinceMs;
    this.#sinceMs = undefined;
    const watch = this.#watch;
    if (watch === undefined || sinceMs === undefined) return;
    const measured = (): void => watch.written(watch.now() - sinceMs);
    if (this.#due.isEmpty) measured();
    else this.#due.then(measured);
  }

  #single(outlet: Outlet): void {
    if (outlet.special) return;
    outlet.special = true;
    this.#specials.push(outlet);
  }

  #account(characters: number): void {
    if (this.#characters + characters > MAX_TURN_CHARACTERS && this.#characters > 0) this.#write();
    this.#characters += characters;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#endOfTurn(() => {
      this.#scheduled = false;
      this.#end();
    });
  }

  /** Writes for one socket or few go first: they would wait for all that is due otherwise. */
  #end(): void {
    const wasBehind = this.behind;
    this.#write();
    if (wasBehind) {
      this.#budget.leaveSome();
      this.#due.write(this.#budget);
    }
    this.#budget.renew();
    if (this.behind) this.#schedule();
  }
}

/** Finds the sockets that hear more than one batch, and tells each special socket its batches. */
function meet(batches: Batch[], specials: Outlet[], turn: number): void {
  if (batches.length > 1) {
    for (const batch of batches) {
      for (const outlet of batch.audience.sockets) {
        if (outlet.metInTurn !== turn) outlet.metInTurn = turn;
        else if (!outlet.special) {
          outlet.special = true;
          specials.push(outlet);
        }
      }
    }
  }
  if (specials.length === 0) return;
  for (const batch of batches) {
    for (const outlet of batch.audience.sockets) {
      if (outlet.special) (outlet.batches ??= []).push(batch);
    }
  }
}

/** True when something is for this socket alone, which never waits for a later turn. */
function hasOwnTexts({ privateTexts, closing }: Outlet): boolean {
  return privateTexts !== undefined || closing !== undefined;
}

function sizeOf({ audience }: Batch): number {
  return audience.sockets.size;
}
