import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { BytePool } from '../core/timing/byte-pool';
import { hasBody } from './body';

/** Memory of a request and its response beside the head and the body. */
const REQUEST_BYTES = 2_048;
/** Memory of a piece of a body beside its bytes. */
const PIECE_BYTES = 256;

/** Response of a request that is counted. */
interface CountedResponse extends ServerResponse {
  [FORGET]?: () => void;
}

/** Connection with the bytes of its requests; undefined once it has closed. */
interface CountedSocket extends NetSocket {
  [BYTES]?: number | undefined;
}

const FORGET = Symbol('forget');
const BYTES = Symbol('bytes');

/**
 * Requests that have no answer yet. Thousands of connections may each hold a head, and a body that does not come: all
 * heads and bodies together are bounded.
 */
export class UnansweredRequests {
  readonly #pool: BytePool;
  readonly #refuse: (request: IncomingMessage) => void;

  /** @param refuse answers and ends the connection of a request that finds no room */
  constructor(pool: BytePool, refuse: (request: IncomingMessage) => void) {
    this.#pool = pool;
    this.#refuse = refuse;
  }

  /** Counts a request until it is answered, or its connection has closed. False when there is no room. */
  add(request: IncomingMessage, response: CountedResponse): boolean {
    const socket: CountedSocket = request.socket;
    let bytes = REQUEST_BYTES + headBytesOf(request);
    if (!this.#take(socket, bytes)) {
      this.#end(request, response);
      return false;
    }
    const forget = (): void => {
      this.#give(socket, bytes);
      bytes = 0;
    };
    response.once('close', forget);
    response[FORGET] = forget;
    if (!hasBody(request)) return true;
    const push = request.push.bind(request);
    let isRefused = false;
    request.push = (piece: Buffer | null, encoding?: BufferEncoding): boolean => {
      // Bytes behind the refusal are dropped: unread ones would reset the connection before the peer reads it.
      if (isRefused) return true;
      if (piece === null) return push(null);
      const more = piece.length + PIECE_BYTES;
      if (this.#take(socket, more)) {
        bytes += more;
        return push(piece, encoding);
      }
      isRefused = true;
      this.#end(request, response);
      return true;
    };
    return true;
  }

  #end(request: IncomingMessage, response: ServerResponse): void {
    dropHead(request);
    // Behind the beginning of an answer there is no place for another one.
    if (response.socket === null || response.headersSent) request.socket.destroy();
    else this.#refuse(request);
  }

  #take(socket: CountedSocket, bytes: number): boolean {
    if (socket.destroyed || !this.#pool.take(bytes)) return false;
    const ofSocket = socket[BYTES];
    // A response that waits behind another one does not hear that the connection is lost.
    if (ofSocket === undefined) socket.once('close', () => this.#closed(socket));
    socket[BYTES] = (ofSocket ?? 0) + bytes;
    return true;
  }

  #give(socket: CountedSocket, bytes: number): void {
    const ofSocket = socket[BYTES];
    if (ofSocket === undefined) return;
    socket[BYTES] = ofSocket - bytes;
    this.#pool.give(bytes);
  }

  #closed(socket: CountedSocket): void {
    this.#pool.give(socket[BYTES] ?? 0);
    socket[BYTES] = undefined;
  }
}

/** Forgets the head of a request whose answer goes on for long, and counts it no longer. */
export function forgetHead(response: CountedResponse): void {
  dropHead(response.req);
  response[FORGET]?.();
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
  let bytes = url.length;
  for (const each of rawHeaders) bytes += each.length;
  return bytes;
}
