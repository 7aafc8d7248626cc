import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientAddress } from './http/client-address';
import type { Console } from './protocols/console/console';
import { listen, type ListenParts, type Place, urlOf } from './transport/listen';
import { tlsServer } from './transport/tls-server';

const MAX_CONNECTIONS = 200;
const SERVER = { maxHeaderSize: 8192, headersTimeout: 5_000, requestTimeout: 10_000 };

/** The console on a port of its own, which strangers do not reach. */
export class ConsoleListener {
  readonly #console: Console;
  readonly #place: Place;
  readonly #parts: ListenParts;
  readonly #server: Server;

  constructor(
    console: Console,
    place: Pick<Place, 'port' | 'reusePort' | 'waitMs'>,
    trustedProxies: readonly string[],
    parts: ListenParts,
  ) {
    const { host, tls } = console.options;
    this.#console = console;
    this.#place = { option: 'console.port', host, ...place };
    this.#parts = parts;
    // All come from one address where a proxy is before it: wrong tokens of one would lock out the others.
    const clients = new ClientAddress(trustedProxies);
    this.#server = tls === undefined ? createServer(SERVER) : tlsServer(tls, SERVER, 'console.tls');
    this.#server.on('request', (request, response) => {
      const { url: target = '/', socket, headers } = request;
      const { 'x-forwarded-for': forwarded } = headers;
      const remoteAddress = clients.of(socket.remoteAddress, forwarded?.toString());
      console.serve({ request, response, target, remoteAddress });
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Address for browsers, with the token that was made at the start behind it; undefined while it does not listen. */
  get url(): string | undefined {
    const { port } = (this.#server.address() as AddressInfo | null) ?? {};
    if (port === undefined) return undefined;
    const { options, ownToken } = this.#console;
    const { host, tls } = options;
    const fragment = ownToken === undefined ? '' : `#token=${ownToken}`;
    return `${urlOf(host, port, tls !== undefined)}/${fragment}`;
  }

  /** When it rejects, the port may be open: `stop` closes it. */
  start(): Promise<void> {
    return listen(this.#server, this.#place, this.#parts);
  }

  async stop(): Promise<void> {
    this.#console.stop();
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.#server.closeAllConnections();
    await closed;
  }
}
