import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { forgetHead } from '../http/unanswered-requests';
import { NEWLINE, PRELUDE } from './frames';

/**
 * pusher-js leaves a response that is longer than this, in characters, as soon as it has read all of it to the end of a
 * line, and asks with a new request. Anything behind that line would be lost.
 */
const ROTATION_LENGTH = 256 * 1024;

/** Headers of a receiver's response: proxies and browsers have to leave a stream of lines alone. */
export const RECEIVER_HEADERS = {
  'Content-Type': 'application/javascript; charset=UTF-8',
  'Cache-Control': 'no-store, no-transform, must-revalidate',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
};

const NOTHING = Buffer.alloc(0);

/**
 * An HTTP response that waits for messages, and the only place of this protocol that writes to one: `xhr_streaming`
 * carries lines until it is full, `xhr` is over with its first write.
 */
export class Receiver {
  readonly #response: ServerResponse;
  readonly #socket: NetSocket;
  readonly streaming: boolean;
  readonly #ends: boolean;
  readonly #headers: OutgoingHttpHeaders;
  readonly #gone: () => void;
  /** Characters until the client leaves; negative when it is certain to. */
  #room: number;
  #writtenBytes = 0;
  #over = false;

  /**
   * `maxLength`: characters of the lines after which a streaming response is full. `ends`: the gateway ends a full one,
   * where the client would not leave it by itself. `gone` is called once, in a later turn, when all was sent and the
   * response is over, or its connection is lost.
   */
  constructor(
    response: ServerResponse,
    how: { streaming: boolean; headers: OutgoingHttpHeaders; ends?: boolean; maxLength?: number },
    gone: (receiver: Receiver) => void,
  ) {
    this.#response = response;
    this.streaming = how.streaming;
    this.#headers = how.headers;
    this.#ends = how.ends === true;
    this.#room = how.maxLength ?? ROTATION_LENGTH;
    this.#socket = response.req.socket;
    forgetHead(response);
    this.#gone = () => {
      response.off('close', this.#gone);
      this.#socket.off('close', this.#gone);
      gone(this);
    };
    response.on('close', this.#gone);
    // A response that waits behind another one of its connection does not hear that the connection is lost.
    this.#socket.on('close', this.#gone);
    if (!this.streaming) return;
    response.writeHead(200, this.#headers);
    this.#write(PRELUDE);
  }

  /** True when nothing more may be written: the client is going to leave, or the answer is given. */
  get full(): boolean {
    return this.#over || this.#room < 0;
  }

  /** True for a stream that was lost before its end. */
  get interrupted(): boolean {
    return this.streaming && !this.#response.writableFinished;
  }

  get unsentBytes(): number {
    return this.#response.writableLength;
  }

  /** Bytes that have left for the network so far, or a little less: their chunks' frames count as unsent too. */
  get sentBytes(): number {
    return this.#writtenBytes - this.#response.writableLength;
  }

  /**
   * Writes whole lines from the beginning of `lines`, as many as this response may carry, and answers how many bytes
   * they were. The line that fills it is the last one: the client could leave after it, with more in the same segment.
   */
  write(lines: Buffer): number {
    if (this.full) return 0;
    const fits = lines.length <= this.#room;
    const end = fits ? lines.length : lines.indexOf(NEWLINE, this.#room) + 1;
    const part = end === lines.length ? lines : lines.subarray(0, end);
    if (this.streaming) {
      this.#write(part);
      if (this.#ends && this.#room < 0) this.end(NOTHING);
    } else this.end(part);
    return end;
  }

  /** Ends the response, with last lines that may be lost when it is full. */
  end(lines: Buffer): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.streaming) {
      this.#writtenBytes = lines.length;
      this.#response.writeHead(200, { ...this.#headers, 'Content-Length': lines.length });
    }
    this.#response.end(lines);
  }

  /** Breaks the connection off if there is anything that it has not sent. */
  destroyUnsent(): void {
    if (this.unsentBytes > 0) this.destroy();
  }

  destroy(): void {
    this.#over = true;
    this.#response.destroy();
  }

  #write(lines: Buffer): void {
    this.#room -= lines.length;
    this.#writtenBytes += lines.length;
    this.#response.write(lines);
  }
}
