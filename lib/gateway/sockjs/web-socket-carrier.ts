import { parseJson } from '../../pusher/json';
import type { Carrier, CarrierHandler } from '../core/fanout/carrier';
import { type Encoder, newEncoderId, type Pace } from '../core/fanout/outlet';
import type { TurnBudget } from '../core/timing/turn-budget';
import { closeText, messageText } from './frames';
import { MessageQueue } from './message-queue';

/** Close codes of RFC 6455, section 7.4.1. */
const NORMAL = 1000;
const UNSUPPORTED_DATA = 1003;
const INVALID_PAYLOAD = 1007;

/** An encoder of messages as SockJS frames, each in a frame of the WebSocket encoder under it. */
export function sockJsEncoder(below: Encoder): Encoder {
  return { id: newEncoderId(), encode: (texts) => below.encode(texts.map(messageText)) };
}

/**
 * SockJS 0.3 over a WebSocket: to the protocol above it is a connection whose texts are messages. The frames are those of
 * the HTTP transports, one in each WebSocket message.
 */
export class SockJsWebSocket implements Carrier, CarrierHandler {
  readonly encoder: Encoder;
  session: CarrierHandler | undefined;
  readonly #carrier: Carrier;
  readonly #queue: MessageQueue;
  #isOpen = true;
  #isPaused = false;
  /** End of the connection; its session is told when it has handled all that came before. */
  #gone: { code: number; reason: string } | undefined;

  /** Opens the SockJS connection. `encoder` makes frames for the carrier out of messages. */
  constructor(carrier: Carrier, encoder: Encoder, budget: TurnBudget) {
    this.#carrier = carrier;
    this.encoder = encoder;
    this.#queue = new MessageQueue(budget, {
      handle: (text) => this.session?.text(text),
      emptied: () => this.#goOn(),
    });
    carrier.session = this;
    this.#frame('o');
  }

  get remoteAddress(): string {
    return this.#carrier.remoteAddress;
  }

  get unsentBytes(): number {
    return this.#carrier.unsentBytes;
  }

  /** Pings are frames of the WebSocket, of which SockJS knows nothing. */
  get pace(): Pace | undefined {
    return this.#isOpen ? this.#carrier.pace : undefined;
  }

  write(bytes: Buffer): void {
    if (this.#isOpen) this.#carrier.write(bytes);
  }

  sendBinary(): void {
    throw new Error('SockJS has no binary messages');
  }

  heartbeat(): void {
    if (this.#isOpen) this.#frame('h');
  }

  onDrain(run: () => void): void {
    this.#carrier.onDrain(run);
  }

  pause(): void {
    if (this.#gone !== undefined) return;
    this.#isPaused = true;
    this.#queue.pause();
    this.#carrier.pause?.();
  }

  resume(isLeaving = false): void {
    this.#isPaused = false;
    this.#queue.resume();
    if (isLeaving) this.#queue.flush();
    this.#goOn(isLeaving);
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#frame(closeText(code, reason));
    this.#isOpen = false;
    this.#carrier.close(NORMAL, reason);
  }

  /** A WebSocket message: an array of messages, or a single one. */
  text(text: string): void {
    // A client may send an empty frame, which SockJS passes over.
    if (text === '') return;
    const value = parseJson(text);
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    if (!texts.every((each) => typeof each === 'string')) {
      this.#isOpen = false;
      return this.#carrier.close(INVALID_PAYLOAD, 'Broken framing');
    }
    const isOne = texts.length === 1 && this.#queue.size === 0 && !this.#isPaused;
    // A frame of one message, as clients send it: the connection has counted it already.
    if (isOne) return this.session?.text(texts[0] as string);
    this.#queue.push(texts);
    if (this.#queue.size > 0) this.#carrier.pause?.();
  }

  binary(): void {
    this.#isOpen = false;
    this.#carrier.close(UNSUPPORTED_DATA, 'SockJS has no binary messages');
  }

  closed(code: number, reason: string): void {
    if (!this.#isOpen) this.#queue.end();
    this.#isOpen = false;
    this.#gone = { code, reason };
    this.resume();
  }

  slow(unsentBytes: number): void {
    this.session?.slow?.(unsentBytes);
  }

  drained(): void {
    this.session?.drained?.();
  }

  caughtUp(): void {
    this.session?.caughtUp?.();
  }

  /** All that came is handled: the connection may be read, or its end told. */
  #goOn(isLeaving = false): void {
    if (this.#queue.size > 0 || this.#isPaused) return;
    if (this.#gone === undefined) {
      this.#carrier.resume?.(isLeaving);
      if (isLeaving) this.#queue.flush();
      return;
    }
    const { session } = this;
    this.session = undefined;
    session?.closed(this.#gone.code, this.#gone.reason);
  }

  #frame(text: string): void {
    this.#carrier.write(this.#carrier.encoder.encode([text]).bytes);
  }
}
