import { Agent, request } from 'node:http';
import type { Test } from 'tap';
import { type Params, bodyMd5, signRequest } from '../../lib/pusher/request-signature';
import { SECRET } from './start-gateway';

export interface ApiAnswer {
  status: number;
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

export interface ApiRequest {
  method?: string;
  /** Below `/apps/1`, unless it is whole. */
  path: string;
  query?: Params;
  /** Objects are sent as JSON. */
  body?: object | string | Buffer;
  headers?: Record<string, string>;
  /** Seconds since 1970; now when absent. */
  timestamp?: number;
  key?: string;
  secret?: string;
  /** The query as it is, in place of a signed one. */
  rawQuery?: string;
}

/** The server of an app, which signs its requests itself; POST when there is a body. */
export class ApiClient {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(t: Pick<Test, 'teardown'>, { port }: { port: number }) {
    this.#port = port;
    t.teardown(() => this.#agent.destroy());
  }

  post(
    path: string,
    body: object | string | Buffer = '',
    more?: Partial<ApiRequest>,
  ): Promise<ApiAnswer> {
    return this.send({ method: 'POST', path, body, ...more });
  }

  get(path: string, query: Record<string, string> = {}): Promise<ApiAnswer> {
    return this.send({ method: 'GET', path, query: Object.entries(query) });
  }

  send({ headers = {}, ...rest }: ApiRequest): Promise<ApiAnswer> {
    const { method, target, body } = signedRequest(rest);
    return new Promise((resolve, reject) => {
      const length = body.length === 0 ? {} : { 'Content-Length': String(body.length) };
      const asked = request({
        host: '127.0.0.1',
        port: this.#port,
        method,
        path: target,
        agent: this.#agent,
        headers: { ...length, ...headers },
      });
      asked.on('error', reject);
      asked.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            headers: response.headers,
          }),
        );
      });
      asked.end(body);
    });
  }
}

/** The request as it goes on the wire. */
export function signedRequest({
  path,
  method = 'GET',
  query = [],
  body: given = '',
  timestamp = Math.floor(Date.now() / 1000),
  key = 'key',
  secret = SECRET,
  rawQuery,
}: Omit<ApiRequest, 'headers'>): { method: string; target: string; body: Buffer } {
  const isBytes = typeof given === 'string' || Buffer.isBuffer(given);
  const body = Buffer.from(isBytes ? given : JSON.stringify(given));
  const whole = path.startsWith('/apps') ? path : `/apps/1${path}`;
  const md5 = body.length === 0 ? undefined : bodyMd5(body);
  const signed = signRequest({
    method,
    path: whole,
    query,
    key,
    secret,
    timestamp,
    bodyMd5: md5,
  });
  return { method, target: `${whole}?${rawQuery ?? signed}`, body };
}

/** The bytes of a request, for raw sockets. */
export function rawRequest(given: ApiRequest): string {
  const { method, target, body } = signedRequest(given);
  const head = [`${method} ${target} HTTP/1.1`, 'Host: x', `Content-Length: ${body.length}`];
  for (const [name, value] of Object.entries(given.headers ?? {})) head.push(`${name}: ${value}`);
  return `${head.join('\r\n')}\r\n\r\n${body.toString()}`;
}
