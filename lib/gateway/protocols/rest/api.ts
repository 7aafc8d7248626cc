import type { IncomingMessage, ServerResponse } from 'node:http';
import { StandpipeError } from '../../../errors';
import type { Params } from '../../../pusher/request-signature';
import type { App, Apps } from '../../core/model/app';
import { AppRates } from '../../core/features/app-rates';
import { MAX_IDEMPOTENCY_KEY_LENGTH, fingerprint } from '../../core/model/idempotency';
import type { Parts } from '../../core/parts';
import { hasBody, readBody } from '../../http/body';
import { authenticate, authenticateBody, ownParams, parseQuery } from './authenticate';
import { bodyError } from './body';
import { type Answer, type Call, type Endpoint, apiError } from './call';
import { type Route, findRoute } from './routes';

type ApiParts = Omit<Parts, 'overload'>;

/** Who sends a request, by its signature. */
interface Caller {
  app: App;
  params: Params;
}

/**
 * The HTTP API of the Channels protocol: `/apps/<id>/…`, for the servers of an app. A request is authenticated, read
 * whole, checked whole, and only then does anything.
 */
export class RestApi {
  readonly #parts: ApiParts;
  readonly #apps: Apps;
  readonly #prefixes: readonly string[];
  /** Of apps with a limit of requests. */
  readonly #rates = new AppRates();

  /** `path` is a prefix under which the API is served as well: not every SDK can be given one. */
  constructor(parts: ApiParts, apps: Apps, path: string) {
    this.#parts = parts;
    this.#apps = apps;
    this.#prefixes = path === '' ? ['/apps/'] : ['/apps/', `${path}/apps/`];
  }

  /** Answers a request, now or when its body is there. False when the path is not one of this protocol's. */
  request(request: IncomingMessage, response: ServerResponse): boolean {
    const target = request.url ?? '';
    const prefix = this.#prefixes.find((each) => target.startsWith(each));
    if (prefix === undefined) return false;
    const at = target.indexOf('?');
    const path = at < 0 ? target : target.slice(0, at);
    const route = findRoute(path.slice(prefix.length));
    if (route === undefined) {
      sendEarly(request, response, { status: 404, body: 'Not found\n' });
      return true;
    }
    const { method } = route.endpoint;
    if (request.method !== method) {
      const body = `Method not allowed: use ${method}\n`;
      sendEarly(request, response, { status: 405, body, headers: { Allow: method } });
      return true;
    }
    const query = at < 0 ? '' : target.slice(at + 1);
    const caller = this.#tried(() => this.#identify(route, path, query));
    readBody(
      request,
      // A stranger's is read past and not kept: an answer that comes before the end of a request may get lost.
      { maxBytes: this.#parts.limits.maxRequestBytes, wanted: 'app' in caller },
      (body) => {
        if (!('app' in caller)) return send(response, caller);
        const answer = (): Answer => this.#answer(route, path, caller, body, request);
        send(response, this.#tried(answer));
      },
      (why) => sendEarly(request, response, errorAnswer(bodyError(why))),
    );
    return true;
  }

  #identify({ endpoint, appId }: Route, rawPath: string, query: string): Caller {
    const params = parseQuery(query);
    const app = authenticate(this.#apps.byId(appId), {
      method: endpoint.method,
      rawPath,
      path: decode(rawPath),
      params,
      nowMs: this.#parts.clock.wall(),
      toleranceS: this.#parts.limits.signatureToleranceMs / 1000,
    });
    return { app, params };
  }

  #answer(
    { endpoint, subject }: Route,
    rawPath: string,
    { app, params }: Caller,
    body: Buffer,
    { headers }: IncomingMessage,
  ): Answer {
    const { hub, router, limits } = this.#parts;
    authenticateBody(params, body);
    if (!app.options.enabled) throw apiError(403, 'This app is switched off');
    if (!this.#mayAsk(app)) return tooMany(app);
    const own = ownParams(params, endpoint.params);
    const call = { hub, router, limits, app, subject: decode(subject), query: own, body };
    const key = endpoint.publishes ? headers['idempotency-key'] : undefined;
    if (key === undefined) return endpoint.run(call);
    return this.#runOnce(endpoint, call, rawPath, String(key));
  }

  /** What a step of an answer gives, or the answer that says why there is none. */
  #tried<T>(step: () => T): T | Answer {
    try {
      return step();
    } catch (error) {
      if (error instanceof StandpipeError && error.code === 'refused') return errorAnswer(error);
      const { metrics, log } = this.#parts;
      metrics.failures++;
      log.error({ err: error }, 'a request of the HTTP API failed');
      return { status: 500, body: 'Internal error\n' };
    }
  }

  /** Runs a publish unless it ran before under its key. What was refused has done nothing, so it may be tried again. */
  #runOnce(endpoint: Endpoint, call: Call, path: string, key: string): Answer {
    const { answers } = call.app;
    if (key === '' || key.length > MAX_IDEMPOTENCY_KEY_LENGTH) {
      const max = MAX_IDEMPOTENCY_KEY_LENGTH;
      throw apiError(400, `Invalid Idempotency-Key: expected 1 to ${max} characters`);
    }
    const now = this.#parts.clock.now();
    // Without its signature and timestamp: a repetition is signed anew.
    const print = fingerprint(`${path}\n${JSON.stringify(call.query)}`, call.body);
    const known = answers.find(key, print, now);
    if (known === 'other' || (known !== undefined && !('body' in known))) {
      throw apiError(422, 'This Idempotency-Key was used for another request');
    }
    if (known !== undefined) return known;
    const answer = endpoint.run(call);
    answers.keep(key, print, answer, now);
    return answer;
  }

  #mayAsk(app: App): boolean {
    const { maxRequestsPerSecond: rate } = app.options;
    if (rate === undefined) return true;
    return this.#rates.take(app, { rate, burst: rate }, this.#parts.clock.now());
  }
}

/** Percent-decodes once: what is encoded twice stays encoded. */
function decode(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    throw apiError(400, 'Invalid path: malformed percent-encoding');
  }
}

function tooMany(app: App): Answer {
  const { maxRequestsPerSecond: rate = 1 } = app.options;
  const headers = { 'Retry-After': String(Math.ceil(1 / rate)) };
  return { status: 429, body: `Too many requests: ${rate} per second are allowed\n`, headers };
}

function errorAnswer({ status = 400, message }: StandpipeError): Answer {
  return { status, body: `${message}\n` };
}

/** Answers before the body was read. What follows of it is not worth reading, so the connection ends with the answer. */
function sendEarly(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { headers } = answer;
  send(
    response,
    hasBody(request) ? { ...answer, headers: { ...headers, Connection: 'close' } } : answer,
  );
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, {
    'Content-Type': status < 400 ? 'application/json' : 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    // Names from the request stand in error texts: no browser may take them for a page.
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
