import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Pusher from 'pusher';
import type { Test } from 'tap';
import type { ManualClock } from './manual-clock';
import { SECRET } from './start-gateway';
import type { Certificate } from './tls';
import { until } from './until';

/** A webhook as it came; `valid` is the verdict of the unmodified SDK. */
export interface Webhook {
  body: string;
  headers: IncomingMessage['headers'];
  valid: boolean;
  events: object[];
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** An HTTP server, with TLS if it has a certificate, on a free port of 127.0.0.1 that takes webhooks, and closes when the test ends. */
export class WebhookEndpoint {
  /** Webhooks that came, answered or not. */
  readonly webhooks: Webhook[] = [];
  connections = 0;
  /** The answer to requests; 200 unless changed. */
  answer: Answer = (response) => response.end();
  readonly url: string;

  private constructor(url: string) {
    this.url = url;
  }

  static async start(t: Pick<Test, 'teardown'>, tls?: Certificate): Promise<WebhookEndpoint> {
    const sdk = new Pusher({ appId: '1', key: 'key', secret: SECRET, host: '127.0.0.1' });
    const take = (request: IncomingMessage, response: ServerResponse): void => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const { headers } = request;
        const webhook = sdk.webhook({ headers, rawBody: body });
        const valid = webhook.isValid();
        endpoint.webhooks.push({ body, headers, valid, events: valid ? webhook.getEvents() : [] });
        endpoint.answer(response, request);
      });
    };
    const server = tls === undefined ? createServer(take) : createTlsServer(tls, take);
    server.on('connection', () => endpoint.connections++);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const scheme = tls === undefined ? 'http' : 'https';
    const endpoint = new WebhookEndpoint(`${scheme}://127.0.0.1:${port}/hook`);
    return endpoint;
  }

  /** All events that came, in the order of their requests. */
  get events(): object[] {
    return this.webhooks.flatMap(({ events }) => events);
  }

  /** Waits, without turning the clock, until so many webhooks came. */
  async received(count: number, clock: ManualClock): Promise<Webhook[]> {
    await until(() => this.webhooks.length >= count, clock);
    return this.webhooks;
  }
}
