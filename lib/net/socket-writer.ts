import type { Socket } from 'node:net';

/** Node's request for a write that is not finished at once. */
interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Kept until the write is finished. */
  buffer?: Buffer;
}

/** Node's handle of a TCP connection, as far as it is used here. */
interface TcpHandle {
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
  /** Bytes that the system has not taken yet. */
  readonly writeQueueSize: number;
}

/**
 * Node's class of requests, which has no name: it is taken from the first write of a stream. `unknown` where that write
 * was not as expected: Node 26.10 makes the request itself, and only when a write is not finished at once.
 */
let Request: (new () => WriteRequest) | 'unknown' | undefined;
/** A request that no write has needed so far. */
let spare: WriteRequest | undefined;

/**
 * Writes to a TCP connection. While nothing is unsent, bytes go to the handle under its stream, which takes a tenth less CPU
 * time; the rest goes through the stream, in order behind them. The handle is no documented part of Node: where it is
 * not as expected (TLS, Node from 26.10, other runtimes), everything goes through the stream.
 */
export class SocketWriter {
  readonly #stream: Socket & { readonly _handle?: TcpHandle | null };
  readonly #isTcp: boolean;
  /** Bytes of one write past the stream that have not left; counted until all of them have. */
  #waitingBytes = 0;
  #whenSent: Array<() => void> | undefined;

  constructor(stream: Socket) {
    this.#stream = stream;
    const handle = this.#stream._handle;
    this.#isTcp = handle?.constructor.name === 'TCP' && typeof handle.writeQueueSize === 'number';
  }

  get unsentBytes(): number {
    return this.#stream.writableLength + this.#waitingBytes;
  }

  /** Bytes written so far, those that are unsent included. */
  get writtenBytes(): number {
    // The stream asks its handle, and so counts what went past it too.
    return this.#stream.bytesWritten;
  }

  /** Runs once when the unsent bytes have left. */
  onDrain(run: () => void): void {
    if (this.#waitingBytes === 0 || this.#stream.writableNeedDrain) this.#stream.once('drain', run);
    else (this.#whenSent ??= []).push(run);
  }

  write(bytes: Buffer): void {
    const handle = (this.#isTcp ? this.#stream._handle : undefined) ?? undefined;
    if (handle === undefined || Request === 'unknown' || this.unsentBytes > 0) {
      this.#stream.write(bytes);
      if (this.#stream.writableCorked > 0) this.#stream.uncork();
    } else if (Request === undefined) this.#writeFirst(handle, bytes);
    else this.#writePast(handle, (spare ??= new Request()), bytes);
  }

  #writeFirst(handle: TcpHandle, bytes: Buffer): void {
    handle.writeBuffer = (request: WriteRequest | null, ...rest) => {
      Reflect.deleteProperty(handle, 'writeBuffer');
      const result: unknown = handle.writeBuffer(request as WriteRequest, ...rest);
      const isKnown = request !== null && rest[0] === bytes && typeof result === 'number';
      Request = isKnown ? (request.constructor as new () => WriteRequest) : 'unknown';
      return result as number;
    };
    this.#stream.write(bytes);
  }

  #writePast(handle: TcpHandle, request: WriteRequest, bytes: Buffer): void {
    // An error of the connection: the stream meets it too, and knows what follows from it.
    if (handle.writeBuffer(request, bytes) !== 0) return void this.#stream.write(bytes);
    const left = handle.writeQueueSize;
    if (left === 0) return;
    spare = undefined;
    this.#waitingBytes = left;
    request.buffer = bytes;
    request.oncomplete = (status) => this.#written(status);
  }

  #written(status: number): void {
    this.#waitingBytes = 0;
    const runs = this.#whenSent ?? [];
    this.#whenSent = undefined;
    if (this.#stream.destroyed) return;
    if (status < 0) this.#stream.destroy(new Error(`The connection failed in a write (${status})`));
    else for (const run of runs) run();
  }
}
