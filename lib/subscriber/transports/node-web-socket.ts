import type { Socket } from '../../net/dial';
import { dialWebSocket } from '../../net/web-socket';
import { systemClock, type Timer } from '../../util/timers';
import type { OpenTransport, Transport, TransportHandlers } from './transport';
import { MAX_UNSENT_BYTES } from './transport';

/** Limit of a message's size; all members of a large presence channel come in one message. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const NORMAL_CLOSURE = 1000;
/** Time that the gateway has to close with us; the process must not wait for one that is gone. */
const CLOSE_TIMEOUT_MS = 1_000;

/** A WebSocket in Node. */
export const openNodeWebSocket: OpenTransport = (url, handlers) => new NodeWebSocket(url, handlers);

class NodeWebSocket implements Transport {
  readonly #socket: Socket;
  #handlers: TransportHandlers | undefined;
  #isOpen = false;
  #closing: Timer | undefined;

  constructor(url: string, handlers: TransportHandlers) {
    this.#handlers = handlers;
    this.#socket = dialWebSocket(
      url,
      { headers: {}, protocol: '', maxMessageBytes: MAX_MESSAGE_BYTES, tls: {} },
      {
        open: () => {
          this.#isOpen = true;
          this.#handlers?.opened();
        },
        // Binary frames are no part of the protocol.
        message: () => undefined,
        text: (text) => this.#handlers?.message(text),
        close: (code, reason, error) => {
          this.#isOpen = false;
          if (this.#closing !== undefined) systemClock.clearTimeout(this.#closing);
          if (error !== undefined) this.#handlers?.failed(error);
          this.#handlers?.closed({ code, reason });
        },
        refused: (status) => {
          const reason = `Unexpected server response: ${status}`;
          this.#handlers?.failed(new Error(reason));
          this.#handlers?.closed({ code: 1006, reason });
        },
      },
    );
  }

  send(text: string): boolean {
    if (!this.#isOpen || this.#socket.bufferedBytes > MAX_UNSENT_BYTES) return false;
    this.#socket.send(text);
    return true;
  }

  ping(): boolean {
    return false;
  }

  close(): void {
    this.#handlers = undefined;
    const wasOpen = this.#isOpen;
    this.#isOpen = false;
    if (!wasOpen) return this.#socket.terminate();
    this.#socket.close(NORMAL_CLOSURE, '');
    this.#closing = systemClock.setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS);
  }
}
