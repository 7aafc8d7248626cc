import { ByteReader } from './bytes/byte-reader';
import { ByteWriter } from './bytes/byte-writer';
import { checkBatch } from './bytes/checks';
import { CodecError, frameTooLarge } from './codec-error';
import type { CommandAck, CommandsFrame, EventsFrame, Frame, Run } from './frames';
import { WIRE_LIMITS } from './limits';
import { NameReader, NameWriter } from './names';
import { readAck, readCommandAck } from './hot/read-acks';
import { readCommands } from './hot/read-commands';
import { readEvents } from './hot/read-events';
import { readRareFrame } from './rare/read';
import {
  writeAck,
  writeCommand,
  writeCommandAck,
  writeDefinition,
  writeRunPiece,
} from './hot/write';
import { writeRareFrame } from './rare/write';

export { CodecError } from './codec-error';

/** Limits of frames, as WELCOME tells them; the defaults are the protocol's. */
export interface CodecLimits {
  /** Longest frame, in bytes; 1 MiB. */
  maxFrameBytes?: number | undefined;
  /** Most events or commands of a frame; 1 024. */
  maxBatch?: number | undefined;
}

/** Numbers of the fields of Frame that are read by hand, and of HELLO, which has a limit of its own. */
const HELLO = 1;
const EVENTS = 3;
const ACK = 4;
const COMMANDS = 5;
const COMMAND_ACK = 6;

// Encoding never waits, so all encoders share the memory in which a frame grows before it is copied out.
const content = new ByteWriter(WIRE_LIMITS.flushBytes);
const definitions = new ByteWriter(1024);
const head = new ByteWriter(16);

/**
 * Turns frames into bytes; one encoder for each connection, since it holds the dictionary of what this side sends. The
 * bytes handed out are never written to again. A frame that cannot be sent (a number out of range, more bytes or
 * entries than the limits allow) throws a CodecError and leaves the dictionary as it was.
 */
export class FrameEncoder {
  readonly #names: NameWriter;
  readonly #maxFrameBytes: number;
  readonly #maxBatch: number;
  readonly #flushBytes: number;

  constructor(limits: CodecLimits = {}, names: NameWriter = new NameWriter()) {
    this.#names = names;
    this.#maxFrameBytes = limits.maxFrameBytes ?? WIRE_LIMITS.maxFrameBytes;
    // Every frame takes at least one entry, whatever the other side says: a batch of 0 would never end.
    this.#maxBatch = Math.max(1, limits.maxBatch ?? WIRE_LIMITS.maxBatch);
    this.#flushBytes = Math.min(WIRE_LIMITS.flushBytes, this.#maxFrameBytes / 2);
  }

  /** Encodes a frame as one message. Runs that may be long go through `encodeEvents`. */
  encode(frame: Frame): Uint8Array {
    return this.#atomic(() => this.#one(frame));
  }

  /**
   * Runs in as few frames as the limits allow. A frame ends when it holds 1 024 events or has reached 64 KiB, also in
   * the middle of a run. The ack rides on the first one.
   */
  encodeEvents(runs: readonly Run[], commandAck?: CommandAck): Uint8Array[] {
    return this.#atomic(() => this.#events(runs, commandAck, this.#flushBytes));
  }

  #atomic<T>(encode: () => T): T {
    const known = this.#names.size;
    try {
      content.reset();
      return encode();
    } catch (error) {
      this.#names.restore(known);
      throw error;
    }
  }

  #one(frame: Frame): Uint8Array {
    switch (frame.type) {
      case 'events':
        return this.#wholeEvents(frame);
      case 'commands':
        return this.#commands(frame);
      case 'ack':
        writeAck(content, frame);
        return this.#finish(ACK);
      case 'commandAck':
        writeCommandAck(content, frame);
        return this.#finish(COMMAND_ACK);
      default: {
        // Rare frames.
        const bytes = writeRareFrame(frame);
        this.#checkSize(bytes.length);
        return bytes;
      }
    }
  }

  #events(runs: readonly Run[], ack: CommandAck | undefined, flushBytes: number): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let run = 0;
    let event = 0;
    do {
      let pieces = 0;
      let room = this.#maxBatch;
      while (run < runs.length && pieces < this.#maxBatch && room > 0 && this.#size < flushBytes) {
        const whole = runs[run]!;
        const end = writeRunPiece(content, this.#names, whole, event, room, flushBytes);
        pieces++;
        room -= end - event;
        event = end;
        if (event < whole.events.length) continue;
        run++;
        event = 0;
      }
      if (ack && frames.length === 0) {
        const start = content.open(26, 0);
        writeCommandAck(content, ack);
        content.close(start, 0);
      }
      frames.push(this.#finish(EVENTS));
    } while (run < runs.length);
    return frames;
  }

  #wholeEvents({ runs, commandAck }: EventsFrame): Uint8Array {
    const [frame, ...more] = this.#events(runs, commandAck, Infinity);
    if (more.length > 0) throw this.#tooMany();
    return frame!;
  }

  #commands({ firstSeq, commands, ack }: CommandsFrame): Uint8Array {
    checkBatch(firstSeq, commands.length);
    if (commands.length > this.#maxBatch) throw this.#tooMany();
    content.whole(16, firstSeq);
    for (const command of commands) writeCommand(content, this.#names, command);
    if (ack) {
      const start = content.open(34, 0);
      writeAck(content, ack);
      content.close(start, 0);
    }
    return this.#finish(COMMANDS);
  }

  /** Bytes of the frame so far; a definition takes a few more. */
  get #size(): number {
    return content.length + this.#names.pendingBytes;
  }

  /** Joins the pending definitions and the content to a frame in memory of its own. */
  #finish(field: number): Uint8Array {
    const { pending } = this.#names;
    definitions.reset();
    let handle = this.#names.size - pending.length;
    for (const name of pending) writeDefinition(definitions, ++handle, name);
    this.#names.settle();

    head.reset();
    head.varint((field << 3) | 2);
    head.varint(definitions.length + content.length);

    const bytes = head.length + definitions.length + content.length;
    this.#checkSize(bytes);
    const frame = Buffer.allocUnsafe(bytes);
    content.copyTo(frame, definitions.copyTo(frame, head.copyTo(frame, 0)));
    content.reset();
    return frame;
  }

  #tooMany(): CodecError {
    return new CodecError(`a frame holds at most ${this.#maxBatch} entries`);
  }

  #checkSize(bytes: number): void {
    if (bytes > this.#maxFrameBytes) throw frameTooLarge(bytes, this.#maxFrameBytes);
  }
}

/**
 * Turns bytes into frames; one decoder for each connection, since it holds the dictionary of what the other side sends.
 * A CodecError is all that `decode` throws, whatever the bytes. A frame that is refused leaves the dictionary as it was,
 * but the connection is to be closed with the error's `closeCode` all the same.
 */
export class FrameDecoder {
  readonly #names: NameReader;
  readonly #maxFrameBytes: number;
  readonly #maxBatch: number;

  constructor(limits: CodecLimits = {}, names: NameReader = new NameReader()) {
    this.#names = names;
    this.#maxFrameBytes = limits.maxFrameBytes ?? WIRE_LIMITS.maxFrameBytes;
    this.#maxBatch = limits.maxBatch ?? WIRE_LIMITS.maxBatch;
  }

  /** The frame of one message; undefined for a frame of a later version, which its receiver leaves alone. */
  decode(bytes: Uint8Array): Frame | undefined {
    if (bytes.length > this.#maxFrameBytes) throw frameTooLarge(bytes.length, this.#maxFrameBytes);
    const known = this.#names.size;
    try {
      return this.#read(new ByteReader(bytes));
    } catch (error) {
      this.#names.restore(known);
      if (error instanceof CodecError) throw error;
      throw new CodecError('the bytes are no frame', { cause: error });
    }
  }

  #read(from: ByteReader): Frame | undefined {
    if (from.length === 0) throw new CodecError('the frame is empty');
    let frame: Frame | undefined;
    while (from.position < from.length) {
      const tag = from.varint();
      if ((tag & 7) !== 2 || tag < 8) {
        from.skip(tag);
        continue;
      }
      const body = this.#body(tag >>> 3, from);
      if (body === undefined) continue;
      if (frame !== undefined) throw new CodecError('the frame has two bodies');
      frame = body;
    }
    from.expectEnd(from.length);
    return frame;
  }

  #body(field: number, from: ByteReader): Frame | undefined {
    switch (field) {
      case EVENTS:
        return readEvents(from, from.lengthEnd(), this.#names, this.#maxBatch);
      case ACK:
        return { type: 'ack', ...readAck(from, from.lengthEnd()) };
      case COMMANDS:
        return readCommands(from, from.lengthEnd(), this.#names, this.#maxBatch);
      case COMMAND_ACK:
        return { type: 'commandAck', ...readCommandAck(from, from.lengthEnd()) };
      default:
        // Rare frames, and frames of a later version.
        if (field === HELLO && from.length > WIRE_LIMITS.maxHelloBytes) {
          throw frameTooLarge(from.length, WIRE_LIMITS.maxHelloBytes);
        }
        return readRareFrame(field, from.view());
    }
  }
}
