import { ByteReader } from './bytes/byte-reader';
import { ByteWriter } from './bytes/byte-writer';
import { CodecError } from './codec-error';

/** An item of a channel's topic, as a node sends it (proto/cluster.proto). */
export type SentItem =
  | {
      kind: 'event';
      text: string;
      except: readonly string[] | undefined;
      cacheMs: number | undefined;
      /** Node that asks for receipts, and the number under which it asks; 0 for none. */
      from: number;
      receipt: number;
      /** Key of a latest event. */
      latest: string | undefined;
      volatile: boolean | undefined;
    }
  | { kind: 'member'; userId: string; userInfo: string | undefined; added: boolean };

/** An item as it is heard, numbered by the engine. */
export type Item = { seq: number } & (SentItem | { kind: 'count'; total: number });

/** A message from node to node. */
export type NodeMessage =
  /** Letters of a pair are numbered from 1; `first` is the lowest number that has no answer yet. */
  | { kind: 'letter'; from: number; number: number; first: number; app: string; text: string }
  /** The node knows nothing of the app when `text` is undefined. */
  | { kind: 'reply'; from: number; number: number; text: string | undefined }
  | { kind: 'receipt'; receipt: number; sockets: number }
  /** A node has taken a lease or given it back. */
  | { kind: 'leasesChanged' };

/** Messages above this size are not read. */
export const MAX_NODE_MESSAGE_BYTES = 4 * 1024 * 1024;

const writer = new ByteWriter(4096);

/** A batch as far as a node writes it: the engine appends the number of its first item. */
export function writeBatch(items: readonly SentItem[]): Buffer {
  writer.reset();
  for (const item of items) {
    const guess = item.kind === 'event' ? item.text.length + 16 : 64;
    const start = writer.open(0x0a, guess);
    if (item.kind === 'event') writeEvent(item);
    else writeMember(item);
    writer.close(start, guess);
  }
  return writer.taken();
}

function writeEvent(item: Extract<SentItem, { kind: 'event' }>): void {
  writer.text(0x0a, item.text);
  for (const id of item.except ?? []) writer.item(0x12, id);
  if (item.cacheMs !== undefined) writer.count(0x18, item.cacheMs);
  writer.uint32(0x20, item.from);
  writer.uint32(0x28, item.receipt);
  writer.text(0x3a, item.latest);
  if (item.volatile === true) writer.uint32(0x40, 1);
}

function writeMember({ userId, userInfo, added }: Extract<SentItem, { kind: 'member' }>): void {
  const start = writer.open(0x32, userId.length);
  writer.text(0x0a, userId);
  if (userInfo !== undefined) writer.item(0x12, userInfo);
  writer.uint32(0x18, added ? 1 : 0);
  writer.close(start, userId.length);
}

/** Items of a batch with their numbers. Throws a CodecError on bytes that are no batch. */
export function readBatch(bytes: Uint8Array): Item[] {
  return reading(bytes, (reader) => {
    const items: Item[] = [];
    let first = 0;
    let total: number | undefined;
    while (reader.position < reader.length) {
      const tag = reader.varint();
      if (tag === 0x0a) items.push(readItem(reader));
      else if (tag === 0x10) first = reader.whole();
      else if (tag === 0x18) total = reader.varint();
      else reader.skip(tag);
    }
    reader.expectEnd(reader.length);
    if (total !== undefined) return [{ kind: 'count', total, seq: first }];
    for (let i = 0; i < items.length; i++) items[i]!.seq = first + i;
    return items;
  });
}

/** An item whose number is not known yet. */
function readItem(reader: ByteReader): Item {
  const end = reader.lengthEnd();
  // Fields one by one: spread objects cost more than all else that is read.
  const event: Extract<Item, { kind: 'event' }> = {
    kind: 'event',
    seq: 0,
    text: '',
    except: undefined,
    cacheMs: undefined,
    from: 0,
    receipt: 0,
    latest: undefined,
    volatile: undefined,
  };
  let member: Item | undefined;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 0x0a) event.text = reader.text();
    else if (tag === 0x12) event.except = [...(event.except ?? []), reader.text()];
    else if (tag === 0x18) event.cacheMs = reader.varint();
    else if (tag === 0x20) event.from = reader.varint();
    else if (tag === 0x28) event.receipt = reader.varint();
    else if (tag === 0x32) member = readMember(reader);
    else if (tag === 0x3a) event.latest = reader.text();
    else if (tag === 0x40) event.volatile = reader.varint() !== 0;
    else reader.skip(tag);
  }
  reader.expectEnd(end);
  return member ?? event;
}

function readMember(reader: ByteReader): Item {
  const end = reader.lengthEnd();
  let userId = '';
  let userInfo: string | undefined;
  let added = false;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 0x0a) userId = reader.text();
    else if (tag === 0x12) userInfo = reader.text();
    else if (tag === 0x18) added = reader.varint() !== 0;
    else reader.skip(tag);
  }
  reader.expectEnd(end);
  return { kind: 'member', seq: 0, userId, userInfo, added };
}

/** A user who came online or went offline, as the engine writes it. */
export function readUserChange(bytes: Uint8Array): { online: boolean; seq: number } {
  return reading(bytes, (reader) => {
    const change = { online: false, seq: 0 };
    while (reader.position < reader.length) {
      const tag = reader.varint();
      if (tag === 0x08) change.online = reader.varint() !== 0;
      else if (tag === 0x10) change.seq = reader.whole();
      else reader.skip(tag);
    }
    reader.expectEnd(reader.length);
    return change;
  });
}

/** The number up to which nodes have been told of events, as the engine writes it. */
export function readHeardUpTo(bytes: Uint8Array): number {
  return reading(bytes, (reader) => {
    let seq = 0;
    while (reader.position < reader.length) {
      const tag = reader.varint();
      if (tag === 0x10) seq = reader.whole();
      else reader.skip(tag);
    }
    return seq;
  });
}

const NODE_TAGS = { letter: 0x0a, reply: 0x12, receipt: 0x1a, leasesChanged: 0x22 } as const;

/** Messages to one node, in their order. */
export function writeNodeMessages(messages: readonly NodeMessage[]): Buffer {
  writer.reset();
  for (const message of messages) writeNodeMessage(message);
  return writer.taken();
}

function writeNodeMessage(message: NodeMessage): void {
  const guess = 'text' in message ? (message.text?.length ?? 0) + 16 : 8;
  const start = writer.open(NODE_TAGS[message.kind], guess);
  switch (message.kind) {
    case 'letter':
      writer.uint32(0x08, message.from);
      writer.uint32(0x10, message.number);
      writer.uint32(0x18, message.first);
      writer.text(0x22, message.app);
      writer.text(0x2a, message.text);
      break;
    case 'reply':
      writer.uint32(0x08, message.from);
      writer.uint32(0x10, message.number);
      if (message.text !== undefined) writer.item(0x1a, message.text);
      break;
    case 'receipt':
      writer.uint32(0x08, message.receipt);
      writer.uint32(0x10, message.sockets);
      break;
    case 'leasesChanged':
      break;
  }
  writer.close(start, guess);
}

/** Throws a CodecError on bytes that are no messages, or all of kinds that this version does not know. */
export function readNodeMessages(bytes: Uint8Array): NodeMessage[] {
  return reading(bytes, (reader) => {
    const messages: NodeMessage[] = [];
    while (reader.position < reader.length) {
      const tag = reader.varint();
      if (tag === NODE_TAGS.letter) messages.push(readLetter(reader));
      else if (tag === NODE_TAGS.reply) messages.push(readReply(reader));
      else if (tag === NODE_TAGS.receipt) messages.push(readReceipt(reader));
      else if (tag === NODE_TAGS.leasesChanged) {
        reader.position = reader.lengthEnd();
        messages.push({ kind: 'leasesChanged' });
      } else reader.skip(tag);
    }
    reader.expectEnd(reader.length);
    if (messages.length === 0) throw new CodecError('a message of an unknown kind');
    return messages;
  });
}

function readLetter(reader: ByteReader): NodeMessage {
  const end = reader.lengthEnd();
  const letter = { kind: 'letter' as const, from: 0, number: 0, first: 0, app: '', text: '' };
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 0x08) letter.from = reader.varint();
    else if (tag === 0x10) letter.number = reader.varint();
    else if (tag === 0x18) letter.first = reader.varint();
    else if (tag === 0x22) letter.app = reader.text();
    else if (tag === 0x2a) letter.text = reader.text();
    else reader.skip(tag);
  }
  reader.expectEnd(end);
  return letter;
}

function readReply(reader: ByteReader): NodeMessage {
  const end = reader.lengthEnd();
  let from = 0;
  let number = 0;
  let text: string | undefined;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 0x08) from = reader.varint();
    else if (tag === 0x10) number = reader.varint();
    else if (tag === 0x1a) text = reader.text();
    else reader.skip(tag);
  }
  reader.expectEnd(end);
  return { kind: 'reply', from, number, text };
}

function readReceipt(reader: ByteReader): NodeMessage {
  const end = reader.lengthEnd();
  let receipt = 0;
  let sockets = 0;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 0x08) receipt = reader.varint();
    else if (tag === 0x10) sockets = reader.varint();
    else reader.skip(tag);
  }
  reader.expectEnd(end);
  return { kind: 'receipt', receipt, sockets };
}

/** Reads one message; any bytes that are none end in a CodecError. */
function reading<T>(bytes: Uint8Array, read: (reader: ByteReader) => T): T {
  if (bytes.length > MAX_NODE_MESSAGE_BYTES) {
    throw new CodecError(
      `a message of ${bytes.length} bytes; at most ${MAX_NODE_MESSAGE_BYTES} are read`,
    );
  }
  try {
    return read(new ByteReader(bytes));
  } catch (error) {
    if (error instanceof CodecError) throw error;
    throw new CodecError('a message ends too early', { cause: error });
  }
}
