import { type Range, Ranges } from '../../../stream/ranges';
import type { GapCause, RestoredLog } from '../../../stream/log';
import { isObject, parseJson } from '../../../pusher/json';
import { CodecError, FrameDecoder, FrameEncoder } from '../../../wire/codec';
import type { Group as GroupOptions, PipeEvent, Run } from '../../../wire/frames';
import { EVENT_OVERHEAD_BYTES } from '../../options/limits';
import type { TakenOver } from '../model/app';

/** Settings of a stream that its records are of use with only. */
export interface StreamShape extends GroupOptions {
  partitions: number;
}

/** A stream as a whole. Records without a head are not complete. */
export interface StreamHead extends StreamShape {
  /** Id of the stream. */
  id: string;
  /** First epoch of its logs. */
  epoch: number;
  /** The node that keeps it. */
  home: number;
  /** Nodes that kept it before, where its home has claimed it and has written nothing more: sessions of any may come. */
  from?: readonly number[] | undefined;
  /** Nodes that have kept it so far. */
  lives: number;
  /** The other nodes, whose browsers the stream has heard of. */
  nodes: readonly number[];
  /** Nodes that have kept it, for which others may keep events that are not in its logs. */
  owed: readonly TakenOver[];
}

/** Position of a partition's log. */
export interface StoredPosition {
  epoch: number;
  acked: number;
  low: number;
  /** Offsets up to here may have been given out, also where no record has their events. */
  reserved: number;
  finished: readonly Range[];
  /** Cause of a loss beside the log that its receiver may not have been told of. */
  missed?: GapCause | undefined;
}

/** An event of a partition with the number of the entry that has it. */
interface StoredEvent {
  event: PipeEvent;
  entry: number;
}

/** A stream as its records tell it. */
export interface StoredStream {
  head: StreamHead;
  logs: ReadonlyMap<number, RestoredLog<PipeEvent>>;
  /** Numbers of the entries of each partition's unfinished events, by offset. */
  entries: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** Number of the next entry. */
  nextEntry: number;
  /** Fields of entries that nobody needs any more. */
  stale: readonly string[];
  /** Sockets of nodes that have died since. */
  gone: readonly string[];
  /** Nodes that have kept it, for which others may keep events that are not in its logs. */
  owed: readonly TakenOver[];
}

/** A record as it is written; undefined takes it out. */
type StoredRecord = readonly [field: string, value: Uint8Array | undefined];

/** An entry is written by nobody with more bytes than a frame of the Pipe, about. */
const LIMITS = { maxFrameBytes: 64 * 1024 * 1024, maxBatch: 1024 };

/** Nodes that were the home of a stream for too short a time to take it over, the latest ones: more die in no lease. */
const MAX_OWED = 16;

/** Generations of a partition on one gateway, at most. */
const GENERATIONS = 2 ** 16;

/** Offsets that may be given out beyond those that are written, so that no later home gives out one of them. */
export const RESERVE = 2_048;

export const HEAD = 'head';

export function entryField(number: number): string {
  return `e${number}`;
}

export function positionField(partition: number): string {
  return `p${partition}`;
}

export function reportField(node: number): string {
  return `r${node}`;
}

export function writeText(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** Events of some partitions, in the form of a frame. */
export function writeEntry(runs: readonly Run[]): Uint8Array {
  return new FrameEncoder(LIMITS).encode({ type: 'events', runs: runs as Run[] });
}

/** Undefined when the records are not those of a whole stream, or cannot be read. */
export function readStream(records: ReadonlyMap<string, Uint8Array>): StoredStream | undefined {
  try {
    return readWhole(records);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** Throws a CodecError. */
function readWhole(records: ReadonlyMap<string, Uint8Array>): StoredStream | undefined {
  const head = readJson(records.get(HEAD));
  if (!isHead(head)) return undefined;
  const positions = new Map<number, StoredPosition>();
  const reports: Array<readonly [number, number]> = [];
  const numbers: number[] = [];
  for (const [field, value] of records) {
    const number = Number(field.slice(1));
    if (field.startsWith('e')) numbers.push(number);
    if (field.startsWith('p')) positions.set(number, readPosition(value));
    if (field.startsWith('r')) reports.push([number, Number(readJson(value))]);
  }
  numbers.sort((a, b) => a - b);
  const done = new Map(Array.from(positions, ([at, position]) => [at, doneOf(position)]));
  const events = new Map<number, Map<number, StoredEvent>>();
  const used = new Set<number>();
  for (const entry of numbers) {
    for (const run of readEntry(records.get(entryField(entry)) as Uint8Array)) {
      const { partition, epoch, firstOffset } = run;
      const position = positions.get(partition);
      if (position === undefined || position.epoch !== epoch) continue;
      const own = events.get(partition) ?? new Map<number, StoredEvent>();
      events.set(partition, own);
      run.events.forEach((event, i) => {
        // A later entry has what took the place of an event.
        if (done.get(partition)?.has(firstOffset + i) !== true) {
          own.set(firstOffset + i, { event, entry });
        }
      });
    }
  }
  const logs = new Map<number, RestoredLog<PipeEvent>>();
  const entries = new Map<number, Map<number, number>>();
  for (let partition = 0; partition < head.partitions; partition++) {
    const position = positions.get(partition) ?? unused(head);
    const own = [...(events.get(partition) ?? [])].sort(([a], [b]) => a - b);
    for (const [, { entry }] of own) used.add(entry);
    entries.set(partition, new Map(own.map(([offset, { entry }]) => [offset, entry])));
    const kept = own.map(([offset, { event }]) => [offset, event, bytesOf(event)] as const);
    const { reserved, ...log } = position;
    logs.set(partition, { ...log, next: reserved + 1, entries: kept });
  }
  const stale = numbers.filter((number) => !used.has(number)).map(entryField);
  const owed = [...head.owed, { home: head.home, reports }].slice(-MAX_OWED);
  return { head, logs, entries, nextEntry: (numbers.at(-1) ?? 0) + 1, stale, gone: [], owed };
}

/**
 * Records by which a node becomes the next home of a stream. They are written before a backend is given anything: a home
 * after this one neither gives out the same offsets, nor takes what this one may have given out for new.
 */
export function claim({ head, logs, owed }: StoredStream, own: number): StoredRecord[] {
  const { home, nodes, lives } = head;
  const heard = [...new Set([home, ...nodes])].filter((node) => node !== own);
  const from = keepersOf(head).filter((node) => node !== own);
  const claimed: StreamHead = { ...head, home: own, from, lives: lives + 1, nodes: heard, owed };
  const positions = Array.from(logs, ([partition, log]): StoredRecord => {
    const { epoch, acked, low, next, finished, missed } = log;
    const reserved = next - 1 + RESERVE;
    const position: StoredPosition = { epoch, acked, low, reserved, finished, missed };
    return [positionField(partition), writeText(position)];
  });
  const reports = owed.at(-1)?.home === home ? owed.at(-1)?.reports : undefined;
  // Nodes count their reports to this one anew.
  const before = (reports ?? []).map(([node]): StoredRecord => [reportField(node), undefined]);
  return [...before, ...positions, [HEAD, writeText(claimed)]];
}

/** Nodes that may have had the latest sessions of a stream: its home, or those before one that has merely claimed it. */
export function keepersOf({ home, from = [] }: StreamHead): readonly number[] {
  return [...from, home].slice(-MAX_OWED);
}

/** Each gateway that had a stream has generations of its own. */
export function generationsBefore(stored: StoredStream | undefined): number {
  return (stored?.head.lives ?? 0) * GENERATIONS;
}

/** Bytes that an event takes of the budget of a stream. */
export function bytesOf({ data }: PipeEvent): number {
  return EVENT_OVERHEAD_BYTES + (data?.length ?? 0);
}

/** A partition without a record may have given out offsets all the same. */
function unused({ epoch }: StreamHead): StoredPosition {
  return { epoch, acked: 0, low: 1, reserved: RESERVE, finished: [] };
}

/** Offsets that are finished, or lost. */
function doneOf({ acked, low, finished }: StoredPosition): Ranges {
  const done = new Ranges();
  const upTo = Math.max(acked, low - 1);
  if (upTo > 0) done.add(1, upTo);
  for (const { first, last } of finished) done.add(first, last);
  return done;
}

function readEntry(bytes: Uint8Array): readonly Run[] {
  const frame = new FrameDecoder(LIMITS).decode(bytes);
  return frame?.type === 'events' ? frame.runs : [];
}

function readJson(bytes: Uint8Array | undefined): unknown {
  return bytes === undefined ? undefined : parseJson(Buffer.from(bytes).toString());
}

function isHead(value: unknown): value is StreamHead {
  if (!isObject(value) || typeof value.id !== 'string' || !isNumbers(value.nodes)) return false;
  const { partitions, epoch, home, from = [], lives, owed } = value;
  const isOwed = Array.isArray(owed) && owed.every(isTakenOver);
  return isOwed && isNumbers(from) && isNumbers([partitions, epoch, home, lives]);
}

function isTakenOver(value: unknown): value is TakenOver {
  if (!isObject(value) || !isNumbers([value.home]) || !Array.isArray(value.reports)) return false;
  return value.reports.every((report) => isNumbers(report));
}

function readPosition(bytes: Uint8Array): StoredPosition {
  const value = readJson(bytes);
  if (!isObject(value)) throw new CodecError('the record is no position');
  const { epoch, acked, low, reserved, finished } = value;
  const isWhole = isNumbers([epoch, acked, low, reserved]) && Array.isArray(finished);
  if (!isWhole || !finished.every((each) => isObject(each) && isNumbers([each.first, each.last]))) {
    throw new CodecError('the record is no position');
  }
  return value as unknown as StoredPosition;
}

function isNumbers(values: unknown): boolean {
  return Array.isArray(values) && values.every((value) => Number.isSafeInteger(value));
}
