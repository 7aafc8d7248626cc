import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { WebSocket } from 'ws';
import { closeReason } from '../util/close-reason';
import type { Dial, DialOptions, Socket, SocketHandlers } from './dial';
import { maskedFrame } from './masked-frame';

const MAX_BODY_BYTES = 64 * 1024;

/** Unsupported data: a text message to an owner of binary messages only (RFC 6455, section 7.4.1). */
const UNSUPPORTED_DATA = 1003;

/** A real connection. Compression is off and redirects are not followed, so credentials go to one place only. */
export const dialWebSocket: Dial = (url, options, handlers) =>
  new WebSocketSocket(url, options, handlers);

/** Messages go to the stream under `ws` as finished frames. `ws` writes the control frames, and both write whole ones only. */
class WebSocketSocket implements Socket {
  readonly #ws: WebSocket;
  #stream: NetSocket | undefined;
  readonly #handlers: SocketHandlers;
  #headers: IncomingHttpHeaders = {};
  #error: Error | undefined;
  #over = false;

  constructor(url: string, options: DialOptions, handlers: SocketHandlers) {
    this.#handlers = handlers;
    this.#ws = new WebSocket(url, options.protocol === '' ? [] : [options.protocol], {
      ...options.tls,
      headers: options.headers,
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes,
    });
    // The first listener of all: without it one invalid byte ends the process.
    this.#ws.on('error', (error) => (this.#error = error));
    this.#ws.on('upgrade', ({ headers, socket }) => {
      this.#headers = headers;
      this.#stream = socket;
    });
    this.#ws.on('open', () => handlers.open(this.#headers));
    this.#ws.on('message', (data, isBinary) => this.#message(data as Buffer, isBinary));
    this.#ws.on('close', (code, reason) => this.#closed(code, reason.toString()));
    this.#ws.on('unexpected-response', (request, response) => this.#refused(request, response));
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  send(message: Uint8Array | string): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#stream?.write(maskedFrame(message));
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, closeReason(reason));
  }

  terminate(): void {
    this.#ws.terminate();
  }

  #message(data: Buffer, isBinary: boolean): void {
    if (isBinary) this.#handlers.message(data);
    else if (this.#handlers.text !== undefined) this.#handlers.text(data.toString());
    else this.#ws.close(UNSUPPORTED_DATA, 'binary messages only');
  }

  #closed(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#handlers.close(code, reason === '' ? (this.#error?.message ?? '') : reason, this.#error);
  }

  #refused(request: ClientRequest, response: IncomingMessage): void {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (): void => {
      if (this.#over) return;
      this.#over = true;
      const body = Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString();
      request.destroy();
      this.#handlers.refused(response.statusCode ?? 0, body, response.headers);
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_BODY_BYTES) end();
    });
    response.on('end', end);
    response.on('error', end);
  }
}
