import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Clock } from '../../../util/timers';
import type { Apps } from '../../core/model/app';
import type {
  Carrier,
  CarrierHandler,
  UpgradeDecision,
  UpgradeRequest,
} from '../../core/fanout/carrier';
import type { Metrics } from '../../core/metrics';
import { hasBody } from '../../http/body';
import type { Overload } from '../../core/timing/overload';
import type { Limits } from '../../options/options';
import { type Address, isFallbackPath, parseAddress } from './address';
import { readSendBody } from './body';
import type { FallbackCarrier } from './carrier';
import { Receiver } from './receiver';
import { FallbackCarriers } from './carriers';

export interface FallbackParts {
  apps: Apps;
  limits: Limits;
  clock: Clock;
  metrics: Metrics;
  overload: Overload;
  /** Starts the protocol above on a new carrier, or closes the carrier and returns undefined. */
  open: (
    key: string,
    query: URLSearchParams,
    carrier: Carrier,
    origin: string | undefined,
  ) => CarrierHandler | undefined;
  failed: (error: unknown) => void;
}

const METHODS = 'POST, OPTIONS';

/** Proxies and browsers have to leave a stream of lines alone. */
const RECEIVER_HEADERS = {
  'Content-Type': 'application/javascript; charset=UTF-8',
  'Cache-Control': 'no-store, no-transform, must-revalidate',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * `xhr_streaming` and `xhr_polling` of pusher-js, for browsers that cannot keep a WebSocket: `/pusher/app/<key>/…`. The
 * rest of SockJS is not served: iframe, htmlfile and JSONP run what they receive as script, and only browsers without
 * cross-origin XHR would ask for them.
 */
export class Fallback {
  readonly #parts: FallbackParts;
  readonly #sessions: FallbackCarriers;
  #accepting = true;

  constructor(parts: FallbackParts) {
    const { limits, clock, overload, metrics, failed } = parts;
    this.#parts = parts;
    this.#sessions = new FallbackCarriers(limits, clock, overload, {
      cut: () => {
        metrics.socketsCut++;
      },
      failure: failed,
    });
  }

  /** Sessions that are kept, those that ended within the last seconds included. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Refuses new sessions; open ones stay. */
  stopAccepting(): void {
    this.#accepting = false;
  }

  /** No part of this protocol is a WebSocket. Undefined when the path is not one of its own. */
  upgrade({ path }: UpgradeRequest): UpgradeDecision | undefined {
    if (parseAddress(path) === undefined) return undefined;
    return { refuse: 400, body: 'Bad request: this path takes no upgrade\n' };
  }

  /** Answers a request, now or later. False when the path is not one of this protocol's. */
  request(request: IncomingMessage, response: ServerResponse): boolean {
    const target = request.url ?? '';
    const at = target.indexOf('?');
    const path = at < 0 ? target : target.slice(0, at);
    if (!isFallbackPath(path)) return false;
    // A peer that goes away in the middle of its answer tells so by the end of its connection as well.
    response.on('error', ignore);
    const address = parseAddress(path);
    if (address === undefined) {
      const text = 'Not found: of SockJS, only xhr, xhr_streaming and xhr_send are served';
      refuse(request, response, 404, text);
      return true;
    }
    this.#allowOrigin(address, request, response);
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', METHODS);
      response.setHeader('Access-Control-Allow-Headers', 'content-type');
      response.writeHead(204).end();
    } else if (request.method !== 'POST') {
      response.setHeader('Allow', METHODS);
      refuse(request, response, 405, `Method not allowed: use ${METHODS}`);
    } else if (address.action === 'xhr_send') {
      void this.#send(address, request, response);
    } else {
      this.#receive(address, new URLSearchParams(target.slice(path.length)), request, response);
    }
    return true;
  }

  /** No credentials are ever sent, so any page may read the answers, unless the app says which. */
  #allowOrigin({ key }: Address, request: IncomingMessage, response: ServerResponse): void {
    const { origin } = request.headers;
    const allowed = this.#parts.apps.byKey(key)?.options.allowedOrigins;
    if (allowed !== undefined) response.setHeader('Vary', 'Origin');
    if (allowed === undefined) response.setHeader('Access-Control-Allow-Origin', '*');
    else if (origin !== undefined && allowed.includes(origin)) {
      response.setHeader('Access-Control-Allow-Origin', origin);
    }
  }

  /** Attaches a receiver to its session, or to a new one. */
  #receive(
    address: Address,
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const carrier = this.#sessions.get(address.id) ?? this.#open(address, query, request);
    if (carrier === undefined) {
      response.setHeader('Retry-After', '10');
      return refuse(request, response, 503, 'Over capacity');
    }
    // A receiver has no body; one that comes all the same must not hide the end of its connection.
    request.resume();
    const streaming = address.action === 'xhr_streaming';
    const how = { streaming, headers: RECEIVER_HEADERS };
    carrier.attach(new Receiver(response, how, (receiver) => carrier.gone(receiver)));
  }

  #open(
    { id, key }: Address,
    query: URLSearchParams,
    request: IncomingMessage,
  ): FallbackCarrier | undefined {
    if (!this.#accepting || this.#parts.overload.overloaded) return undefined;
    const carrier = this.#sessions.add(id, request.socket.remoteAddress ?? '');
    if (carrier === undefined) return undefined;
    carrier.session = this.#parts.open(key, query, carrier, request.headers.origin);
    return carrier;
  }

  async #send({ id }: Address, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const unknown = (): void => refuse(request, response, 404, 'Not found: no such session');
    if (this.#sessions.get(id)?.open !== true) return unknown();
    const body = await readSendBody(request, this.#parts.limits.maxMessageBytes);
    if (body === undefined) return;
    if ('refuse' in body) return refuse(request, response, body.refuse, body.text);
    // It may have ended while its body was on the way.
    const carrier = this.#sessions.get(id);
    if (carrier?.open !== true) return unknown();
    carrier.receive(body.texts);
    response.writeHead(204).end();
  }
}

/** Answers with a status and a line of text. What the request still sends is not worth reading. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  const headers: OutgoingHttpHeaders = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text) + 1,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  };
  if (hasBody(request) && !request.complete) headers['Connection'] = 'close';
  response.writeHead(status, headers);
  response.end(`${text}\n`);
}

function ignore(): void {
  // Nobody is left to be told.
}
