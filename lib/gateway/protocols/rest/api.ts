import { type Eventual, later } from '../../../brokers/eventual';
import { StandpipeError } from '../../../errors';
import type { Params } from '../../../pusher/request-signature';
import type { App, Apps } from '../../core/model/app';
import { type AppKey, forbidden } from '../../core/model/app-keys';
import { AppRates } from '../../core/features/app-rates';
import { MAX_IDEMPOTENCY_KEY_LENGTH, fingerprint } from '../../core/model/idempotency';
import type { Parts } from '../../core/parts';
import { readTraceParent } from '../../../tracing/trace-parent';
import { type Answer, sendAnswer } from '../../http/answer';
import { readBody } from '../../http/body';
import type { Exchange } from '../../http/exchange';
import { authenticate, authenticateBody, decode, ownParams, parseQuery } from './authenticate';
import { bodyError } from './body';
import { type Call, DONE, type Endpoint, UNAVAILABLE, apiError } from './call';
import { type Route, findRoute } from './routes';
import type { Protocol } from '../protocol';

type ApiParts = Omit<Parts, 'overload' | 'memory' | 'admission'>;

const PREFIX = '/apps/';

/** Sender of a request, by its signature. */
interface Caller {
  app: App;
  key: AppKey;
  params: Params;
}

/**
 * The HTTP API of the Channels protocol: `/apps/<id>/…`, for the servers of an app. A request is authenticated, read
 * whole, checked whole, and only then does anything.
 */
export class RestApi implements Protocol {
  readonly entrance = 'http_api';
  readonly #parts: ApiParts;
  readonly #apps: Apps;
  /** Requests of apps that have a limit of them. */
  readonly #rates = new AppRates();

  constructor(parts: ApiParts, apps: Apps) {
    this.#parts = parts;
    this.#apps = apps;
  }

  /** Answers a request, now or when its body is there. False when the path is not one of this protocol's. */
  request(exchange: Exchange): boolean {
    const { path, request } = exchange;
    if (!path.startsWith(PREFIX)) return false;
    const route = findRoute(path.slice(PREFIX.length));
    if (route === undefined) {
      sendAnswer(exchange, { status: 404, body: 'Not found\n' });
      return true;
    }
    const { method } = route.endpoint;
    if (request.method !== method) {
      const body = `Method not allowed: use ${method}\n`;
      sendAnswer(exchange, { status: 405, body, headers: { Allow: method } });
      return true;
    }
    const caller = this.#tried(() => {
      refusePages(exchange);
      return this.#identify(route, exchange);
    });
    readBody(
      request,
      // Body of a stranger: read past and not kept, since an answer that comes before the end of a request may get lost.
      { maxBytes: this.#parts.limits.maxRequestBytes, wanted: 'app' in caller },
      (body) => {
        if (!('app' in caller)) return sendAnswer(exchange, caller);
        const answered = this.#tried(() => this.#traced(route, exchange, caller, body));
        if (!(answered instanceof Promise)) return this.#send(route, exchange, answered);
        answered
          .catch((error: unknown) => this.#failed(error))
          .then((answer) => this.#send(route, exchange, answer))
          .catch((error: unknown) => this.#failed(error));
      },
      (why) => sendAnswer(exchange, errorAnswer(bodyError(why))),
    );
    return true;
  }

  #send({ endpoint }: Route, exchange: Exchange, answer: Answer): void {
    const { turn } = this.#parts.hub;
    // A sender waits while the gateway is behind with writes, so that it does not fall behind further.
    if (endpoint.publishes && turn.behind) {
      turn.whenCaughtUp(() => sendAnswer(exchange, answer));
    } else sendAnswer(exchange, answer);
  }

  #identify({ endpoint, appId }: Route, exchange: Exchange): Caller {
    const { query, signable } = exchange;
    const params = parseQuery(query);
    const known = this.#apps.byId(appId);
    if (known !== undefined) exchange.app = known.id;
    const { app, key } = authenticate(known, {
      method: endpoint.method,
      paths: signable,
      params,
      permission: endpoint.permission,
      nowMs: this.#parts.clock.wall(),
      toleranceS: this.#parts.limits.signatureToleranceMs / 1000,
    });
    return { app, key, params };
  }

  /** Answers within a span when the request is part of a sampled trace. */
  #traced(route: Route, exchange: Exchange, caller: Caller, body: Buffer): Eventual<Answer> {
    const { tracing: by } = this.#parts;
    const trace = exchange.request.headers.traceparent;
    if (by === undefined || readTraceParent(trace) === undefined) {
      return this.#answer(route, exchange, caller, body);
    }
    const { method } = route.endpoint;
    return by.request({ trace: String(trace), method, route: route.template }, (within) => {
      const traced = within === undefined ? undefined : { by, trace: within };
      // A refusal is an answer with a status, and no failure of the span.
      const answered = this.#tried(() => this.#answer(route, exchange, caller, body, traced));
      return answered instanceof Promise
        ? answered.catch((error: unknown) => this.#failed(error))
        : answered;
    });
  }

  #answer(
    { endpoint, subject }: Route,
    { path, request: { headers } }: Exchange,
    { app, key, params }: Caller,
    body: Buffer,
    traced?: Call['traced'],
  ): Eventual<Answer> {
    const { hub, router, limits } = this.#parts;
    authenticateBody(params, body);
    if (!app.options.enabled) throw apiError(403, 'This app is switched off');
    if (!this.#mayAsk(app)) return tooMany(app);
    const own = ownParams(params, endpoint.params);
    const about = { app, key, subject: decode(subject), query: own, body, traced };
    const call = { hub, router, limits, ...about };
    const once = endpoint.publishes ? headers['idempotency-key'] : undefined;
    if (once !== undefined) return this.#runOnce(endpoint, call, path, String(once));
    const { publish, answer } = endpoint.check(call);
    if (publish === undefined) return answer();
    publish();
    return later(app.broker.settled(), (outcome) =>
      outcome === 'unavailable' ? UNAVAILABLE : answer(),
    );
  }

  /** Result of a step of an answer, or the answer that says why there is none. */
  #tried<T>(step: () => T): T | Answer {
    try {
      return step();
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): Answer {
    if (error instanceof StandpipeError && error.code === 'refused') return errorAnswer(error);
    const { metrics, log } = this.#parts;
    metrics.failures++;
    log.error({ err: error }, 'a request of the HTTP API failed');
    return { status: 500, body: 'Internal error\n' };
  }

  /** Runs a publish unless it ran before under its key. A refused one has done nothing, so it may be tried again. */
  #runOnce(endpoint: Endpoint, call: Call, path: string, key: string): Eventual<Answer> {
    const { broker } = call.app;
    if (key === '' || key.length > MAX_IDEMPOTENCY_KEY_LENGTH) {
      const max = MAX_IDEMPOTENCY_KEY_LENGTH;
      throw apiError(400, `Invalid Idempotency-Key: expected 1 to ${max} characters`);
    }
    // Without its signature and timestamp: a repetition is signed anew.
    // The answer may hold counts, which a key without `read` is not told.
    const whose = forbidden(call.key, 'read') === undefined ? '' : '\nwithout read';
    const print = fingerprint(`${path}\n${JSON.stringify(call.query)}${whose}`, call.body);
    const { idempotencyTtlMs: ttlMs } = this.#parts.limits;
    let answer: () => Eventual<Answer> = () => DONE;
    const used = broker.idempotent(key, print, ttlMs, () => {
      const checked = this.#tried(() => endpoint.check(call));
      if ('status' in checked) {
        broker.release(key);
        answer = () => checked;
      } else {
        checked.publish?.();
        answer = checked.answer;
      }
    });
    return later(used, (outcome) => {
      if (outcome === 'unavailable') return UNAVAILABLE;
      if (outcome === 'other') {
        throw apiError(422, 'This Idempotency-Key was used for another request');
      }
      if (outcome !== 'new') return repeated(outcome.answer);
      return later(answer(), (given) => {
        if (given.status < 300) broker.answer(key, JSON.stringify(given));
        return given;
      });
    });
  }

  #mayAsk(app: App): boolean {
    const { maxRequestsPerSecond: rate } = app.options;
    if (rate === undefined) return true;
    return this.#rates.take(app, { rate, burst: rate }, this.#parts.clock.now());
  }
}

/** Secrets are for servers. A browser that sends a signed request was talked into it by some page. */
function refusePages({ request }: Exchange): void {
  if (request.headers.origin === undefined) return;
  throw apiError(403, 'Requests of web pages are refused: the HTTP API is for servers');
}

/** The answer that was given under a key; or a request to come again while the first one runs. */
function repeated(answer: string | undefined): Answer {
  if (answer !== undefined) return JSON.parse(answer) as Answer;
  const body = 'A request with this Idempotency-Key is being processed: try again\n';
  return { status: 409, body, headers: { 'Retry-After': '1' } };
}

function tooMany(app: App): Answer {
  const { maxRequestsPerSecond: rate = 1 } = app.options;
  const headers = { 'Retry-After': String(Math.ceil(1 / rate)) };
  return { status: 429, body: `Too many requests: ${rate} per second are allowed\n`, headers };
}

function errorAnswer({ status = 400, message }: StandpipeError): Answer {
  return { status, body: `${message}\n` };
}
