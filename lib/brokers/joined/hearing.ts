import type { Item } from '../../wire/cluster';
import type { Replay } from './engine-link';

/** Characters of events that are held back while earlier ones are read; with more of them the reading is given up. */
const MAX_HELD = 8 * 1024 * 1024;
/** Size of an item beside its text. */
const OVERHEAD = 64;

export interface HearingParts {
  /** Name of the engine's run: another one counts anew. */
  run(): string;
  /** Reads events behind a number. Rejects when the way to the engine is cut. */
  replay(after: number): Promise<Replay>;
  /** Any channel is heard. */
  hears(): boolean;
  /** Number behind which events of a channel are due; undefined for a channel that is not heard. */
  dueFrom(channel: string): number | undefined;
  /** All that the engine's run has for heard channels is due. */
  renumbered(): void;
  /** Tells items to the app. Returns their highest number. */
  tell(channel: string, items: readonly Item[]): number;
  replayed(events: number): void;
  /** Some events may have been missed. */
  missed(): void;
}

type Heard = { channel: string; items: readonly Item[] } | { seq: number };

/** `reading`: the way is back, and the events between are being read. Events up to `readTo` were read. */
interface Held {
  kind: 'held' | 'reading';
  readonly heard: Heard[];
  size: number;
  readTo: number;
}

/** `live`: events up to `replayedTo` were read already, and may still be on their way. */
type State = { readonly kind: 'live'; replayedTo: number } | Held;

/**
 * Topics of an app as its node hears them: each event once and in the engine's order, also over cuts. From a cut on they are
 * held back, until the events that the engine has kept meanwhile have been read and told.
 */
export class Hearing {
  readonly #parts: HearingParts;
  #state: State = { kind: 'live', replayedTo: 0 };
  /** All events up to this number have been heard; undefined while no number is known. */
  #upTo: number | undefined;
  /** Run of the engine that numbers count in. */
  #run = '';

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  get isHeld(): boolean {
    return this.#state.kind !== 'live';
  }

  /** A channel is heard while no other is: nothing before this number is due. */
  begin(seq: number): void {
    if (this.#upTo === undefined) this.#advance(seq);
  }

  heard(channel: string, items: readonly Item[]): void {
    const state = this.#state;
    if (state.kind !== 'live') return this.#hold(state, { channel, items });
    const fresh = state.replayedTo === 0 ? items : freshOf(state, items);
    if (fresh.length > 0) this.#advance(this.#parts.tell(channel, fresh));
  }

  /** All events up to a number have been told to this node, or are of no concern to it. */
  heardUpTo(seq: number): void {
    if (this.#state.kind !== 'live') this.#hold(this.#state, { seq });
    else this.#advance(seq);
  }

  /** The way to the engine was cut. Events that were held before are among those that are read. */
  hold(): void {
    this.#state = { kind: 'held', heard: [], size: 0, readTo: 0 };
  }

  /** The way is back, and topics are heard again: events between are read and told, then those held back. */
  async catchUp(): Promise<void> {
    const state = this.#state;
    if (state.kind === 'live') return this.#parts.missed();
    if (state.kind === 'reading') return;
    // The next channel begins anew.
    if (!this.#parts.hears()) return this.restart();
    state.kind = 'reading';
    const isSameRun = this.#parts.run() === this.#run;
    if (!isSameRun) this.#renumber();
    let isWhole = isSameRun && this.#upTo !== undefined;
    try {
      for (let isLast = this.#upTo === undefined; !isLast;) {
        const after = this.#upTo ?? 0;
        const page = await this.#parts.replay(after);
        if (state !== this.#state) return;
        if (page.low > after) isWhole = false;
        for (const { channel, items } of page.batches) this.#replay(channel, items, after);
        if (page.upTo > after) state.readTo = this.#upTo = page.upTo;
        ({ isLast } = page);
      }
    } catch {
      // A new cut begins anew.
      if (state !== this.#state) return;
      isWhole = false;
    }
    this.#go(state);
    if (!isWhole) this.#parts.missed();
  }

  /** The engine has lost what it knew, in the same run: its numbers say nothing. */
  lost(): void {
    if (this.isHeld || this.#parts.run() !== this.#run) return;
    this.restart();
  }

  /** Nothing that was heard before matters. */
  restart(): void {
    this.#state = { kind: 'live', replayedTo: 0 };
    this.#upTo = undefined;
  }

  #advance(seq: number): void {
    if (this.#upTo === undefined) this.#run = this.#parts.run();
    if (seq > (this.#upTo ?? -1)) this.#upTo = seq;
  }

  #renumber(): void {
    this.#run = this.#parts.run();
    this.#upTo = 0;
    this.#parts.renumbered();
  }

  #hold(state: Held, heard: Heard): void {
    state.heard.push(heard);
    state.size += OVERHEAD;
    if ('items' in heard) for (const item of heard.items) state.size += sizeOf(item);
    if (state.size <= MAX_HELD) return;
    this.#go(state);
    this.#parts.missed();
  }

  /** Members and counts are fetched, and nobody waits for a receipt any more. */
  #replay(channel: string, items: readonly Item[], after: number): void {
    const dueFrom = this.#parts.dueFrom(channel);
    if (dueFrom === undefined) return;
    const from = Math.max(after, dueFrom);
    const due = items.flatMap((item) =>
      item.kind === 'event' && item.seq > from ? { ...item, from: 0, receipt: 0 } : [],
    );
    if (due.length === 0) return;
    this.#parts.replayed(due.length);
    this.#parts.tell(channel, due);
  }

  #go({ heard, readTo }: Held): void {
    this.#state = { kind: 'live', replayedTo: readTo };
    for (const each of heard) {
      if ('seq' in each) this.heardUpTo(each.seq);
      else this.heard(each.channel, each.items);
    }
  }
}

/** Items without the events that were read; behind the first later one there are no others. */
function freshOf(state: { replayedTo: number }, items: readonly Item[]): readonly Item[] {
  const { replayedTo } = state;
  const fresh = items.filter(({ kind, seq }) => kind !== 'event' || seq > replayedTo);
  if (items.some(({ seq }) => seq > replayedTo)) state.replayedTo = 0;
  return fresh;
}

function sizeOf(item: Item): number {
  return OVERHEAD + (item.kind === 'event' ? item.text.length : 0);
}
