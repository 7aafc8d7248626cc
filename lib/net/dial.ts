import type { IncomingHttpHeaders } from 'node:http';

/** A WebSocket connection to a gateway, as small as its users need it. Specs put a scripted one in its place. */
export interface Socket {
  /** Bytes handed to `send` that the operating system has not taken yet. */
  readonly bufferedBytes: number;
  /** Sends one message, binary or text. Does nothing once the connection is closing. */
  send(message: Uint8Array | string): void;
  /** Starts the closing handshake (RFC 6455, section 7.1.2). */
  close(code: number, reason: string): void;
  /** Ends the connection without a closing handshake. */
  terminate(): void;
}

/**
 * Calls of a socket to its owner, never before `dial` has returned. The last call is one `close` or one `refused`;
 * nothing follows it.
 */
export interface SocketHandlers {
  /** The upgrade succeeded; `headers` stood in the 101 answer. */
  open(headers: IncomingHttpHeaders): void;
  /** A binary message. The bytes belong to the receiver. */
  message(bytes: Uint8Array): void;
  /** Called with a text message. Without this handler a text message ends the connection. */
  text?(text: string): void;
  /** The connection ended, or could not be made: then `code` is 1006 and `error` says why. */
  close(code: number, reason: string, error?: Error): void;
  /** The gateway answered the upgrade with another status than 101. `body` holds its first 64 KiB. */
  refused(status: number, body: string, headers: IncomingHttpHeaders): void;
}

/** TLS options, with the names and meanings of `tls.connect` in Node. */
export interface TlsOptions {
  /** Certificates to trust instead of the system's, PEM. */
  ca?: string | Buffer | Array<string | Buffer>;
  /** Client certificate, PEM. */
  cert?: string | Buffer;
  /** Key of the client certificate, PEM. */
  key?: string | Buffer;
  /** Name to ask for and to check; default: the host. */
  servername?: string;
  /** Default true. False accepts any certificate: anybody on the way can read and change everything. */
  rejectUnauthorized?: boolean;
}

export interface DialOptions {
  headers: Record<string, string>;
  /** Subprotocol to ask for (RFC 6455, section 1.9); '' for none. */
  protocol: string;
  maxMessageBytes: number;
  tls: TlsOptions;
}

/**
 * Opens a connection. Throws only for a bad URL or bad TLS options; any other failure is told by `close`. Deadlines are
 * the caller's business.
 */
export type Dial = (url: string, options: DialOptions, handlers: SocketHandlers) => Socket;
