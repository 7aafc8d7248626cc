import { type Eventual, later } from '../../../../brokers/eventual';
import { Ring } from '../../../../util/ring';
import type { Clock } from '../../../../util/timers';

/** Messages to the other node without an answer. */
const MAX_IN_FLIGHT = 8;
/** Bytes of frames that one message carries, unless a frame alone has more. */
const MAX_BYTES = 256 * 1024;

export interface FrameSenderParts {
  readonly clock: Clock;
  /** Sends frames, in base64. The answer is `ok` when there is room for more, and anything else when nobody takes them. */
  send(frames: readonly string[]): Eventual<string | undefined>;
  /** Nobody takes them. */
  failed(): void;
}

/** Frames of a backend on their way to another node: in order, those of a turn together, and a few messages at a time. */
export class FrameSender {
  readonly #parts: FrameSenderParts;
  readonly #waiting = new Ring<Uint8Array>();
  #inFlight = 0;
  #flushes = false;
  #isStopped = false;
  #drained: Array<() => void> = [];
  /** Bytes that the other node has not taken. */
  unsentBytes = 0;

  constructor(parts: FrameSenderParts) {
    this.#parts = parts;
  }

  push(bytes: Uint8Array): void {
    if (this.#isStopped) return;
    this.#waiting.push(bytes);
    this.unsentBytes += bytes.length;
    if (this.#flushes) return;
    this.#flushes = true;
    this.#parts.clock.endOfTurn(() => {
      this.#flushes = false;
      this.#flush();
    });
  }

  /** Runs once when everything is taken. */
  onDrain(run: () => void): void {
    this.#drained.push(run);
  }

  /** Sends all that waits at once, before a close. */
  end(): void {
    this.#inFlight = -Infinity;
    this.#flush();
    this.stop();
  }

  stop(): void {
    this.#isStopped = true;
    this.#drained = [];
  }

  #flush(): void {
    while (!this.#isStopped && this.#inFlight < MAX_IN_FLIGHT && this.#waiting.length > 0) {
      const frames: string[] = [];
      let sent = 0;
      while (sent < MAX_BYTES) {
        const bytes = this.#waiting.shift();
        if (bytes === undefined) break;
        frames.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'));
        sent += bytes.length;
      }
      this.#inFlight++;
      void later(this.#parts.send(frames), (answer) => this.#answered(sent, answer));
    }
  }

  #answered(sent: number, answer: string | undefined): void {
    if (this.#isStopped) return;
    this.#inFlight--;
    this.unsentBytes -= sent;
    if (answer !== 'ok') {
      this.stop();
      return this.#parts.failed();
    }
    this.#flush();
    if (this.unsentBytes > 0) return;
    for (const run of this.#drained.splice(0)) run();
  }
}
