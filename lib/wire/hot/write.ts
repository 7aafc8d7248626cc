import type { ByteWriter } from '../bytes/byte-writer';
import { checkBatch, checkConflated, checkFinished, checkSkipped } from '../bytes/checks';
import type {
  Ack,
  Command,
  CommandAck,
  Credit,
  PipeEvent,
  Conflated,
  PartitionPosition,
  Range,
  Run,
} from '../frames';
import type { NameWriter } from '../names';
import { DELIVERED } from './read-shared';

/**
 * Writers of the hot frames; `read-shared.ts` says why they are written by hand. Each function writes the content of one
 * message of pipe.proto, fields in the order of their numbers.
 */

/** Guessed bytes of an envelope beside its texts; see `ByteWriter.open`. */
const ENVELOPE_BYTES = 20;
const RUN_BYTES = 24;
const RANGE_BYTES = 12;

/** A name and its handle, for the frame that first uses it. */
export function writeDefinition(out: ByteWriter, handle: number, name: string): void {
  const expected = ENVELOPE_BYTES + name.length;
  const start = out.open(10, expected);
  out.uint32(8, handle);
  out.item(18, name);
  out.close(start, expected);
}

/**
 * Writes a run from its event `first` on, until `room` events are written or `out` and the pending names have reached
 * `flushBytes`. Returns the place of the next event.
 */
export function writeRunPiece(
  out: ByteWriter,
  names: NameWriter,
  run: Run,
  first: number,
  room: number,
  flushBytes: number,
): number {
  checkBatch(run.firstOffset, run.events.length);
  checkSkipped(run.skipped ?? 0, run.firstOffset);
  const end = Math.min(run.events.length, first + room);
  const expected = expectedRunBytes(run, first, end);
  const start = out.open(18, expected);
  out.uint32(8, run.partition);
  out.uint32(16, run.generation);
  out.uint32(24, run.epoch);
  out.whole(32, run.firstOffset + first);
  let next = first;
  while (next < end) {
    writeEvent(out, names, run.events[next++]!);
    if (out.length + names.pendingBytes >= flushBytes) break;
  }
  if (first === 0) out.whole(48, run.skipped);
  out.close(start, expected);
  return next;
}

function writeEvent(out: ByteWriter, names: NameWriter, event: PipeEvent): void {
  const expected = expectedEventBytes(event);
  const start = out.open(42, expected);
  out.uint32(8, event.kind);
  out.text(18, event.socketId);
  if (event.channel) writeName(out, names, event.channel, 24, 34);
  if (event.event) writeName(out, names, event.event, 40, 50);
  out.text(58, event.data);
  out.time(65, event.time);
  out.text(74, event.userId);
  if (event.redelivered) out.uint32(80, 1);
  if (event.code !== undefined) out.count(96, event.code);
  out.text(106, event.reason);
  out.uint32(112, event.conflated);
  if (event.conflatable) out.uint32(120, 1);
  out.text(130, event.trace);
  out.close(start, expected);
}

export function writeCommand(out: ByteWriter, names: NameWriter, command: Command): void {
  const expected = ENVELOPE_BYTES + (command.data?.length ?? 0) + (command.socketId?.length ?? 0);
  const start = out.open(26, expected);
  out.uint32(8, command.verb);
  if (command.channel) writeName(out, names, command.channel, 16, 26);
  if (command.event) writeName(out, names, command.event, 32, 42);
  out.text(50, command.data);
  out.text(58, command.socketId);
  out.text(66, command.userId);
  if (command.exceptSockets) for (const socketId of command.exceptSockets) out.item(74, socketId);
  if (command.ifOccupied) out.uint32(80, 1);
  if (command.receipt === 'delivered') out.uint32(88, DELIVERED);
  if (command.origin) writeOrigin(out, command.origin);
  out.text(106, command.idempotencyKey);
  const inLine = command.channels?.length ? writeChannels(out, names, command.channels) : undefined;
  if (command.code !== undefined) out.count(120, command.code);
  out.text(130, command.reason);
  if (inLine) for (const name of inLine) out.item(138, name);
  out.text(146, command.trace);
  out.text(154, command.latestKey);
  if (command.volatile) out.uint32(160, 1);
  out.close(start, expected);
}

export function writeAck(out: ByteWriter, ack: Ack): void {
  for (const position of ack.positions) {
    const expected = RUN_BYTES + countsOf(position) * RANGE_BYTES;
    const start = out.open(10, expected);
    writePosition(out, position);
    out.close(start, expected);
  }
  if (ack.credit) writeCredit(out, 18, ack.credit);
}

/** Ranges and counts of a position, which take about as many bytes. */
function countsOf({ finished, conflated }: PartitionPosition): number {
  return (finished?.length ?? 0) + (conflated?.length ?? 0);
}

function writePosition(out: ByteWriter, position: PartitionPosition): void {
  checkFinished(position.offset, position.finished);
  out.uint32(8, position.partition);
  out.uint32(16, position.generation);
  out.uint32(24, position.epoch);
  out.whole(32, position.offset);
  if (position.finished) for (const range of position.finished) writeRange(out, range);
  if (position.wantsSnapshot) out.uint32(48, 1);
  checkConflated(position.conflated);
  if (position.conflated) for (const each of position.conflated) writeConflated(out, each);
}

function writeConflated(out: ByteWriter, { offset, count }: Conflated): void {
  const start = out.open(58, RANGE_BYTES);
  out.whole(8, offset);
  out.uint32(16, count);
  out.close(start, RANGE_BYTES);
}

function writeRange(out: ByteWriter, { first, last }: Range): void {
  const start = out.open(42, RANGE_BYTES);
  out.whole(8, first);
  out.whole(16, last);
  out.close(start, RANGE_BYTES);
}

export function writeCommandAck(out: ByteWriter, ack: CommandAck): void {
  out.whole(8, ack.applied);
  for (const refusal of ack.refused) {
    const expected = ENVELOPE_BYTES + refusal.message.length;
    const start = out.open(18, expected);
    out.whole(8, refusal.seq);
    out.uint32(16, refusal.code);
    out.text(26, refusal.message);
    out.close(start, expected);
  }
  for (const receipt of ack.receipts) {
    const start = out.open(26, ENVELOPE_BYTES);
    out.whole(8, receipt.seq);
    out.uint32(16, receipt.sockets);
    out.close(start, ENVELOPE_BYTES);
  }
  if (ack.credit) writeCredit(out, 34, ack.credit);
}

function expectedRunBytes(run: Run, first: number, end: number): number {
  const event = run.events[first];
  return event === undefined ? 0 : RUN_BYTES + (end - first) * expectedEventBytes(event);
}

function expectedEventBytes(event: PipeEvent): number {
  return ENVELOPE_BYTES + event.socketId.length + (event.data?.length ?? 0);
}

function writeName(
  out: ByteWriter,
  names: NameWriter,
  name: string,
  handleTag: number,
  nameTag: number,
): void {
  const handle = names.handle(name);
  if (handle === 0) out.item(nameTag, name);
  else out.uint32(handleTag, handle);
}

/** Writes the packed handles; returns the names that have none, for the field that carries them in line. */
function writeChannels(out: ByteWriter, names: NameWriter, channels: string[]): string[] {
  const inLine: string[] = [];
  const start = out.open(114, channels.length);
  for (const channel of channels) {
    const handle = names.handle(channel);
    if (handle === 0) inLine.push(channel);
    out.varint(handle);
  }
  out.close(start, channels.length);
  return inLine;
}

function writeOrigin(out: ByteWriter, origin: NonNullable<Command['origin']>): void {
  const start = out.open(98, RUN_BYTES);
  out.uint32(8, origin.partition);
  out.uint32(16, origin.generation);
  out.whole(24, origin.offset);
  out.uint32(32, origin.index);
  out.close(start, RUN_BYTES);
}

function writeCredit(out: ByteWriter, tag: number, credit: Credit): void {
  const start = out.open(tag, RUN_BYTES);
  out.uint32(8, credit.messages);
  out.uint32(16, credit.bytes);
  out.close(start, RUN_BYTES);
}
