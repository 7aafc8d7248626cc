/** The ways to a gateway, by the names that `enabledTransports` and `disabledTransports` use. */
export type TransportName = 'ws' | 'wss' | 'xhr_streaming' | 'xhr_polling';

/** End of a transport. */
export interface TransportClose {
  /** RFC 6455 close code, or one of the Channels protocol from 4000 on; 1006 where there was none. */
  code: number;
  reason: string;
}

/** Events of a transport, never before `open` has returned. `closed` is the last. */
export interface TransportHandlers {
  /** Messages can be sent. */
  opened(): void;
  /** A message of the protocol. */
  message(text: string): void;
  /** Bytes came that are no message: the gateway is alive. */
  activity(): void;
  /** The transport failed; `closed` follows. */
  failed(error: unknown): void;
  closed(close: TransportClose): void;
}

/** A connection to a gateway. */
export interface Transport {
  /** Sends one message. False when it could not be taken: not open, or too much waits already. */
  send(text: string): boolean;
  /**
   * Asks for a sign of life by means of its own. False when it has none: then `pusher:ping` is sent in its place.
   */
  ping(): boolean;
  /** Ends the connection. Nothing is told afterwards. */
  close(): void;
}

/** Begins to connect. May throw where the URL is none. */
export type OpenTransport = (url: string, handlers: TransportHandlers) => Transport;

/** Unsent data above which `send` takes no more. */
export const MAX_UNSENT_BYTES = 4 * 1024 * 1024;
