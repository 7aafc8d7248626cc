import type { ByteReader } from '../bytes/byte-reader';
import { checkFinished } from '../bytes/checks';
import type {
  Ack,
  CommandAck,
  Conflated,
  Credit,
  PartitionPosition,
  Range,
  Receipt,
  Refusal,
} from '../frames';
import { WIRE_LIMITS } from '../limits';
import { addTo, tooMany } from './read-shared';

export function readAck(from: ByteReader, end: number): Ack {
  const positions: PartitionPosition[] = [];
  let credit: Credit | undefined;
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 10) addTo(positions, readPosition(from, from.lengthEnd()));
    else if (tag === 18) credit = readCredit(from);
    else from.skip(tag);
  }
  from.expectEnd(end);
  return { positions, credit };
}

export function readCommandAck(from: ByteReader, end: number): CommandAck {
  const refused: Refusal[] = [];
  const receipts: Receipt[] = [];
  let applied = 0;
  let credit: Credit | undefined;
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) applied = from.whole();
    else if (tag === 18) addTo(refused, readRefusal(from));
    else if (tag === 26) addTo(receipts, readReceipt(from));
    else if (tag === 34) credit = readCredit(from);
    else from.skip(tag);
  }
  from.expectEnd(end);
  return { applied, refused, receipts, credit };
}

function readPosition(from: ByteReader, end: number): PartitionPosition {
  let partition = 0;
  let generation = 0;
  let epoch = 0;
  let offset = 0;
  let finished: Range[] | undefined;
  let wantsSnapshot = 0;
  let conflated: Conflated[] | undefined;
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) partition = from.varint();
    else if (tag === 16) generation = from.varint();
    else if (tag === 24) epoch = from.varint();
    else if (tag === 32) offset = from.whole();
    else if (tag === 42) addRange((finished ??= []), from);
    else if (tag === 48) wantsSnapshot = from.varint();
    else if (tag === 58) addConflated((conflated ??= []), from);
    else from.skip(tag);
  }
  from.expectEnd(end);
  checkFinished(offset, finished);
  return {
    partition,
    generation,
    epoch,
    offset,
    finished,
    wantsSnapshot: wantsSnapshot !== 0 || undefined,
    conflated,
  };
}

function addRange(finished: Range[], from: ByteReader): void {
  if (finished.length >= WIRE_LIMITS.maxRanges) throw tooMany('ranges', WIRE_LIMITS.maxRanges);
  const end = from.lengthEnd();
  const range = { first: 0, last: 0 };
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) range.first = from.whole();
    else if (tag === 16) range.last = from.whole();
    else from.skip(tag);
  }
  from.expectEnd(end);
  finished.push(range);
}

function addConflated(conflated: Conflated[], from: ByteReader): void {
  if (conflated.length >= WIRE_LIMITS.maxRanges) throw tooMany('counts', WIRE_LIMITS.maxRanges);
  const end = from.lengthEnd();
  const counted = { offset: 0, count: 0 };
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) counted.offset = from.whole();
    else if (tag === 16) counted.count = from.varint();
    else from.skip(tag);
  }
  from.expectEnd(end);
  conflated.push(counted);
}

function readRefusal(from: ByteReader): Refusal {
  const end = from.lengthEnd();
  const refusal = { seq: 0, code: 0, message: '' };
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) refusal.seq = from.whole();
    else if (tag === 16) refusal.code = from.varint();
    else if (tag === 26) refusal.message = from.text();
    else from.skip(tag);
  }
  from.expectEnd(end);
  return refusal;
}

function readReceipt(from: ByteReader): Receipt {
  const end = from.lengthEnd();
  const receipt = { seq: 0, sockets: 0 };
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) receipt.seq = from.whole();
    else if (tag === 16) receipt.sockets = from.varint();
    else from.skip(tag);
  }
  from.expectEnd(end);
  return receipt;
}

function readCredit(from: ByteReader): Credit {
  const end = from.lengthEnd();
  const credit = { messages: 0, bytes: 0 };
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) credit.messages = from.varint();
    else if (tag === 16) credit.bytes = from.varint();
    else from.skip(tag);
  }
  from.expectEnd(end);
  return credit;
}
