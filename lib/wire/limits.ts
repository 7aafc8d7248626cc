import type { Credit } from './frames';

/** The limits of the Pipe protocol. What WELCOME tells may be lower, never higher. */
export const WIRE_LIMITS = {
  /** Longest frame, that is WebSocket message, in either direction. */
  maxFrameBytes: 1024 * 1024,
  /** Longest HELLO: it is read before anything is known of the session. */
  maxHelloBytes: 64 * 1024,
  /** Most events of an EVENTS frame, runs of one, or commands of a COMMANDS frame. */
  maxBatch: 1024,
  /** A batch that has reached this size is sent; the rest goes into the next frame. */
  flushBytes: 64 * 1024,
  /**
   * Longest data of one command that may be configured. A frame is finished when it has reached `flushBytes`, so one
   * more command with data of this size always fits below `maxFrameBytes`.
   */
  maxDataBytes: 512 * 1024,
  /** Most rules of one backend. */
  maxRules: 1000,
  /** Most entries of a repeated field that is not a batch: rules, positions, sockets of a snapshot. */
  maxListItems: 65_536,
  /** Most finished ranges of one position. */
  maxRanges: 1024,
  /** Most names of one direction of one connection. */
  maxNames: 65_536,
  /** Most UTF-8 bytes of all names of one direction of one connection. */
  maxNamesBytes: 4 * 1024 * 1024,
  /** Longest name that may be given a handle; a longer one travels in line. */
  maxNameBytes: 1024,
  /** Highest credit; more is read as this much. */
  maxCreditMessages: 100_000,
  maxCreditBytes: 64 * 1024 * 1024,
  /** Credit granted when nothing else is configured. */
  creditMessages: 32_768,
  creditBytes: 8 * 1024 * 1024,
  /** HELLO must arrive within this time after the 101 answer. */
  helloMs: 5_000,
  /** A side that has sent nothing for this long sends PING. */
  pingMs: 10_000,
  /** A side that has received nothing for this long takes the connection for dead. */
  deadMs: 25_000,
} as const;

/** True for an offset or a sequence number: a whole number from 0 to 2^53-1. */
export function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** True for a count, a handle or a code: a whole number from 0 to 2^32-1. */
export function isUint32(value: number): boolean {
  return value >>> 0 === value;
}

/** Cuts a granted credit to the highest one of the protocol. */
export function capCredit(credit: Credit): Credit {
  return {
    messages: Math.min(credit.messages, WIRE_LIMITS.maxCreditMessages),
    bytes: Math.min(credit.bytes, WIRE_LIMITS.maxCreditBytes),
  };
}
