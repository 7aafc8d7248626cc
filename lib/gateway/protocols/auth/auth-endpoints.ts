import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../util/timers';
import type { App, Apps } from '../../core/model/app';
import { AppRates } from '../../core/features/app-rates';
import type { Decisions } from '../../core/decisions';
import type { Metrics } from '../../core/metrics';
import { hasBody, readBody } from '../../http/body';
import type { Limits } from '../../options/options';
import { METHODS, allowOrigin, allows, answerPreflight } from '../../http/cors';
import { type AuthForm, decisionRequest, readAuthForms } from './form';
import { type Refusal, refusal } from './refusal';
import { type Signed, sign } from './signing';

/** What became of each of several channels, by name. */
type Several = ReadonlyMap<string, Signed | Refusal>;
type Outcome = Signed | Refusal | Several;

interface Parts {
  decisions: Decisions;
  metrics: Metrics;
  limits: Limits;
  clock: Clock;
}

const PATH = /^\/pusher\/(auth|user-auth)(?:\/([^/]+))?$/;
const TOO_MANY = refusal(429, 'too_many', 'too many requests for this app');
/** Seconds of the rate that may come at once: pages all come back together. */
const BURST_S = 5;

/**
 * The endpoints that pusher-js asks before it subscribes to a private channel or signs in: `/pusher/auth` and
 * `/pusher/user-auth`, both with `/<key>` behind them where the gateway has several apps. A backend decides, the gateway
 * signs. Without a backend that decides, everything is refused.
 */
export class AuthEndpoints {
  readonly #parts: Parts;
  readonly #apps: Apps;
  /** Where a request without a key leads. */
  readonly #onlyApp: App | undefined;
  readonly #prefix: string;
  readonly #rates = new AppRates();

  /** `path` is a prefix under which the endpoints are served as well. */
  constructor(parts: Parts, apps: Apps, path: string) {
    this.#parts = parts;
    this.#apps = apps;
    const [first, ...others] = apps.all();
    this.#onlyApp = others.length === 0 ? first : undefined;
    this.#prefix = path;
  }

  /** Answers a request, now or when a backend has decided. False when the path is not one of these. */
  request(request: IncomingMessage, response: ServerResponse): boolean {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const own = path.startsWith(`${this.#prefix}/`) ? path.slice(this.#prefix.length) : path;
    const match = PATH.exec(own);
    if (match === null) return false;
    const [, endpoint, key] = match;
    // Whoever asked may go away before the answer.
    response.on('error', ignore);
    const app = key === undefined ? this.#onlyApp : this.#apps.byKey(key);
    allowOrigin(app?.options.allowedOrigins, request, response);
    if (request.method === 'OPTIONS') answerPreflight(request, response);
    else {
      const refused = this.#refusal(app, key, request, response);
      if (refused !== undefined) answer(request, response, refused);
      else this.#read(app as App, endpoint === 'user-auth', request, response);
    }
    return true;
  }

  /** What is wrong with a request before its body is read. */
  #refusal(
    app: App | undefined,
    key: string | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Refusal | undefined {
    if (request.method !== 'POST') {
      response.setHeader('Allow', METHODS);
      return refusal(405, 'bad_method', 'use POST; JSONP is not served');
    }
    if (app === undefined) {
      return key === undefined
        ? refusal(400, 'which_app', 'this gateway has several apps: put /<key> behind the path')
        : refusal(404, 'unknown_app', 'no app has this key');
    }
    if (!app.options.enabled) return refusal(403, 'app_disabled', 'this app is switched off');
    if (!allows(app.options.allowedOrigins, request)) {
      return refusal(403, 'bad_origin', 'this origin is not allowed to connect');
    }
    if (this.#mayAsk(app)) return undefined;
    response.setHeader('Retry-After', '1');
    return TOO_MANY;
  }

  #read(app: App, signIn: boolean, request: IncomingMessage, response: ServerResponse): void {
    const { maxAuthBytes, maxChannelNameLength } = this.#parts.limits;
    readBody(
      request,
      { maxBytes: maxAuthBytes },
      (body) => {
        const type = request.headers['content-type'];
        const forms = readAuthForms(body, type, { signIn, maxChannelNameLength });
        const done = (outcome: Outcome): void => answer(request, response, outcome);
        if ('status' in forms) done(forms);
        else if (forms.kind === 'one') this.#ask(app, forms.form, request, done);
        else this.#askSeveral(app, forms.forms, request, done);
      },
      ({ status }) => {
        const message =
          status === 413
            ? `the body exceeds ${maxAuthBytes} bytes`
            : 'the body must not be encoded';
        answer(request, response, refusal(status, 'bad_body', message));
      },
    );
  }

  #ask(
    app: App,
    form: AuthForm,
    request: IncomingMessage,
    done: (outcome: Signed | Refusal) => void,
  ): void {
    const { decisions, metrics } = this.#parts;
    metrics.authRequests++;
    decisions.ask(app, decisionRequest(form, request), (decision) => {
      if (typeof decision === 'string') metrics.authFailures++;
      done(sign(app, form, decision));
    });
  }

  /** Asks for each channel by itself, within the rate; answers when all are decided. */
  #askSeveral(
    app: App,
    forms: ReadonlyMap<string, AuthForm | Refusal>,
    request: IncomingMessage,
    done: (outcome: Several) => void,
  ): void {
    const outcomes = new Map<string, Signed | Refusal>();
    const decided = (channel: string, outcome: Signed | Refusal): void => {
      outcomes.set(channel, outcome);
      if (outcomes.size === forms.size) done(outcomes);
    };
    let asked = 0;
    for (const [channel, form] of forms) {
      if ('status' in form) decided(channel, form);
      // The request itself was counted as one.
      else if (asked++ > 0 && !this.#mayAsk(app)) decided(channel, TOO_MANY);
      else this.#ask(app, form, request, (outcome) => decided(channel, outcome));
    }
  }

  #mayAsk(app: App): boolean {
    const { clock, limits } = this.#parts;
    const { maxAuthRequestsPerSecond: rate } = limits;
    return this.#rates.take(app, { rate, burst: rate * BURST_S }, clock.now());
  }
}

/** Answers in JSON. What a refused request still sends is not worth reading. */
function answer(request: IncomingMessage, response: ServerResponse, outcome: Outcome): void {
  const status = 'status' in outcome ? outcome.status : 200;
  const body = JSON.stringify(bodyOf(outcome));
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(hasBody(request) && !request.complete && { Connection: 'close' }),
  });
  response.end(body);
}

/** Several channels are answered as the plugin pusher-js-auth reads it: `{ status, data }` by name. */
function bodyOf(outcome: Outcome): object {
  if (outcome instanceof Map) {
    const each = [...(outcome as Several)].map(([channel, one]) => {
      const told =
        'status' in one ? { status: one.status, ...bodyOf(one) } : { status: 200, data: one };
      return [channel, told] as const;
    });
    return Object.fromEntries(each);
  }
  if (!('status' in outcome)) return outcome;
  return { error: { code: outcome.code, message: outcome.message } };
}

function ignore(): void {
  // Nobody is left to be told.
}
