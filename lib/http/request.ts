import { StandpipeError } from '../errors';
import { md5Hex } from '../pusher/digests';
import { signRequest } from '../pusher/request-signature';
import { backoff } from '../util/backoff';
import { checkParams } from './checks';
import type { Config } from './config';
import { RequestError, RuleError } from './errors';
import { ApiResponse } from './response';
import type { Token } from './token';
import type { ApiRequest, TransportAnswer } from './transports/transport';
import type { Params, SignedQueryStringOptions } from './types';

/** The name that requests carry; spec/http/client.spec.ts holds the version to that of the package. */
const LIBRARY = 'standpipe-http 0.1.0';

const GET_HEADERS = { 'x-pusher-library': LIBRARY };
const POST_HEADERS = { ...GET_HEADERS, 'content-type': 'application/json' };

const RETRY_BASE_MS = 200;
const MAX_RETRY_MS = 10_000;
/** A server that asks for more patience than this is not waited for. */
const MAX_RETRY_AFTER_MS = 60_000;

const PUBLISH_PATH = /^\/(?:events|batch_events|channels\/[^/]+\/events)$/;
const TERMINATE_PATH = /^\/users\/[^/]+\/terminate_connections$/;

/** A request before it is signed, which is done for each attempt. */
export interface ApiCall {
  method: 'GET' | 'POST';
  /** Below the app. */
  path: string;
  params?: Params | undefined;
  /** JSON text. */
  body?: string | undefined;
}

/** The whole query string of a request, in upstream's order: sorted by name, the signature last. */
export function signedQueryString(
  token: Token,
  { method, path, params, body }: SignedQueryStringOptions,
): string {
  token.check();
  if (params !== undefined) checkParams(params);
  return signRequest({
    method: method.toUpperCase(),
    path,
    query: Object.entries(params ?? {}).map(([name, value]) => [name, String(value)]),
    key: token.key,
    secret: token.secret,
    timestamp: Math.floor(Date.now() / 1000),
    bodyMd5: body ? md5Hex(body) : undefined,
  });
}

/** Signs and sends the requests of one client, and repeats those that may be repeated. */
export class ApiSender {
  readonly #config: Config;
  #inFlight = 0;

  constructor(config: Config) {
    this.#config = config;
  }

  /** Throws a RuleError when the client was not told whose requests these are. */
  check(): void {
    this.#config.token.check();
    if (this.#config.appId !== undefined) return;
    throw new RuleError('no_credentials', 'appId: give it to the constructor', 'bad_option');
  }

  /**
   * Throws a RuleError when the request breaks a rule; from then on failures reject with a RequestError.
   */
  send<Answer>(call: ApiCall): Promise<ApiResponse<Answer>> {
    const { maxInFlight, retries } = this.#config;
    this.check();
    if (this.#inFlight >= maxInFlight) {
      throw new RuleError('in_flight', `${maxInFlight} requests are under way`, 'outbox_full');
    }
    const publishes = call.method === 'POST' && PUBLISH_PATH.test(call.path);
    const repeatable = call.method === 'GET' || publishes || TERMINATE_PATH.test(call.path);
    const key = publishes && retries > 0 ? newIdempotencyKey() : undefined;
    const first = this.#sign(call, key);
    return this.#exchange(call, key, first, repeatable ? retries : 0);
  }

  async #exchange<Answer>(
    call: ApiCall,
    key: string | undefined,
    first: ApiRequest,
    retries: number,
  ): Promise<ApiResponse<Answer>> {
    this.#inFlight += 1;
    try {
      let request = first;
      for (let attempt = 0; ; attempt += 1) {
        const outcome = await this.#attempt<Answer>(request);
        if (outcome instanceof ApiResponse) return outcome;
        const delayMs = attempt < retries ? retryDelayMs(outcome, attempt) : undefined;
        if (delayMs === undefined) throw outcome;
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        request = this.#sign(call, key);
      }
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #attempt<Answer>(request: ApiRequest): Promise<ApiResponse<Answer> | RequestError> {
    const { transport, timeoutMs } = this.#config;
    let answer: TransportAnswer;
    try {
      answer = await transport.send(request, timeoutMs);
    } catch (error) {
      // An option that cannot work here is no failure of a request.
      if (error instanceof StandpipeError) throw error;
      const failure = new RequestError('Request failed with an error', request.url, error);
      failure.request = request;
      return failure;
    }
    const response = new ApiResponse<Answer>(request, answer);
    const { status, body } = response;
    if (status < 400) return response;
    const message = `Unexpected status code ${status}`;
    const failure = new RequestError(message, request.url, undefined, status, body);
    failure.request = request;
    failure.response = response;
    return failure;
  }

  #sign({ method, path, params, body }: ApiCall, key: string | undefined): ApiRequest {
    const whole = this.#config.prefixPath(path);
    const query = signedQueryString(this.#config.token, {
      method,
      path: whole,
      ...(params === undefined ? {} : { params }),
      ...(body === undefined ? {} : { body }),
    });
    const headers = body === undefined ? GET_HEADERS : POST_HEADERS;
    return {
      method,
      url: `${this.#config.getBaseURL()}${urlPath(whole)}?${query}`,
      headers: key === undefined ? headers : { ...headers, 'idempotency-key': key },
      body,
    };
  }
}

/** Characters that a path of a URL takes only percent-encoded. */
const NOT_IN_PATH = /[^!-~]|["#<>\\^`{|}]/gu;

/** A path as a URL has it. The signature covers it as it was given. Characters that are encoded already stay. */
function urlPath(path: string): string {
  return path.replace(NOT_IN_PATH, encodeURIComponent);
}

/** A name as one segment of a path: characters that would end it are encoded, others are left to `urlPath`. */
export function pathSegment(name: string): string {
  return name.replace(/[/?#%]/g, encodeURIComponent);
}

/** Wait before the next attempt; undefined when a repetition would have the same answer. */
function retryDelayMs({ status, response }: RequestError, attempt: number): number | undefined {
  if (status !== undefined && status !== 429 && status < 500) return undefined;
  const askedMs = Number(response?.headers.get('retry-after') ?? NaN) * 1000;
  if (askedMs > MAX_RETRY_AFTER_MS) return undefined;
  const ownMs = backoff(attempt, {
    baseMs: RETRY_BASE_MS,
    maxMs: MAX_RETRY_MS,
    random: Math.random,
  });
  return askedMs >= 0 ? askedMs + ownMs : ownMs;
}

/** 128 random bits in hex: one for each publish, however often it is sent. */
function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
