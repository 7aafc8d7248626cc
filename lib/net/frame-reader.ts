import { isUtf8 } from 'node:buffer';
import { isAscii, mask } from './mask';

/** First bytes of frames that are a message of their own: final, without an extension (RFC 6455 §5.2). */
const TEXT = 0x81;
const BINARY = 0x82;
const PING = 0x89;
const PONG = 0x8a;
const MASKED = 0x80;
const KEY_BYTES = 4;
const MAX_CONTROL_BYTES = 125;
/** A frame that comes in more pieces is left to `ws`, which limits them. */
const MAX_PIECES = 64;

/** Receives the messages of a peer, text as a string. */
export interface FrameHandler {
  message(data: string | Buffer): void;
  pinged(payload: Buffer): void;
  ponged(payload: Buffer): void;
}

/** Reads whatever a peer sends. */
export interface FrameParser {
  parse(bytes: Buffer): void;
}

/**
 * Reads what ordinary clients send: unfragmented messages, pings and pongs. From the first other frame on (a fragment, a
 * close, a fault, a message that is too long), all bytes go to `ws` as they came: limits, errors and the closing
 * handshake are its own, and so are the calls of the handler from then on. spec/net/frame-reader.spec.ts holds that
 * `ws` alone would do the same at the same byte.
 */
export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #maxPayloadBytes: number;
  readonly #rest: FrameParser;
  #state: 'idle' | 'reading' | 'left to ws' = 'idle';
  /** Pieces of a frame that is not complete; looked at again when `#missing` more bytes have come. */
  #pieces: Buffer[] | undefined;
  #missing = 0;
  /** Bytes that came while the handler was called. */
  #behind: Buffer[] | undefined;

  /** @param rest takes bytes that are left to `ws` */
  constructor(handler: FrameHandler, rest: FrameParser, maxPayloadBytes: number) {
    this.#handler = handler;
    this.#rest = rest;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Takes bytes, and unmasks them in place. */
  read(bytes: Buffer): void {
    if (this.#state === 'reading') return void (this.#behind ??= []).push(bytes);
    this.#take(bytes);
    while (this.#behind !== undefined) {
      const behind = this.#behind;
      this.#behind = undefined;
      for (const each of behind) this.#take(each);
    }
  }

  #take(bytes: Buffer): void {
    if (this.#state === 'left to ws') return this.#rest.parse(bytes);
    const pieces = this.#pieces;
    if (pieces === undefined) return this.#messages(bytes);
    pieces.push(bytes);
    this.#missing -= bytes.length;
    if (this.#missing > 0 && pieces.length <= MAX_PIECES) return;
    this.#pieces = undefined;
    if (this.#missing <= 0) return this.#messages(Buffer.concat(pieces));
    for (const piece of pieces) this.#leave(piece);
  }

  #leave(bytes: Buffer): void {
    this.#state = 'left to ws';
    this.#rest.parse(bytes);
  }

  #messages(bytes: Buffer): void {
    this.#state = 'reading';
    let start = 0;
    while (start < bytes.length) {
      const end = this.#message(bytes, start);
      if (end === undefined) return this.#leave(start === 0 ? bytes : bytes.subarray(start));
      if (end > bytes.length) {
        this.#pieces = [start === 0 ? bytes : bytes.subarray(start)];
        this.#missing = end - bytes.length;
        break;
      }
      start = end;
    }
    this.#state = 'idle';
  }

  /** The end of a frame, or of its header while that has yet to come; undefined when it is left to `ws`. */
  #message(bytes: Buffer, start: number): number | undefined {
    const kind = bytes[start] as number;
    if (kind !== TEXT && kind !== BINARY && kind !== PING && kind !== PONG) return undefined;
    if (start + 2 > bytes.length) return start + 2;
    let length = (bytes[start + 1] as number) - MASKED;
    if (length < 0) return undefined;
    let at = start + 2;
    if (length > MAX_CONTROL_BYTES) {
      if (kind >= PING) return undefined;
      at += length === 126 ? 2 : 8;
      if (at > bytes.length) return at;
      if (length === 127 && bytes.readUInt32BE(at - 8) !== 0) return undefined;
      length = length === 126 ? bytes.readUInt16BE(at - 2) : bytes.readUInt32BE(at - 4);
    }
    if (kind < PING && length > this.#maxPayloadBytes) return undefined;
    at += KEY_BYTES;
    const end = at + length;
    if (end > bytes.length) return end;
    const key = bytes.readInt32LE(at - KEY_BYTES);
    const seen = key === 0 ? -1 : mask(bytes, at, end, key);
    if (kind === TEXT) {
      if (isAscii(seen)) this.#handler.message(bytes.toString('latin1', at, end));
      else if (isUtf8(bytes.subarray(at, end)))
        this.#handler.message(bytes.toString('utf8', at, end));
      else {
        mask(bytes, at, end, key);
        return undefined;
      }
    } else {
      const payload = bytes.subarray(at, end);
      if (kind === BINARY) this.#handler.message(payload);
      else if (kind === PING) this.#handler.pinged(payload);
      else this.#handler.ponged(payload);
    }
    return end;
  }
}
