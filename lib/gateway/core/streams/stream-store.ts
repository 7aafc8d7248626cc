import type { AppBroker } from '../../../brokers/broker';
import { type Eventual, later } from '../../../brokers/eventual';
import type { Clock, Timer } from '../../../util/timers';
import type { PipeEvent, Run } from '../../../wire/frames';
import { EntryTracks } from './entry-tracks';
import type { Partition } from './partition';
import { WritePace } from './write-pace';
import {
  bytesOf,
  entryField,
  HEAD,
  positionField,
  reportField,
  RESERVE,
  type StoredPosition,
  type StoredStream,
  type StreamHead,
  writeEntry,
  writeText,
} from './stream-records';

/** Interval in which acknowledgements are written. */
const COMMIT_MS = 50;
/** Wait before everything is written anew to an engine that was away. */
const AGAIN_MS = 1_000;
/** Events and bytes of an entry: it is kept until all of its events are finished. */
const MAX_ENTRY_EVENTS = 256;
const MAX_ENTRY_BYTES = 48 * 1024;
/** Records and bytes of a write. */
const MAX_RECORDS = 500;
const MAX_WRITE_BYTES = 256 * 1024;
/** Bytes that wait for an answer of the engine, above which it counts as away. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;
/** Bytes of events that are written anew at once. */
const SLICE_BYTES = 1024 * 1024;

export interface StreamStoreParts {
  readonly clock: Clock;
  readonly broker: Pick<AppBroker, 'write'>;
  /** Name that this node is the home of. */
  readonly name: string;
  /** Time for which the records outlive the last write. */
  readonly ttlMs: number;
  head(): StreamHead;
  /** Another node is the home by now. */
  refused(): void;
}

type Write = Array<readonly [string, Uint8Array | undefined]>;

/**
 * Writes the stream of this home through to the engine, for the next home: events within some milliseconds,
 * acknowledgements some time later. Nothing waits for it. While the engine is away the stream goes on in memory, and is
 * written anew afterwards.
 */
export class StreamStore {
  readonly #parts: StreamStoreParts;
  readonly #partitions: readonly Partition[];
  readonly #tracks = new EntryTracks((entry) => {
    // The entry in the making may get more events.
    if (entry !== this.#nextEntry) this.#pending.push([entryField(entry), undefined]);
  });
  readonly #positions = new Map<number, { text: string; position: StoredPosition }>();
  #nextEntry = 1;
  /** Events of the entry in the making. */
  #runs: Run[] = [];
  #events = 0;
  #bytes = 0;
  /** Records that the next write has. */
  #pending: Write = [];
  #pendingBytes = 0;
  readonly #pace: WritePace;
  /** Last report of each other node, and the nodes of which the next write has it. */
  readonly #reports = new Map<number, number>();
  readonly #reporters = new Set<number>();
  /** Answers to reports whose events are not known to be written. */
  #answers: Array<(isKept: boolean) => void> = [];
  /** The next write begins anew, or everything waits for the engine. */
  #state: 'steady' | 'anew' | 'away' = 'anew';
  #isHeadDue = true;
  /** False while everything is being written anew. */
  #isWhole = true;
  #flushes = false;
  #commit: Timer | undefined;
  #again: Timer | undefined;
  #renewal: Timer;
  #renewed = true;
  /** Grows when everything is written anew: answers to earlier writes say nothing then. */
  #life = 0;
  #isClosed = false;

  constructor(parts: StreamStoreParts, partitions: readonly Partition[], stored?: StoredStream) {
    this.#parts = parts;
    this.#pace = new WritePace(parts.clock, () => this.#flush());
    this.#partitions = partitions;
    if (stored !== undefined) this.#restore(stored);
    this.#renewal = this.#renew();
    this.#schedule();
  }

  /** An event was appended, or took the place of another one. */
  appended({ number, log }: Partition, offset: number, event: PipeEvent): void {
    if (this.#isClosed || this.#state === 'away' || offset === 0) return;
    const { epoch } = log;
    const run = this.#runs.at(-1);
    const isNext =
      run?.partition === number &&
      run.epoch === epoch &&
      run.firstOffset + run.events.length === offset;
    if (isNext) run.events.push(event);
    else
      this.#runs.push({
        partition: number,
        generation: 1,
        epoch,
        firstOffset: offset,
        events: [event],
      });
    this.#tracks.add(number, epoch, offset, this.#nextEntry);
    this.#events++;
    this.#bytes += bytesOf(event);
    if (this.#events >= MAX_ENTRY_EVENTS || this.#bytes >= MAX_ENTRY_BYTES) this.#endEntry();
    if (this.#pendingBytes > MAX_PENDING_BYTES) return this.#away();
    this.#schedule();
    // Logs of any partition may have given up events for it.
    this.changed();
  }

  /** Positions have changed. */
  changed(): void {
    if (this.#isClosed || this.#state === 'away') return;
    this.#commit ??= this.#parts.clock.setTimeout(() => {
      this.#commit = undefined;
      this.#settle();
      this.#flush();
    }, COMMIT_MS);
  }

  /** The nodes that the stream has heard of have changed. */
  headChanged(): void {
    this.#isHeadDue = true;
    this.#schedule();
  }

  /**
   * Events of a node's report were appended. Answers when they are written; false when that can not be. While the engine is
   * away nobody answers: the next home would not have them.
   */
  reported(node: number, number: number): Eventual<boolean> {
    if (this.#isClosed) return false;
    this.#reports.set(node, number);
    this.#reporters.add(node);
    this.#schedule();
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  /** The engine may have lost what was written. */
  lost(): void {
    if (!this.#isClosed) this.#begin();
  }

  /** Leaves the stream to its next home, with all that is known of it. */
  handOver(): void {
    if (this.#isClosed) return;
    this.#settle();
    this.#flush(true);
    this.close();
  }

  /** The stream has ended: nothing of it is kept. */
  drop(): void {
    if (this.#isClosed) return;
    const { broker, name, ttlMs } = this.#parts;
    // Nobody wants the events any more.
    this.#answer(true);
    this.close();
    void broker.write(name, [], { anew: true, ttlMs });
  }

  close(): void {
    const { clock } = this.#parts;
    this.#isClosed = true;
    this.#life++;
    this.#pace.stop();
    for (const timer of [this.#commit, this.#again, this.#renewal]) {
      if (timer !== undefined) clock.clearTimeout(timer);
    }
    this.#answer(false);
  }

  #restore({ logs, entries, nextEntry, stale }: StoredStream): void {
    this.#state = 'steady';
    this.#nextEntry = nextEntry;
    for (const [partition, byOffset] of entries) {
      const epoch = logs.get(partition)?.epoch ?? 0;
      for (const [offset, entry] of byOffset) this.#tracks.add(partition, epoch, offset, entry);
    }
    for (const field of stale) this.#pending.push([field, undefined]);
    this.#settle();
  }

  /** Takes what is finished from the entries, and notes the positions. */
  #settle(): void {
    const { epoch } = this.#parts.head();
    for (const partition of this.#partitions) {
      const { number, log } = partition;
      const isUsed = log.top > 0 || log.epoch !== epoch || this.#tracks.has(number);
      if (isUsed || log.missed !== undefined) this.#note(partition);
    }
  }

  #note({ number, log }: Partition): void {
    const { epoch, finished, low, missed } = log;
    const acked = log.committed.offset;
    const before = this.#positions.get(number);
    const isSame = before?.position.epoch === epoch;
    let reserved = isSame ? before.position.reserved : 0;
    if (reserved < log.top + RESERVE / 2) reserved = log.top + RESERVE;
    const position = { epoch, acked, low, reserved, finished, missed };
    const text = JSON.stringify(position);
    if (before?.text === text) return;
    this.#positions.set(number, { text, position });
    this.#pending.push([positionField(number), Buffer.from(text)]);
    this.#tracks.finish(number, { epoch, upTo: Math.max(acked, low - 1), ranges: finished });
  }

  /** Partitions of this turn whose offsets are near the end of what is reserved. */
  #reserve(): void {
    const seen = new Set<number>();
    for (const { partition: number } of this.#runs) {
      if (seen.has(number)) continue;
      seen.add(number);
      const { log } = this.#partitions[number] as Partition;
      const known = this.#positions.get(number)?.position;
      if (known?.epoch === log.epoch && log.top + RESERVE / 2 <= known.reserved) continue;
      this.#note(this.#partitions[number] as Partition);
    }
  }

  #endEntry(): void {
    if (this.#runs.length === 0) return;
    this.#reserve();
    const entry = this.#nextEntry++;
    if (this.#tracks.needs(entry)) {
      const bytes = writeEntry(this.#runs);
      this.#pending.push([entryField(entry), bytes]);
      this.#pendingBytes += bytes.length;
    }
    this.#runs = [];
    this.#events = this.#bytes = 0;
  }

  #schedule(): void {
    if (this.#flushes || this.#isClosed) return;
    this.#flushes = true;
    this.#parts.clock.endOfTurn(() => {
      this.#flushes = false;
      if (!this.#isClosed) this.#flush();
    });
  }

  #flush(isLast = false): void {
    if (this.#state === 'away' || !(isLast || this.#pace.mayWrite())) return;
    this.#endEntry();
    if (this.#isHeadDue && this.#isWhole) {
      this.#isHeadDue = false;
      this.#pending.push([HEAD, writeText(this.#parts.head())]);
    }
    for (const node of this.#reporters) {
      this.#pending.push([reportField(node), writeText(this.#reports.get(node))]);
    }
    this.#reporters.clear();
    if (this.#pending.length > 0) this.#write();
  }

  #write(done?: () => void): void {
    const records = this.#pending;
    // Events of a report may be in any slice of those that are written anew.
    const answers = this.#isWhole ? this.#answers.splice(0) : [];
    const life = this.#life;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#renewed = true;
    let part: Write = [];
    let bytes = 0;
    for (const record of records) {
      if (life !== this.#life) break;
      if (part.length >= MAX_RECORDS || bytes >= MAX_WRITE_BYTES) {
        this.#send(part);
        part = [];
        bytes = 0;
      }
      part.push(record);
      bytes += record[1]?.length ?? 0;
    }
    if (life !== this.#life) {
      this.#answers.unshift(...answers);
      return;
    }
    this.#send(part, (isWritten) => {
      if (isWritten) for (const answer of answers) answer(true);
      else if (this.#isClosed) for (const answer of answers) answer(false);
      else this.#answers.unshift(...answers);
      if (isWritten && life === this.#life) done?.();
    });
  }

  #send(records: Write, done?: (isWritten: boolean) => void): void {
    const { broker, name, ttlMs } = this.#parts;
    const life = this.#life;
    const anew = this.#state === 'anew';
    if (anew) this.#state = 'steady';
    this.#pace.left();
    void later(broker.write(name, records, { anew, ttlMs }), (result) => {
      done?.(result === 'written');
      if (life !== this.#life) return;
      if (result === 'written') this.#pace.answered();
      else if (result === 'refused') {
        this.close();
        this.#parts.refused();
      } else if (result === 'lost' && !anew) this.#begin();
      else this.#away();
    });
  }

  /** Nothing is written until the engine is back; then everything is. */
  #away(): void {
    this.#clear('away');
    this.#again ??= this.#parts.clock.setTimeout(() => {
      this.#again = undefined;
      this.#begin();
    }, AGAIN_MS);
  }

  /** Writes everything anew, a slice after the other. The head comes last: without it the records are not complete. */
  #begin(): void {
    this.#clear('anew');
    const life = this.#life;
    const all: Array<readonly [Partition, number, number]> = [];
    for (const partition of this.#partitions) {
      const { log } = partition;
      log.eachAfter(log.committed.offset, (_, offset) => all.push([partition, log.epoch, offset]));
    }
    let at = 0;
    const next = (): void => {
      if (life !== this.#life) return;
      for (let bytes = 0; at < all.length && bytes < SLICE_BYTES; at++) {
        const [partition, epoch, offset] = all[at] as (typeof all)[number];
        const event = partition.log.at({ epoch, offset });
        if (event === undefined) continue;
        this.appended(partition, offset, event);
        bytes += bytesOf(event);
      }
      if (at === all.length) {
        this.#settle();
        this.#isWhole = this.#isHeadDue = true;
        return this.#flush();
      }
      this.#endEntry();
      this.#write(next);
    };
    next();
  }

  #clear(state: 'anew' | 'away'): void {
    this.#life++;
    this.#state = state;
    this.#tracks.clear();
    this.#positions.clear();
    this.#runs = [];
    this.#events = this.#bytes = 0;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#pace.reset();
    this.#isWhole = false;
    for (const node of this.#reports.keys()) this.#reporters.add(node);
  }

  #answer(isKept: boolean): void {
    for (const answer of this.#answers.splice(0)) answer(isKept);
  }

  /** Keeps the records of a stream in which nothing happens. */
  #renew(): Timer {
    return this.#parts.clock.setTimeout(() => {
      if (!this.#renewed && this.#state === 'steady') this.#write();
      this.#renewed = false;
      this.#renewal = this.#renew();
    }, this.#parts.ttlMs / 4);
  }
}
