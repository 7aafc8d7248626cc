import { type ErrorCode, StandpipeError } from '../errors';
import type { ApiResponse } from './response';
import type { ApiRequest } from './transports/transport';

/** Failures before anything of a request left: the server has surely done nothing. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * A request that failed, with upstream's fields. `code` tells how: 'refused' (see `status` and `body`), 'timeout',
 * 'connect_failed' when it surely did not arrive, 'unknown_outcome' when it may have.
 */
export class RequestError extends StandpipeError {
  readonly url: string;
  /** Cause of the failure, when no answer came. */
  readonly error: unknown;
  /** The text of the answer. */
  readonly body: string | undefined;
  /** The request as it was sent last. */
  request: ApiRequest | undefined;
  response: ApiResponse | undefined;
  /** Events of a batch that earlier requests had published before this one failed. */
  accepted = 0;

  constructor(message: string, url: string, error?: unknown, status?: number, body?: string) {
    super(codeOf(error, status), message, {
      cause: error,
      ...(status === undefined ? {} : { status }),
    });
    this.name = 'PusherRequestError';
    this.url = url;
    this.error = error;
    this.body = body;
  }

  /** The name of `status` in older versions. */
  get statusCode(): number | undefined {
    return this.status;
  }
}

function codeOf(error: unknown, status: number | undefined): ErrorCode {
  if (status !== undefined) return 'refused';
  // `fetch` wraps what happened once more.
  for (const each of [error, (error as Partial<Error> | undefined)?.cause]) {
    const { name, code } = (each ?? {}) as { name?: unknown; code?: unknown };
    if (name === 'AbortError' || name === 'TimeoutError') return 'timeout';
    if (typeof code === 'string' && NOT_CONNECTED.has(code)) return 'connect_failed';
  }
  return 'unknown_outcome';
}

/** A webhook that cannot be read, with upstream's fields. */
export class WebHookError extends StandpipeError {
  readonly contentType: string | undefined;
  readonly body: string;
  readonly signature: string | undefined;

  constructor(
    message: string,
    contentType: string | undefined,
    body: string,
    signature: string | undefined,
  ) {
    super('bad_argument', message);
    this.name = 'PusherWebHookError';
    this.contentType = contentType;
    this.body = body;
    this.signature = signature;
  }
}

/** Rules for what is given to a client. The text of an error is upstream's; its `rule` is a name from here. */
export const RULES = {
  channel_name:
    'a channel name is made of ASCII letters, digits and _ - = @ , . ; and is not empty',
  channel_name_length: 'a channel name has at most 200 characters',
  channel_count: 'an event goes to at most 100 channels',
  one_encrypted_channel:
    'an event for a private-encrypted- channel goes to that channel alone: each has a key of its own',
  event_name_length: 'an event name has at most 200 characters',
  socket_id: 'a socket id is what the client library says: digits, a dot, digits',
  user_id: 'a user id is a string and not empty',
  user_data: 'user data is an object with the id of the user as `id`',
  reserved_param: 'the parameters of the signature are added by the client',
  tls: 'give `useTLS` alone: `encrypted` is its old name',
  master_key: 'a master key is 32 bytes, given as `encryptionMasterKeyBase64`',
  no_master_key: 'encrypted channels need the option `encryptionMasterKeyBase64`',
  no_credentials: '`appId`, `key` and `secret` are needed: all are in the URL of an app, too',
  timeout: '`timeout` is a number of milliseconds; 0 waits for ever',
  options: 'options are an object',
  retries: '`retries` is a whole number; 0, the default, sends each request once',
  maxInFlight: '`maxInFlight` is a whole number from 1 on; default 10,000',
  maxConnections: '`maxConnections` is a whole number from 1 on; default 64',
  coalesce: '`coalesce` is true or false',
  url: 'a URL has the form https://KEY:SECRET@HOST:PORT/apps/APP_ID',
  in_flight: 'at most `maxInFlight` requests are under way at a time; wait for some of them',
} as const;

/** Names of the rules for arguments: `rule` of a RuleError is one of them. */
export type Rule = keyof typeof RULES;

/** An argument breaks a rule: `message` is upstream's, `rule` the rule's name, and `hint` says what is allowed. */
export class RuleError extends StandpipeError {
  readonly rule: Rule;
  readonly hint: string;

  constructor(rule: Rule, message: string, code: ErrorCode = 'bad_argument') {
    super(code, message);
    this.name = 'PusherRuleError';
    this.rule = rule;
    this.hint = RULES[rule];
  }
}
