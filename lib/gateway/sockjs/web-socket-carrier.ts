import { parseJson } from '../../pusher/json';
import type { Carrier, CarrierHandler } from '../core/fanout/carrier';
import { type Encoder, newEncoderId } from '../core/fanout/outlet';
import { closeText, messageText } from './frames';

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
  #isOpen = true;

  /** Opens the SockJS connection. `encoder` makes frames for the carrier out of messages. */
  constructor(carrier: Carrier, encoder: Encoder) {
    this.#carrier = carrier;
    this.encoder = encoder;
    carrier.session = this;
    this.#frame('o');
  }

  get remoteAddress(): string {
    return this.#carrier.remoteAddress;
  }

  get unsentBytes(): number {
    return this.#carrier.unsentBytes;
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
    this.#carrier.pause?.();
  }

  resume(): void {
    this.#carrier.resume?.();
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
    for (const each of texts) this.session?.text(each);
  }

  binary(): void {
    this.#isOpen = false;
    this.#carrier.close(UNSUPPORTED_DATA, 'SockJS has no binary messages');
  }

  closed(code: number, reason: string): void {
    this.#isOpen = false;
    const { session } = this;
    this.session = undefined;
    session?.closed(code, reason);
  }

  slow(unsentBytes: number): void {
    this.session?.slow?.(unsentBytes);
  }

  drained(): void {
    this.session?.drained?.();
  }

  #frame(text: string): void {
    this.#carrier.write(this.#carrier.encoder.encode([text]).bytes);
  }
}
