/** Codes of the Channels protocol that close a socket or travel in `pusher:error`. Numbers are never reused. */
export const CloseCode = {
  SSL_ONLY: 4000,
  APP_UNKNOWN: 4001,
  APP_DISABLED: 4003,
  OVER_QUOTA: 4004,
  PATH_UNKNOWN: 4005,
  BAD_VERSION: 4006,
  UNSUPPORTED_PROTOCOL: 4007,
  NO_PROTOCOL: 4008,
  UNAUTHORIZED: 4009,
  OVER_CAPACITY: 4100,
  RECONNECT: 4200,
  PONG_TIMEOUT: 4201,
  INACTIVE: 4202,
  CLIENT_EVENT_REJECTED: 4301,
  WATCHLIST_LIMIT: 4302,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * A Channels client's reaction to a close code: it stays away for good ('never'), comes back after a second
 * ('backoff'), at once ('now'), or at once over TLS ('tls').
 */
export type ClientVerdict = 'never' | 'backoff' | 'now' | 'tls';

export interface CloseCodeInfo {
  /** Fit to be a close reason: at most 123 bytes. */
  meaning: string;
  verdict: ClientVerdict;
  /** True for codes that only travel in `pusher:error`; closing with one would stop the client for good. */
  inBandOnly: boolean;
}

/** Every code with its documented meaning; a code that is not here has no meaning in the protocol. */
export const CLOSE_CODES: ReadonlyMap<number, CloseCodeInfo> = new Map([
  [4000, info('Application only accepts SSL connections, reconnect using wss://', 'tls')],
  [4001, info('Application does not exist', 'never')],
  [4003, info('Application disabled', 'never')],
  [4004, info('Application is over connection quota', 'never')],
  [4005, info('Path not found', 'never')],
  [4006, info('Invalid version string format', 'never')],
  [4007, info('Unsupported protocol version', 'never')],
  [4008, info('No protocol version supplied', 'never')],
  [4009, info('Connection is unauthorized', 'never')],
  [4100, info('Over capacity', 'backoff')],
  [4200, info('Generic reconnect immediately', 'now')],
  [4201, info('Pong reply not received', 'now')],
  [4202, info('Closed after inactivity', 'now')],
  [4301, info('Client event rejected due to rate limit', 'never', true)],
  [4302, info('Watchlist limit exceeded', 'never', true)],
]);

function info(meaning: string, verdict: ClientVerdict, inBandOnly = false): CloseCodeInfo {
  return { meaning, verdict, inBandOnly };
}

/**
 * True when a `pusher:error` goes out before the close frame. Codes that refuse or push back always have one, as the
 * hosted service does it for 4001. Codes that ask to come back at once need no error event, except for protocols 4 and
 * 5, whose clients do not read the close frame.
 */
export function precedesWithError(code: number, protocol: number): boolean {
  if (code >= 4000 && code < 4200) return true;
  return code >= 4200 && code < 4300 && protocol < 6;
}
