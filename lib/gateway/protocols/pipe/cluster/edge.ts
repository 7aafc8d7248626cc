import type { Eventual } from '../../../../brokers/eventual';
import type { Clock } from '../../../../util/timers';
import { CLOSE_CODES } from '../../../../wire/close-codes';
import type { BackendCarrier } from '../backend-link';
import { FrameSender } from './frame-sender';
import { HeldAnswer } from './held-answer';
import type { TunnelMessage } from './tunnel-message';

/** Bytes that wait for the other node, or for the backend, above which less is taken. */
const FULL_BYTES = 1024 * 1024;

export interface EdgeParts {
  readonly clock: Clock;
  readonly carrier: BackendCarrier;
  send(message: Omit<TunnelMessage, 'type' | 'to' | 'id'>): Eventual<string | undefined>;
  /** The connection has ended. */
  ended(): void;
}

/** The connection of a backend here whose session another node has: its frames are passed on as they are. */
export class Edge {
  readonly #parts: EdgeParts;
  readonly #sender: FrameSender;
  readonly #held: HeldAnswer;
  #isPaused = false;
  #waitsForDrain = false;
  #isEnded = false;

  constructor(parts: EdgeParts) {
    this.#parts = parts;
    this.#held = new HeldAnswer(parts.clock);
    this.#sender = new FrameSender({
      clock: parts.clock,
      send: (frames) => parts.send({ frames }),
      failed: () => this.lost(),
    });
  }

  /** The backend has sent a frame. */
  binary(bytes: Uint8Array): void {
    this.#sender.push(bytes);
    if (this.#isPaused || this.#sender.unsentBytes < FULL_BYTES) return;
    this.#isPaused = true;
    this.#parts.carrier.pause?.();
    this.#sender.onDrain(() => {
      this.#isPaused = false;
      this.#parts.carrier.resume?.();
    });
  }

  /** The connection of the backend is gone. */
  closed(code: number, reason: string): void {
    if (this.#isEnded) return;
    this.#sender.end();
    void this.#parts.send({ close: code, reason });
    this.#end();
  }

  /** Frames of the session; the answer waits while the backend does not read. */
  received(frames: readonly string[]): Eventual<string> {
    const { carrier } = this.#parts;
    for (const frame of frames) carrier.sendBinary(Buffer.from(frame, 'base64'));
    if (carrier.unsentBytes < FULL_BYTES) return 'ok';
    if (!this.#waitsForDrain) {
      this.#waitsForDrain = true;
      carrier.onDrain(() => {
        this.#waitsForDrain = false;
        this.#held.release();
      });
    }
    return this.#held.hold();
  }

  /** The session closes its connection. */
  close(code: number, reason: string): void {
    if (this.#isEnded) return;
    this.#sender.stop();
    this.#end();
    this.#parts.carrier.close(code, reason);
  }

  /** The node of the session is gone, or does not know it: the backend comes back, and is told what became of it. */
  lost(): void {
    this.close(CLOSE_CODES.going_away.code, 'the gateway of this stream is gone; connect again');
  }

  #end(): void {
    this.#isEnded = true;
    this.#held.release();
    this.#parts.ended();
  }
}
