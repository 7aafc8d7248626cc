import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { createTestGateway, type TestGateway } from '../../lib/testing';

export const APP = { appId: '1', key: 'key', secret: 'secret' };

export interface Seen {
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Respond = (response: ServerResponse, seen: Seen, count: number) => void;

/** A server that keeps what it was asked and answers as told; its options for a client. */
export async function server(
  t: Pick<Test, 'teardown'>,
  respond: Respond = (response) => response.end('{}'),
): Promise<{
  seen: Seen[];
  options: typeof APP & { host: string; port: number };
  connections: () => number;
}> {
  const seen: Seen[] = [];
  let connections = 0;
  const http = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const one = { path: (request.url ?? '').replace(/\?.*/, ''), headers: request.headers, body };
      respond(response, one, seen.push(one));
    });
  });
  http.on('connection', () => (connections += 1));
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  t.teardown(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  return { seen, options: { ...APP, host: '127.0.0.1', port }, connections: () => connections };
}

export async function gatewayOf(t: Pick<Test, 'teardown'>): Promise<TestGateway> {
  const app = { id: '1', key: 'key', secret: 'secret', subscriptionCount: true };
  const gateway = await createTestGateway({ apps: [app] });
  t.teardown(() => gateway.close());
  return gateway;
}
