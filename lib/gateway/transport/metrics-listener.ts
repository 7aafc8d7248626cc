import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { processMetrics } from '../core/process-metrics';
import { listen } from './listen';

/** `/metrics` on a port of its own, so that the public port never shows it: those of the gateway and of its process. */
export class MetricsListener {
  readonly #address: { host: string; port: number };
  readonly #server: Server;

  constructor(address: { host: string; port: number }, gateway: Registry) {
    const registry = Registry.merge([gateway, processMetrics()]);
    this.#address = address;
    this.#server = createServer({ maxHeaderSize: 8192 }, (request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404).end('Not found: metrics are at /metrics\n');
        return;
      }
      registry.metrics().then(
        (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
  }

  /** Undefined while it does not listen. */
  get port(): number | undefined {
    return (this.#server.address() as AddressInfo | null)?.port;
  }

  start(): Promise<void> {
    return listen(this.#server, this.#address.host, this.#address.port);
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.#server.closeAllConnections();
    await closed;
  }
}
