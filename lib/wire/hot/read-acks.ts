import type { ByteReader } from '../bytes/byte-reader';
import type { Ack, CommandAck, Credit, PositionAck, Receipt, Refusal } from '../frames';
import { addTo } from './read-shared';

export function readAck(from: ByteReader, end: number): Ack {
  const positions: PositionAck[] = [];
  let credit: Credit | undefined;
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 10) addTo(positions, readPositionAck(from));
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
    if (tag === 9) applied = from.whole();
    else if (tag === 18) addTo(refused, readRefusal(from));
    else if (tag === 26) addTo(receipts, readReceipt(from));
    else if (tag === 34) credit = readCredit(from);
    else from.skip(tag);
  }
  from.expectEnd(end);
  return { applied, refused, receipts, credit };
}

function readPositionAck(from: ByteReader): PositionAck {
  const end = from.lengthEnd();
  const position = { partition: 0, generation: 0, epoch: 0, offset: 0 };
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 8) position.partition = from.varint();
    else if (tag === 16) position.generation = from.varint();
    else if (tag === 24) position.epoch = from.varint();
    else if (tag === 33) position.offset = from.whole();
    else from.skip(tag);
  }
  from.expectEnd(end);
  return position;
}

function readRefusal(from: ByteReader): Refusal {
  const end = from.lengthEnd();
  const refusal = { seq: 0, code: 0, message: '' };
  while (from.position < end) {
    const tag = from.varint();
    if (tag === 9) refusal.seq = from.whole();
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
    if (tag === 9) receipt.seq = from.whole();
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
