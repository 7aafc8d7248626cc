import { createServer, type Server } from 'node:http';
import { Pusher } from 'standpipe/http';

/** An event of a webhook; its fields depend on `name`. */
export interface WebhookEvent {
  name: string;
  channel: string;
  user_id?: string;
  event?: string;
  data?: string;
  socket_id?: string;
  subscription_count?: number;
}

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * An HTTP server that takes webhooks. The SDK checks that they come from the gateway: it signs the bytes
 * of the body, so these have to reach the check as they came.
 */
export function createReceiver(
  credentials: { appId: string; key: string; secret: string },
  onEvent: (event: WebhookEvent, time: Date) => void,
): Server {
  const sdk = new Pusher({ ...credentials, host: '127.0.0.1' });
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      const rawBody = Buffer.concat(chunks).toString();
      const webhook = sdk.webhook({ headers: request.headers, rawBody });
      if (!webhook.isValid()) {
        response.writeHead(401).end();
        return;
      }
      // A webhook not answered with 2xx within 5 s comes again, so the answer goes first and the work follows.
      response.end();
      for (const event of webhook.getEvents() as WebhookEvent[]) onEvent(event, webhook.getTime());
    });
  });
}
