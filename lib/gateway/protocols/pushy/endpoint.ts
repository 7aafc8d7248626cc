import { randomInt } from 'node:crypto';
import { CloseCode } from '../../../pusher/close-codes';
import type { PushyConnection, PushyOptions } from '../../options/pushy';
import { closeInSlices } from '../../core/departures';
import type { Socket } from '../../core/model/socket';
import type { Carrier, UpgradeDecision, UpgradeRequest } from '../../core/fanout/carrier';
import type { Encoder } from '../../core/fanout/outlet';
import { SECOND_MS } from '../../core/timing/overload';
import { sendAnswer, sendRefusal } from '../../http/answer';
import { METHODS, allowOrigin, answerPreflight } from '../../http/cors';
import type { Exchange } from '../../http/exchange';
import { readSendBody } from '../../sockjs/body';
import type { CarrierOptions, SockJsCarrier } from '../../sockjs/carrier';
import type { SockJsCarriers } from '../../sockjs/carriers';
import { lineEncoder } from '../../sockjs/frames';
import { RECEIVER_HEADERS, Receiver } from '../../sockjs/receiver';
import { SockJsWebSocket, sockJsEncoder } from '../../sockjs/web-socket-carrier';
import type { PushyContext } from './context';
import { pushyEncoder } from './encoder';
import { Handles } from './handles';
import { PushySession } from './session';

/** The path behind the prefix: server, session and transport. */
const SESSION = /^\/(\d{1,3})\/([A-Za-z0-9]{8,64})\/(xhr|xhr_streaming|xhr_send|websocket)$/;
/** As SockJS 0.3.3 has it. */
const INTERRUPTED = { code: 1002, reason: 'Connection interrupted!' };
const PROTOCOLS = { xhr: 'xhr-polling', xhr_streaming: 'xhr-streaming' } as const;

interface SessionPath {
  /** Identity of the session among those of all apps. */
  id: string;
  transport: 'xhr' | 'xhr_streaming' | 'xhr_send' | 'websocket';
}

/**
 * The SockJS endpoint of one app (SockJS protocol 0.3.3): websocket, xhr-streaming and xhr-polling. Transports that run
 * what they receive as script are not served, and cookies are not set. A second xhr or xhr_streaming of a session takes it
 * over, and the first one ends with `c[2010,…]`. After a stream that broke off the session is over, and the next request
 * gets `c[1002,"Connection interrupted!"]`.
 */
export class Endpoint {
  readonly context: PushyContext;
  readonly #carriers: SockJsCarriers;
  readonly #handles: Handles;
  #overHttp: CarrierOptions;
  /** Made with the first WebSocket, of which all have the same encoder. */
  #overWebSocket: Encoder | undefined;
  /** WebSockets, with the ticks until their next heartbeat. */
  readonly #webSockets = new Map<SockJsWebSocket, number>();
  /** Sockets that came by this endpoint, among those of the app. */
  readonly #own = new WeakSet<Socket>();
  readonly #stopTicks: () => void;
  #heartbeatTicks = 1;
  #accepting = true;

  constructor(context: PushyContext, carriers: SockJsCarriers) {
    this.context = context;
    this.#carriers = carriers;
    this.#handles = new Handles(context);
    const encoder = pushyEncoder(lineEncoder, context.channels.nameOf);
    this.#overHttp = this.#timesOf({ encoder });
    this.#stopTicks = context.parts.overload.each(() => this.#tick());
  }

  /** Other options hold from now on; sessions over HTTP keep the times that they began with. */
  change(options: PushyOptions): void {
    this.context.options = options;
    this.#overHttp = this.#timesOf(this.#overHttp);
  }

  /** Ends every connection: the app serves pushy no more. */
  end(): void {
    this.drain();
    this.#stopTicks();
    const { app, parts } = this.context;
    const reason = 'This app serves no pushy clients any more';
    const closing = { code: CloseCode.APP_UNKNOWN, reason };
    const sockets = app.sockets.values();
    closeInSlices(parts.hub, this.#carriers.budget, sockets, closing, (each) =>
      this.#own.has(each),
    );
  }

  drain(): void {
    this.#accepting = false;
  }

  upgrade({ path, headers }: UpgradeRequest): UpgradeDecision | undefined {
    const found = this.#sessionPath(path);
    if (found === undefined) return undefined;
    if (found === 'unknown' || !this.#servesWebSockets) {
      return { refuse: 404, body: 'Not found: this path takes no upgrade\n' };
    }
    if (found.transport !== 'websocket') {
      return { refuse: 400, body: 'Bad request: this path takes no upgrade\n' };
    }
    const { app, parts } = this.context;
    if (!this.#accepting || parts.overload.overloaded) {
      return { refuse: 503, body: 'Over capacity\n', headers: { 'Retry-After': '10' } };
    }
    const refusal = parts.admission.socketRefusal(app, headers.get('origin'));
    if (refusal !== undefined) return { refuse: 403, body: `${refusal.message}\n` };
    return {
      maxPayloadBytes: parts.limits.maxMessageBytes,
      slowCode: CloseCode.OVER_CAPACITY,
      accept: (carrier) => this.#accept(carrier),
    };
  }

  /** Answers a request, now or later. False when the path is another one. */
  request(exchange: Exchange): boolean {
    const found = this.#sessionPath(exchange.path);
    if (found === undefined) return false;
    const { request, response, path } = exchange;
    const { app, options } = this.context;
    allowOrigin(app.origins, exchange, { cookies: false });
    if (request.method === 'OPTIONS') answerPreflight(exchange);
    else if (found === 'unknown') this.#page(exchange, path.slice(options.sockjs.prefix.length));
    else if (found.transport === 'websocket') {
      sendRefusal(exchange, 400, 'Can "Upgrade" only to "WebSocket"');
    } else if (request.method !== 'POST') {
      response.setHeader('Allow', METHODS);
      sendRefusal(exchange, 405, `Method not allowed: use ${METHODS}`);
    } else if (found.transport === 'xhr_send') void this.#send(found, exchange);
    else this.#receive(found, exchange);
    return true;
  }

  /** The greeting and the information that clients ask for first. */
  #page(exchange: Exchange, path: string): void {
    const isGet = exchange.request.method === 'GET';
    if (isGet && (path === '' || path === '/')) {
      return sendAnswer(exchange, { status: 200, body: 'Welcome to SockJS!\n' });
    }
    if (!isGet || path !== '/info') {
      return sendRefusal(
        exchange,
        404,
        'Not found: of SockJS, websocket, xhr and xhr_streaming are served',
      );
    }
    const info = {
      websocket: this.#servesWebSockets,
      origins: ['*:*'],
      cookie_needed: false,
      entropy: randomInt(2 ** 32),
    };
    sendAnswer(exchange, { status: 200, body: JSON.stringify(info) });
  }

  #receive({ id, transport }: SessionPath, exchange: Exchange): void {
    const { request, response } = exchange;
    const streaming = transport === 'xhr_streaming';
    const carrier = this.#carriers.get(id) ?? this.#open(id, streaming, exchange);
    if (carrier === undefined) return;
    // A receiver has no body; one that comes all the same must not hide the end of its connection.
    request.resume();
    const { response_limit: maxLength } = this.context.options.sockjs;
    const how = { streaming, headers: RECEIVER_HEADERS, ends: true, maxLength };
    exchange.journal.answered(exchange.entrance, 200);
    carrier.attach(new Receiver(response, how, (receiver) => carrier.gone(receiver)));
  }

  #open(id: string, streaming: boolean, exchange: Exchange): SockJsCarrier | undefined {
    const { app, parts } = this.context;
    const { request, response, remoteAddress } = exchange;
    const refusal = parts.admission.socketRefusal(app, request.headers.origin);
    if (refusal !== undefined) {
      sendRefusal(exchange, 403, refusal.message);
      return undefined;
    }
    const isFull = !this.#accepting || parts.overload.overloaded;
    const carrier = isFull ? undefined : this.#carriers.make(remoteAddress, this.#overHttp);
    if (carrier === undefined) {
      response.setHeader('Retry-After', '10');
      sendRefusal(exchange, 503, 'Over capacity');
      return undefined;
    }
    this.#carriers.add(id, carrier);
    carrier.session = this.#session(carrier, PROTOCOLS[streaming ? 'xhr_streaming' : 'xhr']);
    return carrier;
  }

  async #send({ id }: SessionPath, exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const unknown = (): void => sendRefusal(exchange, 404, 'Not found: no such session');
    if (this.#carriers.get(id)?.open !== true) return unknown();
    const body = await readSendBody(request, this.context.parts.limits.maxMessageBytes);
    if (body === undefined) return;
    if ('refuse' in body) return sendRefusal(exchange, body.refuse, body.text);
    // The session may have ended while the body was on the way.
    const carrier = this.#carriers.get(id);
    if (carrier?.open !== true) return unknown();
    carrier.receive(body.texts);
    response.writeHead(204, { 'Content-Type': 'text/plain; charset=UTF-8' }).end();
  }

  #accept(carrier: Carrier): void {
    const { channels } = this.context;
    this.#overWebSocket ??= pushyEncoder(sockJsEncoder(carrier.encoder), channels.nameOf);
    const webSocket = new SockJsWebSocket(carrier, this.#overWebSocket, this.#carriers.budget);
    const session = this.#session(webSocket, 'websocket');
    this.#webSockets.set(webSocket, this.#heartbeatTicks);
    webSocket.session = {
      text: (text) => session.text(text),
      binary: () => session.binary(),
      slow: (unsentBytes) => session.slow(unsentBytes),
      drained: () => session.drained(),
      closed: (code, reason) => {
        this.#webSockets.delete(webSocket);
        session.closed(code, reason);
      },
    };
  }

  #session(carrier: Carrier, protocol: PushyConnection['protocol']): PushySession {
    const session = new PushySession(this.context, this.#handles, carrier, protocol);
    this.#own.add(session.socket);
    return session;
  }

  #timesOf({ encoder }: Pick<CarrierOptions, 'encoder'>): CarrierOptions {
    const { heartbeat_delay: heartbeatMs, disconnect_delay: expiryMs } =
      this.context.options.sockjs;
    this.#heartbeatTicks = ticks(heartbeatMs);
    return {
      encoder,
      expiryTicks: ticks(expiryMs),
      heartbeatTicks: this.#heartbeatTicks,
      // A client that listens over a stream sends nothing by itself.
      maxSilentTicks: Infinity,
      interrupted: INTERRUPTED,
    };
  }

  #tick(): void {
    for (const [webSocket, left] of this.#webSockets) {
      if (left <= 1) webSocket.heartbeat();
      this.#webSockets.set(webSocket, left <= 1 ? this.#heartbeatTicks : left - 1);
    }
  }

  get #servesWebSockets(): boolean {
    return this.context.options.sockjs.websocket;
  }

  /** Undefined when the path is not below the prefix. */
  #sessionPath(path: string): SessionPath | 'unknown' | undefined {
    const { app, options } = this.context;
    const { prefix } = options.sockjs;
    if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined;
    const [, server, session, transport] = SESSION.exec(path.slice(prefix.length)) ?? [];
    if (server === undefined || session === undefined) return 'unknown';
    const id = `pushy/${app.id}/${server}/${session}`;
    return { id, transport: transport as SessionPath['transport'] };
  }
}

function ticks(delayMs: number): number {
  return Math.max(1, Math.round(delayMs / SECOND_MS));
}
