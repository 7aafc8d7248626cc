import { createServer, type Server } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { safeEqual } from '../../pusher/digests';
import { openMetrics, prefersOpenMetrics } from '../core/exposition/open-metrics';
import { processMetrics } from '../core/exposition/process-metrics';
import { isLoopback } from '../options/address-guard';
import { listen, type ListenParts, type Place } from './listen';

/** Options `metrics` of a gateway. */
export interface MetricsOptions {
  host: string;
  port: number;
  /** Token that a scrape must carry (RFC 6750, section 2.1); none unless given. */
  token?: string | undefined;
}

/**
 * `/metrics` on a port of its own, so that the public port never shows it: metrics of the gateway and of its process.
 */
export class MetricsListener {
  readonly #address: Omit<Place, 'option'>;
  readonly #parts: ListenParts;
  readonly #server: Server;

  constructor(
    { token, ...address }: MetricsOptions & Omit<Place, 'option'>,
    gateway: Registry,
    parts: ListenParts,
  ) {
    const text = Registry.merge([gateway, processMetrics()]);
    const open = openMetrics(text);
    this.#address = address;
    this.#parts = parts;
    this.#server = createServer({ maxHeaderSize: 8192 }, (request, response) => {
      if (!this.#isOwnName(request.headers.host)) {
        response.writeHead(403).end('Forbidden: unknown Host\n');
        return;
      }
      if (token !== undefined && !bears(token, request.headers.authorization)) {
        const headers = { 'WWW-Authenticate': 'Bearer' };
        response.writeHead(401, headers).end('Unauthorized: send Authorization: Bearer <token>\n');
        return;
      }
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404).end('Not found: metrics are at /metrics\n');
        return;
      }
      const registry = prefersOpenMetrics(request.headers.accept) ? open : text;
      registry.metrics().then(
        (body) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(body),
        () => response.writeHead(500).end(),
      );
    });
  }

  /** Undefined while it does not listen. */
  get port(): number | undefined {
    return (this.#server.address() as AddressInfo | null)?.port;
  }

  /** When it rejects, the port may be open: `stop` closes it. */
  start(): Promise<void> {
    return listen(this.#server, { option: 'metrics.port', ...this.#address }, this.#parts);
  }

  /** On a loopback address a name that was made to resolve to it belongs to a page of a browser (DNS rebinding). */
  #isOwnName(header = ''): boolean {
    if (!isLoopback(this.#address.host)) return true;
    const name = header.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
    return name === 'localhost' || isIP(name) !== 0 || name === this.#address.host;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** The scheme is compared without case (RFC 9110, section 11.1). */
function bears(token: string, header = ''): boolean {
  const given = /^bearer +(\S+) *$/i.exec(header)?.[1];
  return given !== undefined && safeEqual(given, token);
}
