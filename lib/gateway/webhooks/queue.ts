/** Entries that travel together; none of their channels has others on the way. */
export interface Load {
  entries: string[];
  channels: ReadonlySet<string>;
  bytes: number;
}

export interface QueueLimits {
  maxEntries: number;
  maxBytes: number;
  /** Time that an entry may wait before it is forgotten. */
  maxAgeMs: number;
}

interface Entry {
  text: string;
  bytes: number;
  atMs: number;
}

interface Line {
  entries: Entry[];
  /** Entries of it are on the way. */
  busy: boolean;
}

/**
 * Events that wait for one endpoint, in a line for each channel. A line has one load in flight at most, so the order of
 * a channel holds and a repeated load holds up no other channel. Bounded in entries and bytes, those on
 * the way included. Time comes from the caller, in milliseconds.
 */
export class Queue {
  readonly #limits: QueueLimits;
  readonly #lines = new Map<string, Line>();
  /** Channels whose line can go, first come first served. */
  readonly #ready = new Set<string>();
  #size = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Entries that wait or are on the way. */
  get size(): number {
    return this.#size;
  }

  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  /** False when there is no room. */
  add(channel: string, text: string, nowMs: number): boolean {
    const bytes = Buffer.byteLength(text);
    const { maxEntries, maxBytes } = this.#limits;
    if (this.#size >= maxEntries || this.#bytes + bytes > maxBytes) return false;
    this.#size++;
    this.#bytes += bytes;
    const entry = { text, bytes, atMs: nowMs };
    const line = this.#lines.get(channel);
    if (line === undefined) this.#lines.set(channel, { entries: [entry], busy: false });
    else line.entries.push(entry);
    if (line?.busy !== true) this.#ready.add(channel);
    return true;
  }

  /**
   * Takes the next load: the entries of channels that can go, up to a number and a size, and at least one. Returns how
   * many were too old too.
   */
  take(
    most: { entries: number; bytes: number },
    nowMs: number,
  ): { load: Load | undefined; expired: number } {
    const texts: string[] = [];
    const channels = new Set<string>();
    let bytes = 0;
    let expired = 0;
    for (const channel of this.#ready) {
      const line = this.#lines.get(channel) as Line;
      const old = countWhile(line.entries, ({ atMs }) => nowMs - atMs > this.#limits.maxAgeMs);
      for (const entry of line.entries.splice(0, old)) this.#forget(1, entry.bytes);
      expired += old;
      const fits = countWhile(line.entries, (entry) => {
        if (texts.length === most.entries) return false;
        if (texts.length > 0 && bytes + entry.bytes > most.bytes) return false;
        texts.push(entry.text);
        bytes += entry.bytes;
        return true;
      });
      if (fits > 0) {
        line.entries.splice(0, fits);
        line.busy = true;
        channels.add(channel);
      } else if (line.entries.length > 0) break;
      this.#ready.delete(channel);
      if (!line.busy) this.#lines.delete(channel);
    }
    const load = texts.length === 0 ? undefined : { entries: texts, channels, bytes };
    return { load, expired };
  }

  /** A load has arrived or was given up: its channels can go on. */
  settle({ entries, channels, bytes }: Load): void {
    this.#forget(entries.length, bytes);
    for (const channel of channels) {
      const line = this.#lines.get(channel) as Line;
      line.busy = false;
      if (line.entries.length > 0) this.#ready.add(channel);
      else this.#lines.delete(channel);
    }
  }

  #forget(entries: number, bytes: number): void {
    this.#size -= entries;
    this.#bytes -= bytes;
  }
}

/** Number of elements at the front that pass a test. */
function countWhile<T>(list: readonly T[], passes: (each: T) => boolean): number {
  const end = list.findIndex((each) => !passes(each));
  return end < 0 ? list.length : end;
}
