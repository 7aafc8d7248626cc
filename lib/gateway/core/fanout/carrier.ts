import type { Sink } from './outlet';

/** A protocol's handler for the input of one connection. */
export interface CarrierHandler {
  text(text: string): void;
  binary(bytes: Uint8Array): void;
  /** The connection is gone. Called once. `code` as in RFC 6455 §7.4: 1006 without a close frame. */
  closed(code: number, reason: string): void;
  /** The peer does not read what it is sent: so many bytes have waited for a second, or are half of what may. */
  slow?(unsentBytes: number): void;
  /** The connection was slow, and everything has left now. */
  drained?(): void;
  /** The peer was behind with droppable events, and may be no more. */
  caughtUp?(): void;
  /** Text that has to go out before a close frame with this code, if the protocol knows any. */
  lastWords?(code: number, reason: string): string | undefined;
}

/** A connection as protocols see it. Its `close` sends the last words of its session first. */
export interface Carrier extends Sink {
  readonly remoteAddress: string;
  readonly unsentBytes: number;
  session: CarrierHandler | undefined;
  /** Sends one binary message. */
  sendBinary(bytes: Uint8Array): void;
  /** Runs once when everything unsent has left. */
  onDrain(run: () => void): void;
}

/** An HTTP request that asks for a WebSocket: its target as in `gateway/http/target`. */
export interface UpgradeRequest {
  path: string;
  query: string;
  signable: readonly string[];
  remoteAddress: string;
  headers: ReadonlyMap<string, string>;
}

/** A protocol's answer to an upgrade: the taker of the connection, or the HTTP answer that refuses it. */
export type UpgradeDecision =
  | {
      accept: (carrier: Carrier) => void;
      /** Largest message the peer may send. */
      maxPayloadBytes: number;
      /** Close code for a peer that does not read what it is sent. */
      slowCode: number;
      /** The peer is a backend, which is not cut for want of memory. */
      isBackend?: boolean;
      subprotocol?: string;
      headers?: Record<string, string>;
    }
  | {
      refuse: number;
      body: string;
      headers?: Record<string, string>;
      /** The peer takes any answer for final, and is to come back: its connection is ended without one. */
      unanswered?: boolean;
      /** Word for metrics; that of the status unless given. */
      reason?: string;
      /** Id of the app that was asked for, when there is one. */
      app?: string | undefined;
    };
