import type { Eventual } from '../../../../brokers/eventual';
import type { Clock } from '../../../../util/timers';
import { CLOSE_CODES } from '../../../../wire/close-codes';
import type { BackendCarrier } from '../backend-link';
import { FrameSender } from './frame-sender';
import { HeldAnswer } from './held-answer';
import type { TunnelMessage } from './tunnel-message';

export interface FarCarrierParts {
  readonly clock: Clock;
  readonly remoteAddress: string;
  /** Bytes that may wait for the other node; above it the connection is closed, as one that does not read. */
  readonly maxUnsentBytes: number;
  send(message: Omit<TunnelMessage, 'type' | 'to' | 'id'>): Eventual<string | undefined>;
  /** The connection has ended at its other end, or was closed here. */
  ended(): void;
}

/** The connection of a backend that is connected to another node, as its session here sees it. */
export class FarCarrier implements BackendCarrier {
  readonly remoteAddress: string;
  session:
    | { binary(bytes: Uint8Array): void; closed(code: number, reason: string): void }
    | undefined;
  readonly #parts: FarCarrierParts;
  readonly #sender: FrameSender;
  readonly #held: HeldAnswer;
  #isPaused = false;
  #isClosed = false;

  constructor(parts: FarCarrierParts) {
    const { clock, remoteAddress } = parts;
    this.#parts = parts;
    this.remoteAddress = remoteAddress;
    this.#held = new HeldAnswer(clock);
    this.#sender = new FrameSender({
      clock,
      send: (frames) => parts.send({ frames }),
      failed: () => this.lost(1006, 'the gateway of this connection does not answer'),
    });
  }

  get unsentBytes(): number {
    return this.#sender.unsentBytes;
  }

  sendBinary(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    this.#sender.push(bytes);
    if (this.unsentBytes <= this.#parts.maxUnsentBytes) return;
    const reason = 'the backend does not read';
    this.close(CLOSE_CODES.too_slow.code, reason);
    this.session?.closed(CLOSE_CODES.too_slow.code, reason);
  }

  onDrain(run: () => void): void {
    this.#sender.onDrain(run);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#held.release();
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#sender.end();
    void this.#parts.send({ close: code, reason });
    this.#end();
  }

  /** Frames have come; the answer waits while the session has no room for more. */
  received(frames: readonly string[]): Eventual<string> {
    for (const frame of frames) {
      if (!this.#isClosed) this.session?.binary(Buffer.from(frame, 'base64'));
    }
    return this.#isPaused ? this.#held.hold() : 'ok';
  }

  /** The connection is gone at its other end. */
  lost(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#sender.stop();
    this.#end();
    this.session?.closed(code, reason);
  }

  #end(): void {
    this.#isClosed = true;
    this.#held.release();
    this.#parts.ended();
  }
}
