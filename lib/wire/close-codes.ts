/**
 * Reactions of a backend to a close code:
 * `never` stays closed until the application connects again, `backoff` dials again after the usual growing delay,
 * `now` dials again at once, but for a random part of a second.
 */
export type Retry = 'never' | 'backoff' | 'now';

export interface CloseCode {
  code: number;
  name: string;
  meaning: string;
  retry: Retry;
}

/** Codes with which a Pipe is closed. A number never changes its meaning and is never used again for another one. */
export const CLOSE_CODES = {
  bye: {
    code: 1000,
    name: 'bye',
    meaning: 'the other side has finished; a backend that did not ask for it comes back',
    retry: 'backoff',
  },
  protocol_error: {
    code: 4400,
    name: 'protocol_error',
    meaning: 'a frame could not be read, or it broke a rule of the protocol',
    retry: 'backoff',
  },
  key_revoked: {
    code: 4401,
    name: 'key_revoked',
    meaning: 'the key of this connection is no longer valid',
    retry: 'never',
  },
  bad_proof: {
    code: 4403,
    name: 'bad_proof',
    meaning: 'the proof in HELLO does not fit the session; ask for a new session',
    retry: 'backoff',
  },
  stale_attempt: {
    code: 4408,
    name: 'stale_attempt',
    meaning: 'HELLO carried an attempt that is not above the last one of its session',
    retry: 'backoff',
  },
  replaced: {
    code: 4409,
    name: 'replaced',
    meaning:
      'another connection of the same session, or another backend of the same name, took over',
    retry: 'never',
  },
  bad_group: {
    code: 4410,
    name: 'bad_group',
    meaning:
      'the name or group of HELLO cannot be had: its spelling, its settings or the number of groups',
    retry: 'never',
  },
  frame_too_large: {
    code: 4413,
    name: 'frame_too_large',
    meaning: 'a frame was longer than the limit told in WELCOME, or HELLO longer than 64 KiB',
    retry: 'backoff',
  },
  too_slow: {
    code: 4429,
    name: 'too_slow',
    meaning: 'this connection did not read fast enough and its unsent bytes reached their limit',
    retry: 'backoff',
  },
  dead: {
    code: 4430,
    name: 'dead',
    meaning: 'nothing was heard of the other side for dead_ms',
    retry: 'backoff',
  },
  internal_error: {
    code: 4500,
    name: 'internal_error',
    meaning: 'the gateway failed; its log says why',
    retry: 'backoff',
  },
  going_away: {
    code: 4503,
    name: 'going_away',
    meaning: 'the gateway is draining; connect to another node, or to this one when it is back',
    retry: 'now',
  },
} as const satisfies Record<string, CloseCode>;

export interface RefusalCode {
  code: number;
  name: string;
  meaning: string;
}

/** Codes with which one command, one list of rules or one query is refused. The connection goes on. */
export const REFUSAL_CODES = {
  bad_event_name: {
    code: 4210,
    name: 'bad_event_name',
    meaning: 'the event name is empty, too long or reserved',
  },
  unknown_socket: {
    code: 4211,
    name: 'unknown_socket',
    meaning: 'no socket of this app has that id, or it has gone',
  },
  bad_channel_name: {
    code: 4212,
    name: 'bad_channel_name',
    meaning: 'a channel name breaks the rules of the Channels protocol, or there are too many',
  },
  data_too_large: {
    code: 4213,
    name: 'data_too_large',
    meaning: 'data is longer than data_bytes of WELCOME',
  },
  bad_rule: {
    code: 4214,
    name: 'bad_rule',
    meaning: 'a rule has an unknown kind or a bad pattern, or there are too many',
  },
  unknown_verb: { code: 4215, name: 'unknown_verb', meaning: 'the gateway does not know the verb' },
  stale_owner: {
    code: 4216,
    name: 'stale_owner',
    meaning: 'the command answers an event of a partition that has another owner by now',
  },
  unknown_method: {
    code: 4218,
    name: 'unknown_method',
    meaning: 'the asked side does not know the method',
  },
  timeout: { code: 4219, name: 'timeout', meaning: 'no answer within the deadline' },
  bad_params: {
    code: 4220,
    name: 'bad_params',
    meaning: 'a field of the command or a parameter of the query breaks a rule',
  },
  limit_reached: {
    code: 4221,
    name: 'limit_reached',
    meaning: 'a limit of the gateway is reached; the message says which',
  },
  key_reused: {
    code: 4222,
    name: 'key_reused',
    meaning: 'the idempotency key was used for another command or request',
  },
  request_failed: {
    code: 4223,
    name: 'request_failed',
    meaning: 'the browser answered the request with an error',
  },
  unknown_outcome: {
    code: 4224,
    name: 'unknown_outcome',
    meaning:
      'the command may have been applied: the broker, or the gateway that has the socket, gave no answer',
  },
  internal: { code: 4500, name: 'internal', meaning: 'the gateway failed; its log says why' },
} as const satisfies Record<string, RefusalCode>;

const closeCodes = byCode<CloseCode>(Object.values(CLOSE_CODES));
const refusalCodes = byCode<RefusalCode>(Object.values(REFUSAL_CODES));

/** The row of a close code; undefined for codes of WebSocket itself (1006 and so on) and for later versions' codes. */
export function closeCode(code: number): CloseCode | undefined {
  return closeCodes.get(code);
}

/** The row of a refusal code; undefined for one this version does not know. */
export function refusalCode(code: number): RefusalCode | undefined {
  return refusalCodes.get(code);
}

function byCode<T extends { code: number }>(rows: T[]): Map<number, T> {
  return new Map(rows.map((row) => [row.code, row]));
}
