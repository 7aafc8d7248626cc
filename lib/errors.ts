/**
 * Every code a Standpipe error can carry, with what it means. A code never changes its meaning and is never used again
 * for another one. Refusal codes that travel on the Pipe stand in `wire/close-codes.ts`.
 */
export const ERROR_CODES = {
  bad_argument: 'an argument breaks a rule; the message says which rule',
  bad_option:
    'an option is unknown, has the wrong type, is out of range, or differs from what its group has; the message begins with its path',
  bad_credentials: 'the gateway refused the key, secret, app id or timestamp; not retried',
  bad_frame: 'bytes that are no valid frame of the Pipe protocol',
  connect_failed: 'the gateway could not be reached or did not complete the handshake; retried',
  connection_lost: 'the connection ended without being asked to; retried',
  protocol_error: 'the other side broke a rule of the protocol',
  handler_failed: 'a handler threw or its promise rejected; see cause',
  invalid_data:
    'the data of a browser did not fit the schema of its event, or the schema did not answer in time; no handler was called',
  outbox_full: 'the command was not accepted because the outbox is at its limit',
  not_sent: 'the command was surely not applied',
  unknown_outcome:
    'the connection was lost before the gateway said whether the command was applied, or the gateway could not find it out',
  refused: 'the gateway refused the command, or the call at this time; see the message',
  closed: 'the client is closed, or the gateway was stopped while it started',
  timeout: 'no answer within the deadline',
  listen_failed: 'the gateway could not listen on its address',
  broker_unavailable: 'the engine that joins several gateways gave no answer at the start',
  broker_unsuitable:
    'the engine that joins several gateways refuses the password, or has a version, role or setting that loses what is true',
} as const;

/** Codes of errors: `code` of a StandpipeError is one of them. */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * The one error class of Standpipe. `code` is stable and meant for programs, `message` for people, `cause` holds what
 * led to it. `status` is the HTTP status or close code of the other side where there is one.
 */
export class StandpipeError extends Error {
  /** Stable code, for programs. */
  readonly code: ErrorCode;
  /** HTTP status or close code of the other side; undefined where there is none. */
  readonly status: number | undefined;

  constructor(code: ErrorCode, message: string, extra: { cause?: unknown; status?: number } = {}) {
    super(message, 'cause' in extra ? { cause: extra.cause } : undefined);
    this.name = 'StandpipeError';
    this.code = code;
    this.status = extra.status;
  }

  /** The same as `status`, as the client of 2011 spelled it. */
  get errno(): number | undefined {
    return this.status;
  }
}

/** An Error for any thrown value, so that handlers of 'error' always get one. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  try {
    return new Error(String(thrown));
  } catch {
    // An object without a prototype has no text, and a `toString` can throw.
    return new Error('a value that has no text was thrown');
  }
}
