import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { type AddressInfo, Server as NetServer, type Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ROOMY } from '../../stream/memory-watch';
import type { Answer } from '../http/answer';
import { attachTo, type OwnServer } from '../http/attached-server';
import type { TurnBudget } from '../core/timing/turn-budget';
import type { ClientAddress } from '../http/client-address';
import { SpareConnections } from '../http/spare-connections';
import { isHeadForgotten, UnansweredRequests } from '../http/unanswered-requests';
import { AddressCounts } from './address-counts';
import { Connection } from './connection';
import { MAX_HEADERS } from './http-connection';
import { HttpConnections } from './http-connections';
import { Intake } from './intake';
import type { KeepAlive } from './keep-alive';
import { isShared, listen, queueTaken, serverOptions, timesOf } from './listen';
import type { Handlers, ListenOptions, ListenParts, Place, PortParts } from './listen';
import {
  answerAndEnd,
  end,
  faultOf,
  hangUp,
  TOO_MANY_HEADERS,
  TOO_MANY_PIECES,
  TOO_MANY_WAITING,
  unavailable,
  unreadable,
} from './refuse';
import { TlsConnections, tlsServer } from './tls-server';
import { flatHeaders, isWebSocket, putBack, WebSocketServers } from './upgrades';

/** Told to connections and requests near the end of memory. */
const NO_MEMORY = 'Over capacity: no memory is left';
/** Connections beyond the limit, or near the end of memory, that are told so; further ones are closed at once. */
const SPARE = 100;
/** Units of the budget that an upgrade costs, as much as so many messages. */
const UPGRADE_UNITS = 32;
/** WebSocket frames are read in pieces of at least so many bytes at most. */
const MIN_PIECE_BYTES = 4 * 1024;

/** The gateway's ports: plain, and TLS beside it. Turns upgrades into connections. */
export class PortListener {
  #options: ListenOptions;
  readonly #handlers: Handlers;
  readonly #keepAlive: KeepAlive;
  readonly #budget: TurnBudget;
  readonly #parts: ListenParts;
  #clients: ClientAddress;
  readonly #http: HttpConnections;
  readonly #unanswered: UnansweredRequests;
  readonly #spare: SpareConnections;
  readonly #servers: Server[] = [];
  #secure: TlsServer | undefined;
  readonly #tlsConnections: TlsConnections;
  /** Remembered: a server that has stopped has no address. */
  #port: number | undefined;
  #tlsPort: number | undefined;
  #morePorts: readonly number[] = [];
  /** A server of the program's own in place of the ports, and the end of it. */
  #attached:
    | { server: OwnServer; begin: () => () => void; end: (() => void) | undefined }
    | undefined;
  readonly #webSockets: WebSocketServers;
  /** Open connections of each remote address, when they are limited. */
  #addresses: AddressCounts | undefined;
  #accepting = false;
  /** No connection is kept open behind its answer. */
  #isLeaving = false;

  constructor(options: ListenOptions, handlers: Handlers, parts: PortParts) {
    this.#options = options;
    this.#handlers = handlers;
    this.#keepAlive = parts.keepAlive;
    this.#budget = parts.budget;
    this.#parts = parts;
    this.#clients = parts.clients;
    this.#http = new HttpConnections(parts.budget, parts.clock, (stream, why) =>
      this.#refuse(stream, why === 'pieces' ? TOO_MANY_PIECES : TOO_MANY_WAITING),
    );
    this.#unanswered = new UnansweredRequests(parts.requests, (socket) => {
      this.#refuse(socket, unavailable(NO_MEMORY, 10));
      this.#http.refused(socket);
    });
    this.#spare = new SpareConnections(parts.overload.memory, SPARE);
    this.#tlsConnections = new TlsConnections(this.#spare);
    this.#webSockets = new WebSocketServers(parts.clock);
    this.#countAddresses();
    parts.overload.each(() => this.#tick());
  }

  /** Port of the plain server, of the TLS server when there is one, and further plain ones; before the start, the port asked for. */
  get ports(): { port: number; tlsPort: number | undefined; morePorts: readonly number[] } {
    const { port, tls } = this.#options;
    const [tlsPort, asked] = [this.#tlsPort, tls?.only === true ? tls.port : port];
    const own = this.#attached?.server.address();
    if (typeof own === 'object' && own !== null) this.#port = own.port;
    return { port: this.#port ?? tlsPort ?? asked, tlsPort, morePorts: this.#morePorts };
  }

  /** Other limits, certificates and proxies hold from now on. */
  change(options: ListenOptions, clients: ClientAddress): void {
    this.#options = options;
    this.#clients = clients;
    this.#countAddresses();
    const { cert, key } = options.tls ?? {};
    this.#secure?.setSecureContext({ cert, key });
  }

  /** Serves below a prefix of a server of the program's own, and opens no ports. `more` are further first segments, for no prefix. */
  attach(server: OwnServer, prefix: string, more: readonly string[]): void {
    const gone = (): Answer => unavailable('Going away', 1);
    const begin = (): (() => void) =>
      attachTo(
        server,
        { prefix, more },
        {
          request: (request, response) =>
            this.#accepting ? this.#received(request, response) : answerAndEnd(response, gone()),
          upgrade: (request, stream, head) =>
            this.#asked(request, stream, head, () => stream.destroy()),
        },
      );
    this.#attached = { server, begin, end: begin() };
  }

  /** Opens the ports. When it rejects, some may be open: `stop` closes them. */
  async start(): Promise<void> {
    this.#accepting = true;
    if (this.#attached !== undefined) {
      // A start that failed has given its part back.
      this.#attached.end ??= this.#attached.begin();
      return;
    }
    const { host, port, fd, reusePort, portWaitMs: waitMs, tls, morePorts } = this.#options;
    const shared = { host, reusePort, waitMs };
    const options = serverOptions(this.#options);
    const secure = tls && tlsServer(tls, options);
    this.#secure = secure;
    secure?.on('connection', (socket: NetSocket) => {
      const { maxConnections: most, maxConnectionsPerAddress: ofAddress } = this.#options;
      const isProxy = this.#clients.isProxy(socket.remoteAddress ?? '');
      const isCounted = this.#addresses !== undefined && !isProxy;
      this.#tlsConnections.add(socket, most + SPARE, isCounted ? ofAddress + SPARE : Infinity);
    });
    this.#servers.length = 0;
    this.#morePorts = [];
    if (tls?.only !== true) {
      const place = { option: fd === undefined ? 'port' : 'fd', port, fd, ...shared };
      this.#port = await this.#listen(createServer(options), place);
    }
    for (const each of morePorts) {
      const place = { option: 'pushy.port', port: each, ...shared };
      const listening = await this.#listen(createServer(options), place);
      this.#morePorts = [...this.#morePorts, listening];
    }
    if (tls === undefined || secure === undefined) return;
    const option = tls.fd === undefined ? 'tls.port' : 'tls.fd';
    const place = { option, port: tls.port, fd: tls.fd, ...shared };
    this.#tlsPort = await this.#listen(secure, place);
  }

  /**
   * Leaves new connections to the process that shares the port, or that its socket is passed on to; false when there is
   * none. Connections that are open stay, idle ones of HTTP too: a request may be on its way.
   */
  async handOver(): Promise<boolean> {
    const { fd, reusePort, tls } = this.#options;
    const isPassedOn = (tls?.only === true ? tls.fd : fd) !== undefined;
    if (!isPassedOn && !(reusePort && isShared(this.ports.port))) return false;
    await queueTaken(this.#servers, this.#parts.clock);
    for (const server of this.#servers) NetServer.prototype.close.call(server);
    return true;
  }

  /** Every answer is the last one of its connection from now on: a request behind it would meet a closed port. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Refuses new connections; open ones stay. */
  stopAccepting(): void {
    this.#accepting = false;
    this.leave();
    for (const server of this.#servers) server.close();
  }

  /** Closes the ports and every HTTP connection that is left. WebSockets must be closed before. */
  async stop(): Promise<void> {
    this.#accepting = false;
    this.#attached?.end?.();
    if (this.#attached !== undefined) this.#attached.end = undefined;
    const closed = this.#servers.map(
      (server) => new Promise<void>((done) => server.close(() => done())),
    );
    for (const server of this.#servers) server.closeAllConnections();
    // A connection in the middle of its TLS handshake is no HTTP connection yet, and would keep the port.
    this.#tlsConnections.destroy();
    await Promise.all(closed);
  }

  /** Addresses are counted from the time when they are limited. */
  #countAddresses(): void {
    const { maxConnections, maxConnectionsPerAddress } = this.#options;
    if (maxConnectionsPerAddress < maxConnections) this.#addresses ??= new AddressCounts();
  }

  async #listen(server: Server, place: Place): Promise<number> {
    const connection = server === this.#secure ? 'secureConnection' : 'connection';
    // Node's own listener, which gives a connection its parser.
    const parse = server.listeners(connection)[0] as (stream: Duplex) => void;
    server.on(connection, (stream: NetSocket) => this.#connected(stream));
    server.on('request', (request, response) => this.#received(request, response));
    server.on('checkExpectation', (request, response) => this.#received(request, response));
    server.on('upgrade', (request, stream, head) =>
      this.#asked(request, stream, head, () => {
        putBack(request, stream, head);
        parse.call(server, stream);
      }),
    );
    server.on('clientError', (error: NodeJS.ErrnoException, stream) =>
      this.#refuse(stream, unreadable(error)),
    );
    server.on('tlsClientError', (error: Error, stream: Duplex) => {
      this.#keepAlive.peerFailed(error);
      stream.destroy();
    });
    // Node drops headers beyond it silently, after a batch of them that is enough to count.
    server.maxHeadersCount = MAX_HEADERS + 1;
    // Before it listens, so that a failed start frees it too.
    this.#servers.push(server);
    await listen(server, place, this.#parts);
    server.on('error', (error) => this.#keepAlive.failed(error));
    return (server.address() as AddressInfo).port;
  }

  /** @param other called when no WebSocket is asked for */
  #asked(request: IncomingMessage, stream: Duplex, head: Buffer, other: () => void): void {
    // A peer may reset while its handshake is looked at; without a listener that would end the process.
    stream.on('error', destroy);
    const http = this.#http.get(stream);
    if (http?.overflows(request) === true) return this.#refuse(stream, TOO_MANY_HEADERS);
    if (!this.#unanswered.addUpgrade(request)) return;
    http?.upgrades();
    // Thousands come at once after a restart: a few in each turn, so that the others are served meanwhile.
    this.#budget.begin(() => {
      this.#budget.spend(UPGRADE_UNITS);
      this.#unanswered.asked(request.socket);
      try {
        if (isWebSocket(request)) this.#upgrade(request, stream, head);
        else if (!stream.destroyed) other();
      } catch (error) {
        this.#keepAlive.failed(error);
        stream.destroy();
      }
      return false;
    });
  }

  #connected(stream: NetSocket): void {
    const { maxConnections, maxConnectionsPerAddress } = this.#options;
    const isRoomy = this.#spare.admits(stream);
    if (this.#http.surplus >= (isRoomy ? maxConnections : 0) + SPARE) return void stream.destroy();
    const open = this.#http.size + this.#keepAlive.size;
    const { remoteAddress = '' } = stream;
    const ofAddress = this.#addresses?.of(remoteAddress) ?? 0;
    const surplus = !isRoomy
      ? NO_MEMORY
      : open >= maxConnections
        ? 'Over capacity'
        : ofAddress >= maxConnectionsPerAddress
          ? 'Too many connections of your address'
          : undefined;
    this.#http.add(stream, surplus, this.#spare.has(stream));
    this.#unanswered.watch(stream);
    // Behind a proxy each client counts by its own address, once it is known.
    if (this.#addresses === undefined || this.#clients.isProxy(remoteAddress)) return;
    this.#addresses.add(stream, remoteAddress);
  }

  #received(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#unanswered.add(request, response)) return;
    const connection = this.#http.get(request.socket);
    if (connection?.overflows(request) === true) {
      return this.#refuse(request.socket, TOO_MANY_HEADERS);
    }
    const fault = faultOf(request);
    const run = (): void =>
      fault
        ? this.#wrong(request, response, fault)
        : this.#request(request, response, connection?.surplus);
    // A connection of a server that is not the gateway's.
    if (connection === undefined) return run();
    if (!connection.requested(request, run, response)) {
      // Behind the answers given so far: to the client it is that of the first request that waits.
      this.#refuse(request.socket, TOO_MANY_WAITING);
    }
  }

  #wrong(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    this.#handlers.refused(answer, this.#clientOf(request));
    answerAndEnd(response, answer);
  }

  /** Health checks are answered however many connections there are. */
  #request(request: IncomingMessage, response: ServerResponse, surplus: string | undefined): void {
    if (this.#isLeaving || this.#spare.has(request.socket)) response.shouldKeepAlive = false;
    if (surplus !== undefined) {
      response.shouldKeepAlive = false;
      if (!this.#handlers.answersWhenFull(request.url ?? '/')) {
        return this.#wrong(request, response, unavailable(surplus, 10));
      }
    }
    this.#handlers.request(request, response, this.#clientOf(request));
    if (isHeadForgotten(request)) this.#spare.release(request.socket);
  }

  /** Refuses bytes that are no request, or a request that came too late, and ends the connection. */
  #refuse(stream: Duplex, answer: Answer, remoteAddress?: string): void {
    if (stream.destroyed || !stream.writable) return;
    const { remoteAddress: peer = '' } = stream as NetSocket;
    this.#handlers.refused(answer, remoteAddress ?? peer);
    end(stream, answer);
  }

  /** Refuses an upgrade for now: the peer is to come back. */
  #refuseForNow(request: IncomingMessage, stream: Duplex, answer: Answer): void {
    const remoteAddress = this.#clientOf(request);
    if (!this.#handlers.takesAnswersForFinal(request.url ?? '/')) {
      return this.#refuse(stream, answer, remoteAddress);
    }
    this.#handlers.refused(answer, remoteAddress);
    hangUp(stream);
  }

  #clientOf({ socket, headers }: IncomingMessage): string {
    return this.#clients.of(socket.remoteAddress, headers['x-forwarded-for'] as string | undefined);
  }

  #tick(): void {
    this.#http.tick(timesOf(this.#options, this.#spare.memory), (stream, fault) => {
      if (fault === 'late') return this.#refuse(stream, { status: 408, body: 'Request timeout\n' });
      this.#keepAlive.cut();
      stream.destroy();
    });
    if (this.#spare.memory.isNear) for (const stream of this.#http.idle()) hangUp(stream);
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (stream.destroyed) return;
    const http = this.#http.get(stream);
    // Answers that are due would be mixed with frames.
    if (http?.isAnswering === true) return void stream.destroy();
    this.#http.take(stream);
    const notNow = (why: string, retryAfterS: number): void =>
      this.#refuseForNow(request, stream, unavailable(why, retryAfterS));
    if (!this.#accepting) return notNow('Going away', 1);
    if (http?.surplus !== undefined) return notNow(http.surplus, 10);
    if (this.#keepAlive.size >= this.#options.maxConnections) return notNow('Over capacity', 10);
    const remoteAddress = this.#clientOf(request);
    const shared = remoteAddress !== (request.socket.remoteAddress ?? '');
    const ofAddress = shared ? (this.#addresses?.of(remoteAddress) ?? 0) : 0;
    if (ofAddress >= this.#options.maxConnectionsPerAddress) {
      return notNow('Too many connections of your address', 10);
    }
    const decision = this.#handlers.upgrade(request.url ?? '/', {
      remoteAddress,
      headers: flatHeaders(request),
    });
    if ('refuse' in decision) {
      const { refuse: status, body, headers = {}, unanswered = false } = decision;
      if (unanswered) return hangUp(stream);
      return end(stream, { status, body, headers });
    }
    const { maxPayloadBytes, slowCode, isBackend, accept } = decision;
    const memory = isBackend === true ? ROOMY : this.#spare.memory;
    const maxPieceBytes = Math.max(MIN_PIECE_BYTES, maxPayloadBytes / 16);
    this.#webSockets.open({ request, stream, head }, decision, (ws) => {
      this.#spare.release(stream);
      const connection = new Connection(ws, stream, this.#keepAlive, {
        ...{ slowCode, isBackend, remoteAddress, maxPayloadBytes },
        intake: new Intake(stream, this.#budget, maxPieceBytes, memory, this.#keepAlive.traffic),
      });
      this.#keepAlive.add(connection);
      if (this.#addresses !== undefined && shared) {
        this.#addresses.add(stream, remoteAddress);
      }
      accept(connection);
    });
  }
}

function destroy(this: Duplex): void {
  this.destroy();
}
