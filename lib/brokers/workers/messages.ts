import { deserialize, serialize } from 'node:v8';
import { ByteReader } from '../../wire/bytes/byte-reader';
import { ByteWriter } from '../../wire/bytes/byte-writer';
import type { Item } from '../../wire/cluster';
import type { PublishOptions } from '../broker';
import type { LinkListener } from '../joined/engine-link';
import type { Operation, TurnReply } from '../operation';
import type { Channel } from './channel';

/**
 * Messages between a worker and its host: processes of one package, so that nothing but this file knows their bytes. Turns,
 * the events of topics and messages to nodes are written as fields of protobuf, since there are many of them; all others are
 * structured clones.
 */
export type FromWorker =
  /** A method of the engine that a worker calls, with a number for its answer. */
  | { kind: 'call'; call: number; method: string; args: readonly unknown[] }
  | ({ kind: 'turn'; call: number } & Turn)
  /** Messages of nodes, as `wire/cluster` writes them. */
  | { kind: 'post'; node: number; messages: Buffer };

export interface Turn {
  app: string;
  node: number;
  turn: number;
  operations: readonly Operation[];
}

export type FromHost =
  | { kind: 'answer'; call: number; value: unknown }
  | { kind: 'turned'; call: number; reply: TurnReply }
  /** The reason why a call has no answer. */
  | { kind: 'failed'; call: number; message: string }
  /** A turn was applied, and nothing in it has a result. */
  | { kind: 'applied'; call: number }
  | { kind: 'event'; app: string; channel: string; event: EventItem }
  | { kind: 'posted'; messages: Buffer }
  | { [K in Told]: { kind: K; args: Parameters<LinkListener[K]> } }[Told];

type Cloned = Extract<
  FromWorker | FromHost,
  { kind: 'call' | 'answer' | 'turned' | 'failed' | 'heard' | 'heardUser' }
>;
export type EventItem = Extract<Item, { kind: 'event' }>;
type Publication = Extract<Operation, { kind: 'publish' }>;
type Told = 'heard' | 'heardUser';

/** Bytes after which what was gathered leaves before the turn is over. */
const PACKET_BYTES = 64 * 1024;
/** Longer texts are sent as clones, and longer clones as packets of their own: the memory of a writer is bounded. */
const MAX_LENGTH = 256 * 1024;
const MAX_NAME_LENGTH = 1024;
const NODE_BYTES = 2;
/** Operations with bytes, or with a number that may be infinite: JSON has neither. */
const CLONED: ReadonlySet<Operation['kind']> = new Set(['write', 'member', 'void'] as const);

const TAGS = {
  ...{ clone: 0x0a, turn: 0x12, applied: 0x18, post: 0x22, posted: 0x2a, event: 0x32 },
  ...{ json: 0x3a, done: 0x40 },
} as const;

/** Gathers what is said within a turn, and sends it together: most of what a packet costs does not depend on its size. */
export class Outbox {
  readonly #channel: Channel;
  readonly #endOfTurn: (run: () => void) => void;
  readonly #writer = new ByteWriter(4096);
  #isDue = false;

  constructor(channel: Channel, endOfTurn: (run: () => void) => void) {
    this.#channel = channel;
    this.#endOfTurn = endOfTurn;
  }

  /** A message that is sent as a clone, or as JSON where that says the same: a clone costs several times as much. */
  clone(message: Cloned): void {
    if (!isJson(message)) return this.#bytes(TAGS.clone, serialize(message));
    const text = JSON.stringify(message);
    if (text.length > MAX_LENGTH) return this.#bytes(TAGS.json, Buffer.from(text));
    this.#writer.item(TAGS.json, text);
    this.#written();
  }

  turn(call: number, turn: Turn): void {
    const { app, node, operations } = turn;
    const length = lengthOf(operations);
    if (length > 2 * MAX_LENGTH) {
      const args = [app, node, turn.turn, operations];
      return this.clone({ kind: 'call', call, method: 'turn', args });
    }
    const writer = this.#writer;
    const start = writer.open(TAGS.turn, length);
    writer.uint32(0x08, call);
    writer.text(0x12, app);
    writer.uint32(0x18, node);
    writer.whole(0x20, turn.turn);
    for (const operation of operations) {
      if (operation.kind === 'publish') writePublication(writer, operation);
      else if (CLONED.has(operation.kind)) writer.bytes(0x32, serialize(operation));
      else writer.item(0x3a, JSON.stringify(operation));
    }
    writer.close(start, length);
    this.#written();
  }

  applied(call: number): void {
    this.#writer.uint32(TAGS.applied, call);
    this.#written();
  }

  /** The answer to a call, when it has no value. */
  done(call: number): void {
    this.#writer.uint32(TAGS.done, call);
    this.#written();
  }

  post(node: number, messages: Buffer): void {
    const to = Buffer.allocUnsafe(NODE_BYTES);
    to.writeUInt16LE(node);
    this.#bytes(TAGS.post, Buffer.concat([to, messages]));
  }

  posted(messages: Buffer): void {
    this.#bytes(TAGS.posted, messages);
  }

  /** An event as `encodeEvent` has written it. */
  event(bytes: ByteWriter): void {
    this.#writer.copy(TAGS.event, bytes);
    this.#written();
  }

  #bytes(tag: number, bytes: Buffer): void {
    if (bytes.length <= MAX_LENGTH) {
      this.#writer.bytes(tag, bytes);
      this.#written();
      return;
    }
    this.#flush();
    const head = new ByteWriter(16);
    head.varint(tag);
    head.varint(bytes.length);
    this.#channel.send([head.taken(), bytes]);
  }

  #written(): void {
    if (this.#writer.length >= PACKET_BYTES) this.#flush();
    if (this.#isDue) return;
    this.#isDue = true;
    this.#endOfTurn(() => {
      this.#isDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#writer.length === 0) return;
    const bytes = this.#writer.taken();
    this.#writer.reset();
    this.#channel.send([bytes]);
  }
}

/** True when JSON says all of it, and has room in the memory of a writer. */
function isJson(message: Cloned): boolean {
  if (message.kind === 'call') return message.args.every(isName);
  return message.kind === 'turned' && message.reply.kind !== 'repeated';
}

/** Names and finite numbers are few and short. */
function isName(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= MAX_NAME_LENGTH : Number.isFinite(value);
}

/** Characters of operations, about. Operations without texts of the program are short. */
function lengthOf(operations: readonly Operation[]): number {
  const OVERHEAD = 32;
  let length = 0;
  for (const operation of operations) {
    length += OVERHEAD;
    if (operation.kind === 'publish') length += operation.text.length;
    else if (operation.kind === 'write') length += operation.bytes;
    else if (operation.kind === 'answer') length += operation.answer.length;
    else if (operation.kind === 'member') length += operation.who.userInfo?.length ?? 0;
  }
  return length;
}

function writePublication(writer: ByteWriter, operation: Publication): void {
  const { channel, text, options, receipt } = operation;
  const guess = channel.length + text.length + 16;
  const start = writer.open(0x2a, guess);
  writer.text(0x0a, channel);
  writer.text(0x12, text);
  writer.uint32(0x18, receipt);
  if (options !== undefined) writeOptions(writer, options);
  writer.close(start, guess);
}

function writeOptions(
  writer: ByteWriter,
  { except, cacheMs, latest, volatile }: Omit<PublishOptions, 'receipt'>,
): void {
  for (const id of except ?? []) writer.item(0x22, id);
  if (cacheMs !== undefined) writer.count(0x28, cacheMs);
  if (latest !== undefined) writer.item(0x32, latest);
  if (volatile === true) writer.uint32(0x38, 1);
}

const single = new ByteWriter(4096);

/**
 * An event of a topic, for the outboxes of all who hear it, in memory that the next event uses again. Undefined when it is too
 * long for them.
 */
export function encodeEvent(
  app: string,
  channel: string,
  event: EventItem,
): ByteWriter | undefined {
  const { text, from, receipt, seq } = event;
  if (text.length > MAX_LENGTH) return undefined;
  single.reset();
  single.text(0x0a, channel);
  single.text(0x12, text);
  single.uint32(0x18, receipt);
  writeOptions(single, event);
  single.uint32(0x40, from);
  single.whole(0x48, seq);
  single.text(0x52, app);
  return single;
}

/** Calls back with the messages of a packet, in their order. */
export function readPacket(packet: Buffer, heard: (message: FromWorker | FromHost) => void): void {
  const reader = new ByteReader(packet);
  while (reader.position < reader.length) {
    const tag = reader.varint();
    if (tag === TAGS.applied) heard({ kind: 'applied', call: reader.varint() });
    else if (tag === TAGS.done) heard({ kind: 'answer', call: reader.varint(), value: undefined });
    else if (tag === TAGS.json) heard(fromJson(reader.text()));
    else if (tag === TAGS.clone) heard(deserialize(reader.view()) as Cloned);
    else if (tag === TAGS.turn) heard(readTurn(reader));
    else if (tag === TAGS.event) heard(readEvent(reader));
    else if (tag === TAGS.posted) heard({ kind: 'posted', messages: reader.view() });
    else if (tag === TAGS.post) {
      const bytes = reader.view();
      const messages = bytes.subarray(NODE_BYTES);
      heard({ kind: 'post', node: bytes.readUInt16LE(0), messages });
    } else reader.skip(tag);
  }
}

function fromJson(text: string): Cloned {
  const message = JSON.parse(text) as Cloned;
  if (message.kind !== 'turned' || message.reply.kind !== 'applied') return message;
  // Operations without a result: an array of JSON has no undefined.
  const results = message.reply.results.map((result) => result ?? undefined);
  return { ...message, reply: { kind: 'applied', results } };
}

function readTurn(reader: ByteReader): FromWorker {
  const end = reader.lengthEnd();
  const operations: Operation[] = [];
  const turn = { kind: 'turn' as const, call: 0, app: '', node: 0, turn: 0, operations };
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 0x2a) operations.push(readPublication(reader));
    else if (tag === 0x32) operations.push(deserialize(reader.view()) as Operation);
    else if (tag === 0x3a) operations.push(JSON.parse(reader.text()) as Operation);
    else if (tag === 0x08) turn.call = reader.varint();
    else if (tag === 0x12) turn.app = reader.text();
    else if (tag === 0x18) turn.node = reader.varint();
    else if (tag === 0x20) turn.turn = reader.whole();
    else reader.skip(tag);
  }
  return turn;
}

function readPublication(reader: ByteReader): Publication {
  const { channel, event } = readEvent(reader);
  const { text, except, cacheMs, latest, volatile, receipt } = event;
  const isPlain =
    except === undefined && cacheMs === undefined && latest === undefined && volatile !== true;
  const options = isPlain ? undefined : { except, cacheMs, latest, volatile };
  return { kind: 'publish', channel, text, options, receipt };
}

function readEvent(reader: ByteReader): Extract<FromHost, { kind: 'event' }> {
  const end = reader.lengthEnd();
  let app = '';
  let channel = '';
  let text = '';
  let receipt = 0;
  let from = 0;
  let seq = 0;
  let except: string[] | undefined;
  let cacheMs: number | undefined;
  let latest: string | undefined;
  let volatile: boolean | undefined;
  while (reader.position < end) {
    const tag = reader.varint();
    if (tag === 0x0a) channel = reader.text();
    else if (tag === 0x12) text = reader.text();
    else if (tag === 0x18) receipt = reader.varint();
    else if (tag === 0x22) (except ??= []).push(reader.text());
    else if (tag === 0x28) cacheMs = reader.varint();
    else if (tag === 0x32) latest = reader.text();
    else if (tag === 0x38) volatile = reader.varint() === 1;
    else if (tag === 0x40) from = reader.varint();
    else if (tag === 0x48) seq = reader.whole();
    else if (tag === 0x52) app = reader.text();
    else reader.skip(tag);
  }
  const kind = 'event';
  const event: EventItem = {
    kind,
    text,
    except,
    cacheMs,
    from,
    receipt,
    latest,
    volatile,
    seq,
  };
  return { kind, app, channel, event };
}
