import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ConsoleOptions } from './options/console';
import { Console, type ConsoleParts } from './protocols/console/console';
import { listen, type ListenParts, type Place } from './transport/listen';
import { tlsServer } from './transport/tls-server';

/** Bytes of the token that is made at the start where none is configured. */
const TOKEN_BYTES = 24;
const MAX_CONNECTIONS = 200;
const SERVER = { maxHeaderSize: 8192, headersTimeout: 5_000, requestTimeout: 10_000 };

/** Files of the built page, by the same path from the built gateway and from its source. */
const PAGE_FOLDER = join(__dirname, '../../dist/console');

/** The console on a port of its own, so that the public port never shows it. */
export class ConsoleListener {
  readonly #options: ConsoleOptions;
  readonly #place: Place;
  readonly #parts: ListenParts;
  readonly #server: Server;
  readonly #console: Console;
  /** Token that was made here: the address shows it to the one who has started the gateway. */
  readonly #ownToken: string | undefined;

  constructor(
    options: ConsoleOptions,
    place: Pick<Place, 'reusePort' | 'waitMs'>,
    sources: ConsoleParts,
    parts: ListenParts,
  ) {
    const { host, port, tls, tokens } = options;
    this.#options = options;
    this.#place = { option: 'console.port', host, port, ...place };
    this.#parts = parts;
    this.#ownToken = tokens.length > 0 ? undefined : randomBytes(TOKEN_BYTES).toString('base64url');
    const local = { name: 'local', role: 'operator', apps: ['*'] } as const;
    const known =
      this.#ownToken === undefined ? tokens : [{ ...local, apps: ['*'], token: this.#ownToken }];
    this.#console = new Console({ ...options, tokens: known }, sources, PAGE_FOLDER);
    const serve: RequestListener = (request, response) => this.#console.request(request, response);
    this.#server = tls === undefined ? createServer(SERVER) : tlsServer(tls, SERVER, 'console.tls');
    this.#server.on('request', serve);
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Address for browsers, with the token that was made at the start behind it; undefined while it does not listen. */
  get url(): string | undefined {
    const { port } = (this.#server.address() as AddressInfo | null) ?? {};
    if (port === undefined) return undefined;
    const { host, tls } = this.#options;
    const name = host.includes(':') ? `[${host}]` : host;
    const fragment = this.#ownToken === undefined ? '' : `#token=${this.#ownToken}`;
    return `${tls === undefined ? 'http' : 'https'}://${name}:${port}/${fragment}`;
  }

  /** People who look now. */
  get watchers(): number {
    return this.#console.watchers;
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
