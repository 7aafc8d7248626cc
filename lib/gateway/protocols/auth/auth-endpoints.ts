import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../util/timers';
import type { App, Apps } from '../../core/model/app';
import { AppRates } from '../../core/features/app-rates';
import type { Decisions } from '../../core/decisions';
import type { Metrics } from '../../core/metrics';
import { hasBody, readBody } from '../../http/body';
import type { Limits } from '../../options/options';
import { METHODS, allowOrigin, allows, answerPreflight } from '../../http/cors';
import { type AuthForm, decisionRequest, readAuthForm } from './form';
import { type Refusal, refusal } from './refusal';
import { type Signed, sign } from './signing';

interface Parts {
  decisions: Decisions;
  metrics: Metrics;
  limits: Limits;
  clock: Clock;
}

const PATH = /^\/pusher\/(auth|user-auth)(?:\/([^/]+))?$/;
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
    return refusal(429, 'too_many', 'too many requests for this app');
  }

  #read(app: App, signIn: boolean, request: IncomingMessage, response: ServerResponse): void {
    const { maxAuthBytes, maxChannelNameLength } = this.#parts.limits;
    readBody(
      request,
      { maxBytes: maxAuthBytes },
      (body) => {
        const type = request.headers['content-type'];
        const form = readAuthForm(body, type, { signIn, maxChannelNameLength });
        if ('status' in form) answer(request, response, form);
        else this.#ask(app, form, request, response);
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

  #ask(app: App, form: AuthForm, request: IncomingMessage, response: ServerResponse): void {
    const { decisions, metrics } = this.#parts;
    metrics.authRequests++;
    decisions.ask(app, decisionRequest(form, request), (decision) => {
      if (typeof decision === 'string') metrics.authFailures++;
      answer(request, response, sign(app, form, decision));
    });
  }

  #mayAsk(app: App): boolean {
    const { clock, limits } = this.#parts;
    const { maxAuthRequestsPerSecond: rate } = limits;
    return this.#rates.take(app, { rate, burst: rate * BURST_S }, clock.now());
  }
}

/** Answers in JSON. What a refused request still sends is not worth reading. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  outcome: Signed | Refusal,
): void {
  const refused = 'status' in outcome;
  const body = JSON.stringify(
    refused ? { error: { code: outcome.code, message: outcome.message } } : outcome,
  );
  response.writeHead(refused ? outcome.status : 200, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(hasBody(request) && !request.complete && { Connection: 'close' }),
  });
  response.end(body);
}

function ignore(): void {
  // Nobody is left to be told.
}
