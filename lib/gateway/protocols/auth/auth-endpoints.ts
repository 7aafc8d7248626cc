import type { Clock } from '../../../util/timers';
import { sourceOf } from '../../options/address-guard';
import type { App, Apps } from '../../core/model/app';
import { forbidden } from '../../core/model/app-keys';
import { AddressShares, AppRates } from '../../core/features/app-rates';
import type { Decisions } from '../../core/decisions';
import type { Metrics } from '../../core/metrics';
import { type Answer, sendAnswer } from '../../http/answer';
import { readBody } from '../../http/body';
import { METHODS, allowOrigin, answerPreflight } from '../../http/cors';
import type { Exchange } from '../../http/exchange';
import type { Limits } from '../../options/options';
import { type AuthForm, decisionRequest, readAuthForms } from './form';
import { type AuthRefusal, refusal } from './refusal';
import { type Signed, sign } from './signing';
import type { Protocol } from '../protocol';

/** Results of several channels, by name. */
type Several = ReadonlyMap<string, Signed | AuthRefusal>;
type AuthOutcome = Signed | AuthRefusal | Several;

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
export class AuthEndpoints implements Protocol {
  readonly entrance = 'auth';
  readonly #parts: Parts;
  readonly #apps: Apps;
  readonly #rates = new AppRates();
  readonly #shares = new AddressShares();

  constructor(parts: Parts, apps: Apps) {
    this.#parts = parts;
    this.#apps = apps;
  }

  /** Answers a request, now or when a backend has decided. False when the path is not one of these. */
  request(exchange: Exchange): boolean {
    const match = PATH.exec(exchange.path);
    if (match === null) return false;
    const [, endpoint, key] = match;
    const app = key === undefined ? this.#apps.only : this.#apps.byKey(key);
    allowOrigin(app?.origins, exchange, { cookies: true });
    if (exchange.request.method === 'OPTIONS') answerPreflight(exchange);
    else {
      const refused = this.#refusal(app, key, exchange);
      if (refused !== undefined) sendAnswer(exchange, answerOf(refused));
      else this.#read(app as App, endpoint === 'user-auth', exchange);
    }
    return true;
  }

  /** Refusal of a request before its body is read; undefined when nothing is wrong so far. */
  #refusal(
    app: App | undefined,
    key: string | undefined,
    { request, response }: Exchange,
  ): AuthRefusal | undefined {
    if (request.method !== 'POST') {
      response.setHeader('Allow', METHODS);
      return refusal(405, 'bad_method', 'use POST; JSONP is not served');
    }
    if (app === undefined) {
      return key === undefined
        ? refusal(400, 'which_app', 'this gateway has several apps: put /<key> behind the path')
        : refusal(404, 'unknown_app', 'no app has this key');
    }
    const named = key === undefined ? undefined : app.keys.find(key);
    const why = named && forbidden(named, 'browsers');
    if (why !== undefined) return refusal(403, 'no_permission', why);
    if (!app.options.enabled) return refusal(403, 'app_disabled', 'this app is switched off');
    if (!app.origins.allows(request.headers.origin)) {
      return refusal(403, 'bad_origin', 'this origin is not allowed to connect');
    }
    return undefined;
  }

  #read(app: App, signIn: boolean, exchange: Exchange): void {
    const { request } = exchange;
    const { maxAuthBytes, maxChannelNameLength } = this.#parts.limits;
    readBody(
      request,
      { maxBytes: maxAuthBytes },
      (body) => {
        const type = request.headers['content-type'];
        const forms = readAuthForms(body, type, { signIn, maxChannelNameLength });
        const done = (outcome: AuthOutcome): void => sendAnswer(exchange, answerOf(outcome));
        if ('status' in forms) done(forms);
        else if (!this.#mayAsk(app, exchange)) {
          exchange.response.setHeader('Retry-After', '1');
          done(TOO_MANY);
        } else if (forms.kind === 'one') this.#ask(app, forms.form, exchange, done);
        else this.#askSeveral(app, forms.forms, exchange, done);
      },
      ({ status }) => {
        const message =
          status === 413
            ? `the body exceeds ${maxAuthBytes} bytes`
            : 'the body must not be encoded';
        sendAnswer(exchange, answerOf(refusal(status, 'bad_body', message)));
      },
    );
  }

  #ask(
    app: App,
    form: AuthForm,
    exchange: Exchange,
    done: (outcome: Signed | AuthRefusal) => void,
  ): void {
    const { decisions, metrics, clock } = this.#parts;
    const sinceMs = clock.now();
    metrics.authRequests++;
    decisions.ask(app, decisionRequest(form, exchange), (decision) => {
      if (typeof decision === 'string') metrics.authFailures++;
      metrics.decided(clock.now() - sinceMs);
      done(sign(app, form, decision));
    });
  }

  /** Asks for each channel by itself, within the rate; answers when all are decided. */
  #askSeveral(
    app: App,
    forms: ReadonlyMap<string, AuthForm | AuthRefusal>,
    exchange: Exchange,
    done: (outcome: Several) => void,
  ): void {
    const outcomes = new Map<string, Signed | AuthRefusal>();
    const decided = (channel: string, outcome: Signed | AuthRefusal): void => {
      outcomes.set(channel, outcome);
      if (outcomes.size === forms.size) done(outcomes);
    };
    let asked = 0;
    for (const [channel, form] of forms) {
      if ('status' in form) decided(channel, form);
      // The request itself was counted as one.
      else if (asked++ > 0 && !this.#mayAsk(app, exchange)) decided(channel, TOO_MANY);
      else this.#ask(app, form, exchange, (outcome) => decided(channel, outcome));
    }
  }

  /** Asked last: a request that cannot be granted anyway takes nothing from those that can. */
  #mayAsk(app: App, { remoteAddress }: Exchange): boolean {
    const { clock, limits } = this.#parts;
    const { maxAuthRequestsPerSecond: rate } = limits;
    const limit = { rate, burst: rate * BURST_S };
    const now = clock.now();
    const shared = this.#shares.take(`${app.id} ${sourceOf(remoteAddress)}`, limit, now);
    return shared && this.#rates.take(app, limit, now);
  }
}

function answerOf(outcome: AuthOutcome): Answer {
  const status = 'status' in outcome ? outcome.status : 200;
  return { status, body: JSON.stringify(bodyOf(outcome)) };
}

/** Several channels are answered as the plugin pusher-js-auth reads it: `{ status, data }` by name. */
function bodyOf(outcome: AuthOutcome): object {
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
