import { isObject, parseJson } from '../../pusher/json';
import { REFUSAL_CODES } from '../../wire/close-codes';
import { RuleKind, type Frame, type QueryFrame } from '../../wire/frames';
import {
  authorization,
  identification,
  type Authorization,
  type Identification,
} from './decisions';
import { checkHandler, checkSignedPattern } from '../checks';
import type { Reporter } from '../reporter';
import type { Subscriptions } from '../subscriptions';

/** Request of a browser to sign in. */
export interface SignInRequest {
  readonly socketId: string;
  /** Headers by name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: ReadonlyMap<string, string>;
  /** Fields of the request's body, such as `params` of pusher-js. */
  readonly body: ReadonlyMap<string, string>;
  /** Address that connected to the gateway; behind a proxy, the proxy's. */
  readonly remoteAddress: string;
}

/** Request of a browser to subscribe to a private or presence channel. */
export interface AuthorizeRequest extends SignInRequest {
  readonly channel: string;
}

/** Handler of `client.authorize`: decides whether a socket may subscribe. One that throws refuses. */
export type AuthorizeHandler = (
  request: AuthorizeRequest,
) => Authorization | Promise<Authorization>;
/** Handler of `client.authenticate`: decides as which user a socket signs in. One that throws refuses. */
export type AuthenticateHandler = (
  request: SignInRequest,
) => Identification | Promise<Identification>;

/**
 * Decides for the gateway which browsers may subscribe, and as which user they sign in. pusher-js asks the gateway, the
 * gateway asks any one of the backends that decide, and another one when that one's connection is lost, so a handler may
 * run twice.
 */
export class Decider {
  readonly #subscriptions: Subscriptions;
  readonly #reporter: Pick<Reporter, 'handlerFailed'>;
  readonly #send: (frame: Frame) => boolean;
  readonly #authorizers = new Map<string, AuthorizeHandler>();
  #authenticator: AuthenticateHandler | undefined;
  #connection = 0;

  /** @param send false when there is no connection. */
  constructor(
    subscriptions: Subscriptions,
    reporter: Pick<Reporter, 'handlerFailed'>,
    send: (frame: Frame) => boolean,
  ) {
    this.#subscriptions = subscriptions;
    this.#reporter = reporter;
    this.#send = send;
  }

  /** @throws StandpipeError `bad_argument` */
  authorize(patterns: string | readonly string[], handler: AuthorizeHandler): void {
    checkHandler(handler);
    const list = typeof patterns === 'string' ? [patterns] : patterns;
    const given: unknown = list;
    if (Array.isArray(given)) given.forEach(checkSignedPattern);
    this.#subscriptions.decide(RuleKind.AUTHORIZE, list ?? []);
    for (const pattern of list) this.#authorizers.set(pattern, handler);
  }

  /** @throws StandpipeError `bad_argument` */
  authenticate(handler: AuthenticateHandler): void {
    checkHandler(handler);
    this.#subscriptions.decide(RuleKind.AUTHENTICATE);
    this.#authenticator = handler;
  }

  /**
   * Forgets the queries of a lost connection: another backend was asked, and their ids mean nothing to the next
   * connection.
   */
  offline(): void {
    this.#connection += 1;
  }

  /** Answers a query of the gateway, now or when a handler has decided. */
  decide({ id, method, params }: QueryFrame): void {
    const decide = this.#decider(method, params);
    if (decide === undefined) {
      const { code } = REFUSAL_CODES.unknown_method;
      return this.#replyError(id, code, `this backend does not decide '${method.slice(0, 64)}'`);
    }
    const connection = this.#connection;
    decide().then(
      (result) => {
        if (connection === this.#connection) this.#reply(id, result);
      },
      (thrown: unknown) => {
        this.#reporter.handlerFailed(thrown, method);
        const { code } = REFUSAL_CODES.internal;
        if (connection === this.#connection) this.#replyError(id, code, 'the handler failed');
      },
    );
  }

  /**
   * The decision of a query, to be run; undefined when no handler decides it. It never throws, it rejects.
   */
  #decider(method: string, params: string): (() => Promise<string>) | undefined {
    const request = readRequest(params);
    if (request === undefined) return undefined;
    if (method === 'authenticate') {
      const handler = this.#authenticator;
      return handler && (async () => identification(await handler(request)));
    }
    const handler = method === 'authorize' ? this.#authorizer(request.channel) : undefined;
    return handler && (async () => authorization(request.channel, await handler(request)));
  }

  /** The handler of the first pattern that fits, in the order they were given. */
  #authorizer(channel: string): AuthorizeHandler | undefined {
    for (const [pattern, handler] of this.#authorizers) {
      const fits = pattern.endsWith('*')
        ? channel.startsWith(pattern.slice(0, -1))
        : channel === pattern;
      if (fits) return handler;
    }
    return undefined;
  }

  #reply(id: number, result: string): void {
    this.#send({ type: 'reply', id, result, asOf: [], more: false });
  }

  #replyError(id: number, code: number, message: string): void {
    const error = { code, message };
    this.#send({ type: 'reply', id, result: '', error, asOf: [], more: false });
  }
}

/** The request of a query; undefined when its params have another form. */
function readRequest(params: string): AuthorizeRequest | undefined {
  const fields = parseJson(params);
  if (!isObject(fields)) return undefined;
  const { socketId, channel = '', remoteAddress = '' } = fields;
  if (
    typeof socketId !== 'string' ||
    typeof channel !== 'string' ||
    typeof remoteAddress !== 'string'
  ) {
    return undefined;
  }
  const headers = texts(fields.headers);
  const cookies = readCookies(headers.get('cookie') ?? '');
  return { socketId, channel, headers, cookies, body: texts(fields.body), remoteAddress };
}

function texts(value: unknown): Map<string, string> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/**
 * The pairs of a Cookie header (RFC 6265, section 4.2.1). The first of several values of a name counts: it is the
 * most specific.
 */
function readCookies(header: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    if (name === '' || cookies.has(name)) continue;
    cookies.set(
      name,
      decoded(
        pair
          .slice(at + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      ),
    );
  }
  return cookies;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
