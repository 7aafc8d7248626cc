import type { Apps } from '../../core/model/app';
import type {
  Carrier,
  CarrierHandler,
  UpgradeDecision,
  UpgradeRequest,
} from '../../core/fanout/carrier';
import { sendRefusal } from '../../http/answer';
import { METHODS, allowOrigin, answerPreflight } from '../../http/cors';
import type { Exchange } from '../../http/exchange';
import type { Overload } from '../../core/timing/overload';
import type { Limits } from '../../options/options';
import { type Address, isFallbackPath, parseAddress } from './address';
import { readSendBody } from '../../sockjs/body';
import type { SockJsCarrier } from '../../sockjs/carrier';
import { RECEIVER_HEADERS, Receiver } from '../../sockjs/receiver';
import type { SockJsCarriers } from '../../sockjs/carriers';
import type { Protocol } from '../protocol';

export interface Neighbours {
  /** Passes a request on to the worker that has its session. False where this one has it. */
  passOn(session: string, exchange: Exchange, how: { lasts: boolean }): boolean;
}

export interface FallbackParts {
  apps: Apps;
  limits: Limits;
  overload: Overload;
  carriers: SockJsCarriers;
  /** Other workers of this port, that a connection may have come to in place of this one. */
  neighbours?: Neighbours | undefined;
  /** Starts the protocol above on a new carrier, or closes the carrier and returns undefined. */
  open: (
    key: string,
    query: URLSearchParams,
    carrier: Carrier,
    origin: string | undefined,
  ) => CarrierHandler | undefined;
}

/**
 * `xhr_streaming` and `xhr_polling` of pusher-js, for browsers that cannot keep a WebSocket: `/pusher/app/<key>/…`. The
 * rest of SockJS is not served: iframe, htmlfile and JSONP run what they receive as script, and only browsers without
 * cross-origin XHR would ask for them.
 */
export class Fallback implements Protocol {
  readonly entrance = 'fallback';
  readonly #parts: FallbackParts;
  readonly #sessions: SockJsCarriers;
  #accepting = true;

  constructor(parts: FallbackParts) {
    this.#parts = parts;
    this.#sessions = parts.carriers;
  }

  /** Refuses new sessions. The protocol above tells the sessions of a draining gateway when to come back. */
  stop(): void {
    this.#accepting = false;
  }

  /** No part of this protocol is a WebSocket. Undefined when the path is not one of its own. */
  upgrade({ path }: UpgradeRequest): UpgradeDecision | undefined {
    if (parseAddress(path) === undefined) return undefined;
    return { refuse: 400, body: 'Bad request: this path takes no upgrade\n' };
  }

  /** Answers a request, now or later. False when the path is not one of this protocol's. */
  request(exchange: Exchange): boolean {
    const { path, request, response } = exchange;
    if (!isFallbackPath(path)) return false;
    const address = parseAddress(path);
    if (address === undefined) {
      sendRefusal(
        exchange,
        404,
        'Not found: of SockJS, only xhr, xhr_streaming and xhr_send are served',
      );
      return true;
    }
    allowOrigin(this.#parts.apps.byKey(address.key)?.origins, exchange, { cookies: false });
    if (request.method === 'OPTIONS') {
      answerPreflight(exchange);
    } else if (request.method !== 'POST') {
      response.setHeader('Allow', METHODS);
      sendRefusal(exchange, 405, `Method not allowed: use ${METHODS}`);
    } else if (this.#passOn(address, exchange)) {
      return true;
    } else if (address.action === 'xhr_send') {
      void this.#send(address, exchange);
    } else {
      this.#receive(address, exchange);
    }
    return true;
  }

  #passOn({ id, action }: Address, exchange: Exchange): boolean {
    const lasts = action !== 'xhr_send';
    return this.#parts.neighbours?.passOn(id, exchange, { lasts }) === true;
  }

  /** Attaches a receiver to its session, or to a new one. */
  #receive(address: Address, exchange: Exchange): void {
    const { request, response } = exchange;
    const carrier = this.#sessions.get(address.id) ?? this.#open(address, exchange);
    if (carrier === undefined) {
      response.setHeader('Retry-After', '10');
      return sendRefusal(exchange, 503, 'Over capacity');
    }
    // A receiver has no body; one that comes all the same must not hide the end of its connection.
    request.resume();
    const streaming = address.action === 'xhr_streaming';
    const how = { streaming, headers: RECEIVER_HEADERS };
    exchange.journal.answered(exchange.entrance, 200);
    const receiver = new Receiver(response, how, (over) => carrier.gone(over));
    carrier.attach(receiver, numberOf(exchange));
  }

  #open(
    { id, key }: Address,
    { query, request, remoteAddress }: Exchange,
  ): SockJsCarrier | undefined {
    if (!this.#accepting || this.#parts.overload.overloaded) return undefined;
    const carrier = this.#sessions.make(remoteAddress);
    if (carrier === undefined) return undefined;
    const { origin } = request.headers;
    const session = this.#parts.open(key, new URLSearchParams(query), carrier, origin);
    // A refused one is told why by this one answer; nothing of it is kept.
    if (session === undefined) return carrier;
    carrier.session = session;
    this.#sessions.add(id, carrier);
    return carrier;
  }

  async #send({ id }: Address, exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const unknown = (): void => sendRefusal(exchange, 404, 'Not found: no such session');
    if (this.#sessions.get(id)?.open !== true) return unknown();
    const body = await readSendBody(request, this.#parts.limits.maxMessageBytes);
    if (body === undefined) return;
    if ('refuse' in body) {
      // An oversized post ends the connection and its page is told, as over a WebSocket (RFC 6455 §7.4.1).
      if (body.refuse === 413) this.#sessions.get(id)?.close(1009, body.text);
      return sendRefusal(exchange, body.refuse, body.text);
    }
    // The session may have ended while the body was on its way.
    const carrier = this.#sessions.get(id);
    if (carrier?.open !== true) return unknown();
    carrier.receive(body.texts, numberOf(exchange));
    response.writeHead(204).end();
  }
}

/** Number that pusher-js gives each of its posts. */
function numberOf({ query }: Exchange): number | undefined {
  const digits = /(?:^|&)n=(\d{1,15})(?:&|$)/.exec(query)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
