import { IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { BytePool } from '../core/timing/byte-pool';
import { hasBody } from './body';

/** Memory of a request and its response beside the head and the body. */
const REQUEST_BYTES = 2_048;
/** Memory of a piece of a body beside its bytes. */
const PIECE_BYTES = 256;

/** Request with a body, and response, with the count of their bytes. */
interface CountedRequest extends IncomingMessage {
  [COUNT]?: RequestCount;
}
interface CountedResponse extends ServerResponse {
  [COUNT]?: RequestCount;
}

/** Bytes of one request, 0 once it is answered. */
interface RequestCount {
  readonly counter: UnansweredRequests;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: NetSocket;
  bytes: number;
  isRefused: boolean;
}

/** Connection with the bytes of its requests, undefined once it has closed, and those of a head without an end. */
interface CountedSocket extends NetSocket {
  [BYTES]?: number | undefined;
  [HEAD_BYTES]?: number | undefined;
  [COUNTER]?: UnansweredRequests;
  parser?: HeadParser | null;
}

/** Node's parser, with what is not in its types. It gives headers out before the end of a head from the 33rd on. */
interface HeadParser {
  socket?: CountedSocket | null;
  _headers: string[];
  [ON_HEADERS]?: (this: HeadParser, headers: string[], url: string) => void;
}

const ON_HEADERS = 1;
const COUNT = Symbol('bytes of a request');
const BYTES = Symbol('bytes');
const HEAD_BYTES = Symbol('bytes of a head without an end');
const COUNTER = Symbol('counter');

/**
 * Requests that have no answer yet. Thousands of connections may each hold a head, and a body that does not come: all
 * heads and bodies together are bounded.
 */
export class UnansweredRequests {
  readonly #pool: BytePool;
  readonly #refuse: (socket: NetSocket) => void;

  /** @param refuse answers and ends the connection of a request that finds no room */
  constructor(pool: BytePool, refuse: (socket: NetSocket) => void) {
    this.#pool = pool;
    this.#refuse = refuse;
  }

  /** Counts heads of a new connection that have no end yet. */
  watch(socket: CountedSocket): void {
    const { parser } = socket;
    const own = parser?.[ON_HEADERS];
    if (!parser || own === undefined) return;
    socket[COUNTER] = this;
    if (own === countHeaders) return;
    takeHeaders = own;
    parser[ON_HEADERS] = countHeaders;
  }

  /** Counts a part of a head. False when there is no room. */
  headers(socket: CountedSocket, bytes: number): boolean {
    if (!socket.writable) return false;
    if (!this.#take(socket, bytes)) {
      this.#refuse(socket);
      return false;
    }
    socket[HEAD_BYTES] = (socket[HEAD_BYTES] ?? 0) + bytes;
    return true;
  }

  /** Counts a request for another protocol until `asked`, or until its connection has closed. False when there is no room. */
  addUpgrade(request: IncomingMessage): boolean {
    const { socket } = request;
    this.asked(socket);
    if (this.headers(socket, REQUEST_BYTES + headBytesOf(request))) return true;
    dropHead(request);
    return false;
  }

  /** The head of the connection's latest request is read to its end, and counted no longer. */
  asked(socket: CountedSocket): void {
    if (socket[HEAD_BYTES] === undefined) return;
    this.#give(socket, socket[HEAD_BYTES]);
    socket[HEAD_BYTES] = undefined;
  }

  /** Counts a request until it is answered, or its connection has closed. False when there is no room. */
  add(request: CountedRequest, response: CountedResponse): boolean {
    const { socket } = request;
    this.asked(socket);
    const bytes = REQUEST_BYTES + headBytesOf(request);
    if (!this.#take(socket, bytes)) {
      this.#end(request, response);
      return false;
    }
    const count = { counter: this, request, response, socket, bytes, isRefused: false };
    response[COUNT] = count;
    response.on('close', forgetResponse);
    if (!hasBody(request)) return true;
    request[COUNT] = count;
    request.push = countPiece;
    return true;
  }

  /** Counts a piece of a body. False when the request is refused, and takes no more of them. */
  piece(count: RequestCount, piece: Buffer): boolean {
    // Bytes behind the refusal are dropped: unread ones would reset the connection before the peer reads it.
    if (count.isRefused) return false;
    const more = piece.length + PIECE_BYTES;
    if (this.#take(count.socket, more)) {
      count.bytes += more;
      return true;
    }
    count.isRefused = true;
    this.#end(count.request, count.response);
    return false;
  }

  /** A request is counted no longer. */
  forget(count: RequestCount): void {
    this.#give(count.socket, count.bytes);
    count.bytes = 0;
  }

  #end(request: IncomingMessage, response: ServerResponse): void {
    dropHead(request);
    // The answer that is the last one is on its way.
    if (!request.socket.writable) return;
    // Behind the beginning of an answer there is no place for another one.
    if (response.socket === null || response.headersSent) request.socket.destroy();
    else this.#refuse(request.socket);
  }

  #take(socket: CountedSocket, bytes: number): boolean {
    if (!socket.writable || !this.#pool.take(bytes)) return false;
    const ofSocket = socket[BYTES];
    // A response that waits behind another one does not hear that the connection is lost.
    if (ofSocket === undefined) {
      socket[COUNTER] = this;
      socket.on('close', forgetSocket);
    }
    socket[BYTES] = (ofSocket ?? 0) + bytes;
    return true;
  }

  #give(socket: CountedSocket, bytes: number): void {
    const ofSocket = socket[BYTES];
    if (ofSocket === undefined) return;
    socket[BYTES] = ofSocket - bytes;
    this.#pool.give(bytes);
  }

  /** A connection has closed. */
  closed(socket: CountedSocket): void {
    this.#pool.give(socket[BYTES] ?? 0);
    socket[BYTES] = undefined;
  }
}

/** Forgets the head of a request whose answer goes on for long, and counts it no longer. */
export function forgetHead(response: CountedResponse): void {
  dropHead(response.req);
  forgetResponse.call(response);
}

/** True when a request was given to something that lasts, and its head is gone. */
export function isHeadForgotten({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.length === 0;
}

function dropHead(request: IncomingMessage): void {
  request.rawHeaders = [];
  request.headers = {};
  request.url = '';
}

function headBytesOf({ rawHeaders, url = '' }: IncomingMessage): number {
  return url.length + lengthOf(rawHeaders);
}

function lengthOf(texts: readonly string[]): number {
  let length = 0;
  for (const each of texts) length += each.length;
  return length;
}

/** Listener that all connections share: a closure for each would stay with those that become WebSockets. */
function forgetSocket(this: CountedSocket): void {
  this[COUNTER]?.closed(this);
}

function forgetResponse(this: CountedResponse): void {
  const count = this[COUNT];
  count?.counter.forget(count);
}

/**
 * `push` of all requests with a body. A closure for each, as a property of it, keeps V8 from collecting any of them among the
 * young objects: all requests, with all that they hold, would wait for a collection of the whole heap.
 */
function countPiece(
  this: CountedRequest,
  piece: Buffer | null,
  encoding?: BufferEncoding,
): boolean {
  const count = this[COUNT];
  const isCounted = piece === null || count === undefined || count.counter.piece(count, piece);
  return isCounted ? IncomingMessage.prototype.push.call(this, piece, encoding) : true;
}

let takeHeaders: HeadParser[typeof ON_HEADERS];

/** Parsers are used again for other connections, so that all of them have the same function. */
function countHeaders(this: HeadParser, headers: string[], url: string): void {
  const { socket } = this;
  if (socket?.[COUNTER]?.headers(socket, lengthOf(headers)) === false) this._headers = [];
  else takeHeaders?.call(this, headers, url);
}
