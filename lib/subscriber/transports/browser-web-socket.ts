import type { OpenTransport, Transport, TransportHandlers } from './transport';
import { MAX_UNSENT_BYTES } from './transport';

/** The part of the WebSocket of browsers (WHATWG) that is used here. */
interface NativeSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(text: string): void;
  close(): void;
}

const OPEN = 1;

/** A WebSocket of the platform: browsers, workers, Deno, Bun. */
export const openNativeWebSocket: OpenTransport = (url, handlers) =>
  new NativeWebSocket(url, handlers);

class NativeWebSocket implements Transport {
  readonly #socket: NativeSocket;

  constructor(url: string, handlers: TransportHandlers) {
    const { WebSocket } = globalThis as unknown as { WebSocket: new (url: string) => NativeSocket };
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => handlers.opened();
    // Binary frames are no part of the protocol.
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') handlers.message(data);
    };
    socket.onerror = (event) => handlers.failed(event);
    socket.onclose = ({ code, reason }) => handlers.closed({ code, reason });
  }

  send(text: string): boolean {
    const { readyState, bufferedAmount } = this.#socket;
    if (readyState !== OPEN || bufferedAmount > MAX_UNSENT_BYTES) return false;
    this.#socket.send(text);
    return true;
  }

  ping(): boolean {
    return false;
  }

  close(): void {
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
    socket.close();
  }
}
