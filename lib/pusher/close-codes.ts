/** Reason of a close when a gateway restarts; its code makes browsers come back after a second. */
export const RESTARTS = 'The server restarts: please reconnect';

/**
 * Codes of the Channels protocol with which the gateway closes a socket. 4301 and 4302 only travel in `pusher:error`:
 * closing with one would stop a client for good. Numbers are never reused.
 */
export const CloseCode = {
  APP_UNKNOWN: 4001,
  APP_DISABLED: 4003,
  OVER_QUOTA: 4004,
  BAD_VERSION: 4006,
  UNSUPPORTED_PROTOCOL: 4007,
  NO_PROTOCOL: 4008,
  UNAUTHORIZED: 4009,
  OVER_CAPACITY: 4100,
  RECONNECT: 4200,
  PONG_TIMEOUT: 4201,
  CLIENT_EVENT_REJECTED: 4301,
  WATCHLIST_LIMIT: 4302,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * A Channels client's reaction to a close code: it stays away for good ('never'), comes back after a second
 * ('backoff'), at once ('now'), or at once over TLS ('tls').
 */
export type ClientVerdict = 'never' | 'backoff' | 'now' | 'tls';

/**
 * True when a `pusher:error` goes out before the close frame. Codes that refuse or push back always have one, as the
 * hosted service does it for 4001. Codes that ask to come back at once need no error event, except for protocols 4 and
 * 5, whose clients do not read the close frame.
 */
export function precedesWithError(code: number, protocol: number): boolean {
  if (code >= 4000 && code < 4200) return true;
  return code >= 4200 && code < 4300 && protocol < 6;
}
