import { NEAR_SHARE, ROOMY, type MemoryWatch } from '../../stream/memory-watch';
import { LEAVING_OF, type WebhookEvent } from './events';
import type { Receipt } from './receipt';

/** Entries that travel together; none of their channels has others on the way. */
export interface Load {
  entries: string[];
  /** Entries among them that no other gateway would tell. */
  own: string[];
  channels: ReadonlySet<string>;
  receipts: readonly Receipt[];
  bytes: number;
  /** Arrival of the oldest entry. */
  sinceMs: number;
}

export interface QueueLimits {
  maxEntries: number;
  maxBytes: number;
  /** Time that an entry may wait before it is forgotten. */
  maxAgeMs: number;
}

interface Entry {
  event: WebhookEvent;
  bytes: number;
  atMs: number;
  line: Line;
  isWaiting: boolean;
}

/** Waiting entries of a channel. All of them count as those of one source, so that they stay in their order. */
interface Line {
  channel: string;
  source: Source;
  entries: Entry[];
  /** Entries of it are on the way. */
  busy: boolean;
}

/** Waiting entries of a source, over all lines. */
interface Source {
  name: string;
  /** Lines that can go, first come first served. */
  ready: Set<Line>;
  entries: number;
  bytes: number;
  /** Entries by their arrival. Some of them wait no more. */
  arrivals: Entry[];
}

/** Events and those that undo them, in both directions. */
const OPPOSITES = new Map([...LEAVING_OF, ...[...LEAVING_OF].map(([a, b]) => [b, a] as const)]);
/** Entries behind which the other half of a pair is not looked for. */
const MAX_LOOK = 64;
/** Entries of a source that may stand among its arrivals and wait no more, besides as many as wait. */
const MAX_STALE = 32;

/**
 * Events that wait for one endpoint, in a line for each channel. A line has one load in flight at most, so the order of
 * a channel holds and a repeated load holds up no other channel. Sources take turns, an entry each, so that none holds
 * up the others. Bounded in entries and bytes, those on the way included: the newest entry of the largest source is
 * dropped, near the end of memory also where the queue would grow. An event that no endpoint has and the one that undoes it
 * leave the queue. Time comes from the caller, in milliseconds.
 */
export class Queue {
  readonly #limits: QueueLimits;
  readonly #memory: MemoryWatch;
  readonly #lines = new Map<string, Line>();
  /** Sources with waiting entries. */
  readonly #sources = new Map<string, Source>();
  /** Sources with lines that can go, the next one first. */
  readonly #round = new Set<Source>();
  readonly #underway = new Set<Load>();
  #size = 0;
  #bytes = 0;

  constructor(limits: QueueLimits, memory = ROOMY) {
    this.#memory = memory;
    this.#limits = limits;
  }

  /** Entries that wait or are on the way. */
  get size(): number {
    return this.#size;
  }

  /** Arrival of the oldest entry that waits or is on its way; Infinity when there is none. */
  get oldestMs(): number {
    let oldest = Infinity;
    for (const { sinceMs } of this.#underway) oldest = Math.min(oldest, sinceMs);
    for (const { arrivals } of this.#sources.values()) {
      oldest = Math.min(oldest, arrivals.find(({ isWaiting }) => isWaiting)?.atMs ?? Infinity);
    }
    return oldest;
  }

  get hasReady(): boolean {
    return this.#round.size > 0;
  }

  /** Returns the number of entries for which there was no room, the new one perhaps among them. */
  add(event: WebhookEvent, nowMs: number): number {
    const undone = this.#undoneBy(event);
    if (undone !== undefined) {
      for (const { receipt } of [event, undone.event]) receipt?.undoneIn.add(this);
      this.#forget(undone);
      return 0;
    }
    event.receipt?.hold();
    const { maxEntries, maxBytes } = this.#roomFor();
    const line = this.#lineOf(event);
    const { source } = line;
    const bytes = Buffer.byteLength(event.json);
    const entry = { event, bytes, atMs: nowMs, line, isWaiting: true };
    line.entries.push(entry);
    source.arrivals.push(entry);
    source.entries++;
    source.bytes += bytes;
    this.#size++;
    this.#bytes += bytes;
    if (!line.busy) this.#ready(line);
    let dropped = 0;
    for (; this.#size > maxEntries || this.#bytes > maxBytes; dropped++) {
      this.#forget(newestOf(this.#largest(source)));
    }
    return dropped;
  }

  /**
   * Takes the next load: entries of channels that can go, from one source after the other, up to a number and a size, and
   * at least one. Returns the entries that were too old too.
   */
  take(
    most: { entries: number; bytes: number },
    nowMs: number,
  ): { load: Load | undefined; expired: string[] } {
    const entries: string[] = [];
    const own: string[] = [];
    const lines = new Set<Line>();
    const receipts: Receipt[] = [];
    const expired: string[] = [];
    let bytes = 0;
    let sinceMs = Infinity;
    for (;;) {
      const entry = this.#next();
      if (entry === undefined) break;
      const { line, atMs } = entry;
      if (nowMs - atMs > this.#limits.maxAgeMs) {
        this.#forget(entry);
        expired.push(entry.event.json);
        continue;
      }
      if (entries.length === most.entries) break;
      if (entries.length > 0 && bytes + entry.bytes > most.bytes) break;
      entries.push(entry.event.json);
      if (entry.event.receipt === undefined) own.push(entry.event.json);
      else receipts.push(entry.event.receipt);
      bytes += entry.bytes;
      sinceMs = Math.min(sinceMs, atMs);
      lines.add(line);
      line.busy = true;
      // The entry counts among those on the way now.
      this.#remove(entry);
      this.#size++;
      this.#bytes += entry.bytes;
      this.#round.delete(line.source);
      if (line.source.ready.size > 0) this.#round.add(line.source);
    }
    for (const line of lines) this.#unready(line);
    const channels = new Set([...lines].map(({ channel }) => channel));
    const load = { entries, own, channels, receipts, bytes, sinceMs };
    if (entries.length === 0) return { load: undefined, expired };
    this.#underway.add(load);
    return { load, expired };
  }

  /** A load has arrived or was given up: its channels can go on. */
  settle(load: Load): void {
    const { entries, channels, receipts, bytes } = load;
    for (const receipt of receipts) receipt.release();
    this.#underway.delete(load);
    this.#size -= entries.length;
    this.#bytes -= bytes;
    for (const channel of channels) {
      const line = this.#lines.get(channel) as Line;
      line.busy = false;
      if (line.entries.length > 0) this.#ready(line);
      else this.#lines.delete(channel);
    }
  }

  /** Takes out all that waits and that another gateway tells. Returns how many there were. */
  leave(): number {
    const all = [...this.#lines.values()].flatMap(({ entries }) => entries);
    const left = all.filter(({ event }) => event.receipt !== undefined);
    for (const entry of left) this.#forget(entry);
    return left.length;
  }

  /** Takes out of a load what another gateway tells. Returns how many entries there were. */
  leaveOf(load: Load): number {
    const { receipts, own } = load;
    const ownBytes = own.reduce((sum, json) => sum + Buffer.byteLength(json), 0);
    this.#size -= receipts.length;
    this.#bytes -= load.bytes - ownBytes;
    load.entries = own;
    load.receipts = [];
    load.bytes = ownBytes;
    for (const receipt of receipts) receipt.release();
    return receipts.length;
  }

  /** Nobody takes what waits or is on the way, and nobody else is to: it is given up. Returns how much that was. */
  giveUp(): number {
    const given = this.#size;
    for (const { entries } of [...this.#lines.values()]) {
      for (const entry of [...entries]) this.#forget(entry);
    }
    for (const load of [...this.#underway]) this.settle(load);
    return given;
  }

  /** Limits for the next entry. */
  #roomFor(): Pick<QueueLimits, 'maxEntries' | 'maxBytes'> {
    if (!this.#memory.isNear) return this.#limits;
    const { maxEntries, maxBytes } = this.#limits;
    return {
      maxEntries: Math.max(maxEntries * NEAR_SHARE, this.#size),
      maxBytes: Math.max(maxBytes * NEAR_SHARE, this.#bytes),
    };
  }

  /** First entry of the source whose turn it is. */
  #next(): Entry | undefined {
    const [source] = this.#round;
    const [line] = source?.ready ?? [];
    return line?.entries[0];
  }

  #lineOf({ channel, source: name }: WebhookEvent): Line {
    const known = this.#lines.get(channel);
    if (known !== undefined && known.entries.length > 0) return known;
    let source = this.#sources.get(name);
    if (source === undefined) {
      source = { name, ready: new Set(), entries: 0, bytes: 0, arrivals: [] };
      this.#sources.set(name, source);
    }
    const line = { channel, source, entries: [], busy: known?.busy ?? false };
    this.#lines.set(channel, line);
    return line;
  }

  /** The waiting event of the same channel or member that an event takes back, unless an endpoint may have it. Numbers of subscribers may stand between. */
  #undoneBy({ name, channel, userId, mayBeTaken }: WebhookEvent): Entry | undefined {
    const other = OPPOSITES.get(name);
    const entries = this.#lines.get(channel)?.entries;
    if (other === undefined || entries === undefined || mayBeTaken === true) return undefined;
    for (let i = entries.length - 1; i >= Math.max(0, entries.length - MAX_LOOK); i--) {
      const entry = entries[i] as Entry;
      const { event } = entry;
      if (event.name === other && event.userId === userId) {
        // The endpoint would know what it has taken, and not what undid it.
        return event.mayBeTaken === true ? undefined : entry;
      }
      const isOfOther =
        userId !== undefined && event.userId !== undefined && event.userId !== userId;
      if (!isOfOther && event.name !== 'subscription_count') return undefined;
    }
    return undefined;
  }

  /** Source that takes most of the limits; of equal ones, that of the newest entry. */
  #largest(newest: Source): Source {
    let largest = newest;
    let most = this.#shareOf(newest);
    for (const source of this.#sources.values()) {
      const share = this.#shareOf(source);
      if (share > most) [largest, most] = [source, share];
    }
    return largest;
  }

  #shareOf({ entries, bytes }: Source): number {
    const { maxEntries, maxBytes } = this.#limits;
    return Math.max(entries / maxEntries, bytes / maxBytes);
  }

  /** An entry is not told. */
  #forget(entry: Entry): void {
    this.#remove(entry);
    entry.event.receipt?.release();
  }

  /** Takes a waiting entry out. */
  #remove(entry: Entry): void {
    const { line, bytes } = entry;
    const { source, entries } = line;
    if (entries[0] === entry) entries.shift();
    else entries.splice(entries.lastIndexOf(entry), 1);
    entry.isWaiting = false;
    this.#size--;
    this.#bytes -= bytes;
    source.bytes -= bytes;
    if (--source.entries === 0) this.#sources.delete(source.name);
    else if (source.arrivals.length > 2 * source.entries + MAX_STALE) {
      source.arrivals = source.arrivals.filter(({ isWaiting }) => isWaiting);
    }
    if (entries.length > 0) return;
    this.#unready(line);
    if (!line.busy) this.#lines.delete(line.channel);
  }

  #ready(line: Line): void {
    line.source.ready.add(line);
    this.#round.add(line.source);
  }

  #unready(line: Line): void {
    line.source.ready.delete(line);
    if (line.source.ready.size === 0) this.#round.delete(line.source);
  }
}

/** Newest waiting entry of a source. It is the last one of its line. */
function newestOf({ arrivals }: Source): Entry {
  while (arrivals.at(-1)?.isWaiting === false) arrivals.pop();
  return arrivals.at(-1) as Entry;
}
