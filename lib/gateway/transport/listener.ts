import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { UpgradeDecision, UpgradeRequest } from '../core/fanout/carrier';
import type { Target } from '../http/target';
import { type Answer, answerText } from '../http/answer';
import { Connection } from './connection';
import type { KeepAlive } from './keep-alive';
import { listen } from './listen';

export interface ListenOptions {
  host: string;
  port: number;
  tls?: { port: number; cert: string | Buffer; key: string | Buffer; only: boolean } | undefined;
  /** Further plain ports. */
  morePorts: readonly number[];
  maxConnections: number;
  /** Connections of one remote address. Counted only when the limit is below `maxConnections`. */
  maxConnectionsPerAddress: number;
  headersTimeoutMs: number;
  requestTimeoutMs: number;
}

export interface Handlers {
  request(request: IncomingMessage, response: ServerResponse): void;
  /** Decides on an upgrade; `target` is the one of the request line. */
  upgrade(target: string, request: Omit<UpgradeRequest, keyof Target>): UpgradeDecision;
}

/** Small headers: nothing the gateway serves needs more. */
const HTTP_OPTIONS = {
  maxHeaderSize: 8 * 1024,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 65_000,
  noDelay: true,
};

/** HTTP statuses of what the parser or its deadlines refuse; anything else is a 400. */
const CLIENT_ERRORS: ReadonlyMap<string, number> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_HEADER_OVERFLOW', 431],
]);

/** A handful of fragments is what real clients send; each costs memory whatever its size. */
const WEB_SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxFragments: 16,
  maxBufferedChunks: 1024,
  closeTimeout: 5_000,
  // The connection answers pings, within bounds.
  autoPong: false,
  // The subprotocol is chosen before the upgrade.
  handleProtocols: (): false => false,
};

/** The gateway's ports: plain, and TLS beside it. Turns upgrades into connections. */
export class PortListener {
  readonly #options: ListenOptions;
  readonly #handlers: Handlers;
  readonly #keepAlive: KeepAlive;
  readonly #servers: Server[] = [];
  readonly #tlsSockets = new Set<NetSocket>();
  /** Remembered: a server that has stopped has no address. */
  #port: number | undefined;
  #tlsPort: number | undefined;
  #morePorts: readonly number[] = [];
  /** Servers of `ws` by their limit of message sizes. */
  readonly #webSockets = new Map<number, WebSocketServer>();
  /** Open connections of each remote address, when they are limited. */
  readonly #addresses: Map<string, number> | undefined;
  #accepting = false;

  constructor(options: ListenOptions, handlers: Handlers, keepAlive: KeepAlive) {
    this.#options = options;
    this.#handlers = handlers;
    this.#keepAlive = keepAlive;
    if (options.maxConnectionsPerAddress < options.maxConnections) this.#addresses = new Map();
  }

  /** Port of the plain server, of the TLS server when there is one, and further plain ones. */
  get ports(): { port: number; tlsPort: number | undefined; morePorts: readonly number[] } {
    const [port, tlsPort] = [this.#port, this.#tlsPort];
    return { port: (port ?? tlsPort) as number, tlsPort, morePorts: this.#morePorts };
  }

  async start(): Promise<void> {
    this.#accepting = true;
    const { host, port, tls, morePorts, headersTimeoutMs, requestTimeoutMs } = this.#options;
    // Node wants the first to be within the second.
    const headersTimeout = Math.min(headersTimeoutMs, requestTimeoutMs);
    const options = { ...HTTP_OPTIONS, headersTimeout, requestTimeout: requestTimeoutMs };
    if (tls?.only !== true) this.#port = await this.#listen(createServer(options), host, port);
    for (const each of morePorts) {
      const listening = await this.#listen(createServer(options), host, each);
      this.#morePorts = [...this.#morePorts, listening];
    }
    if (tls !== undefined) {
      const { cert, key } = tls;
      const server = createTlsServer({ ...options, cert, key });
      server.on('connection', (socket: NetSocket) => {
        this.#tlsSockets.add(socket);
        socket.on('close', () => this.#tlsSockets.delete(socket));
      });
      this.#tlsPort = await this.#listen(server, host, tls.port);
    }
  }

  /** Refuses new connections; open ones stay. */
  stopAccepting(): void {
    this.#accepting = false;
    for (const server of this.#servers) server.close();
  }

  /** Closes the ports and every HTTP connection that is left. WebSockets must be closed before. */
  async stop(): Promise<void> {
    this.#accepting = false;
    const closed = this.#servers.map(
      (server) => new Promise<void>((done) => server.close(() => done())),
    );
    for (const server of this.#servers) server.closeAllConnections();
    // A connection in the middle of its TLS handshake is no HTTP connection yet, and would keep the port.
    for (const socket of this.#tlsSockets) socket.destroy();
    await Promise.all(closed);
  }

  async #listen(server: Server, host: string, port: number): Promise<number> {
    server.on('request', (request, response) => this.#handlers.request(request, response));
    server.on('upgrade', (request, stream, head) => {
      // A peer may reset while its handshake is looked at; without a listener that would end the process.
      stream.on('error', destroy);
      try {
        this.#upgrade(request, stream, head);
      } catch (error) {
        this.#keepAlive.failed(error);
        stream.destroy();
      }
    });
    server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
      const status = CLIENT_ERRORS.get(error.code ?? '') ?? 400;
      end(stream, { status, body: 'Bad request\n' });
    });
    server.on('tlsClientError', (_error: Error, stream: Duplex) => stream.destroy());
    await listen(server, host, port);
    server.on('error', (error) => this.#keepAlive.failed(error));
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (!this.#accepting) return end(stream, unavailable('Going away', 1));
    if (this.#keepAlive.size >= this.#options.maxConnections) {
      return end(stream, unavailable('Over capacity', 10));
    }
    const { remoteAddress = '' } = request.socket;
    if ((this.#addresses?.get(remoteAddress) ?? 0) >= this.#options.maxConnectionsPerAddress) {
      return end(stream, unavailable('Too many connections of your address', 10));
    }
    const decision = this.#handlers.upgrade(request.url ?? '/', {
      remoteAddress,
      headers: flatHeaders(request),
    });
    if ('refuse' in decision) {
      const { refuse: status, body, headers = {} } = decision;
      return end(stream, { status, body, headers });
    }
    const { maxPayloadBytes, slowCode, subprotocol, headers = {}, accept } = decision;
    const server = this.#webSocketServer(maxPayloadBytes);
    const addHeaders = (lines: string[]): void => {
      if (subprotocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
      for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    };
    server.once('headers', addHeaders);
    // The answer is written, or refused, before this returns.
    server.handleUpgrade(request, stream, head, (ws) => {
      const connection = new Connection(ws, stream, this.#keepAlive, slowCode);
      this.#keepAlive.add(connection);
      if (this.#addresses !== undefined) countAddress(this.#addresses, stream, remoteAddress);
      accept(connection);
    });
    server.off('headers', addHeaders);
  }

  #webSocketServer(maxPayload: number): WebSocketServer {
    let server = this.#webSockets.get(maxPayload);
    if (server === undefined) {
      server = new WebSocketServer({ ...WEB_SOCKET_OPTIONS, maxPayload });
      this.#webSockets.set(maxPayload, server);
    }
    return server;
  }
}

function destroy(this: Duplex): void {
  this.destroy();
}

function countAddress(counts: Map<string, number>, stream: Duplex, address: string): void {
  counts.set(address, (counts.get(address) ?? 0) + 1);
  stream.once('close', () => {
    const left = (counts.get(address) ?? 1) - 1;
    if (left === 0) counts.delete(address);
    else counts.set(address, left);
  });
}

function flatHeaders(request: IncomingMessage): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  return headers;
}

function unavailable(why: string, retryAfterS: number): Answer {
  return { status: 503, body: `${why}\n`, headers: { 'Retry-After': String(retryAfterS) } };
}

/** Answers an upgrade, or bytes that are no HTTP, and ends the connection. */
function end(stream: Duplex, answer: Answer): void {
  if (stream.destroyed || !stream.writable) return;
  stream.end(answerText(answer), () => stream.destroy());
}
