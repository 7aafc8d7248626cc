import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Test } from 'tap';
import type { Gateway } from '../../lib/gateway/gateway';
import type { StreamLine, StreamRequest } from '../../lib/gateway/protocols/console/api';

/** An answer of the console, as it came. */
export interface Answered<T> {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  body: T;
}

/** The lines of a stream, as they come. */
export interface Lines {
  readonly lines: StreamLine[];
  /** The gateway has ended it, or its connection is lost. */
  readonly hasEnded: boolean;
  /** Pauses reading, so that bytes wait at the gateway. */
  pause(): void;
  resume(): void;
  end(): void;
}

/** Somebody who asks the console of a gateway, without a browser. */
export class ConsoleVisitor {
  readonly #url: URL;
  readonly #token: string | undefined;

  /** @param token the one that the gateway has made at its start unless given; '' for none */
  constructor({ consoleUrl = '' }: Pick<Gateway, 'consoleUrl'>, token?: string) {
    this.#url = new URL(consoleUrl);
    this.#token = token ?? this.#url.hash.replace('#token=', '');
  }

  /** Path of the console before those of its pages; '' on a port of its own. */
  get path(): string {
    return this.#url.pathname.slice(0, -1);
  }

  get origin(): string {
    return this.#url.origin;
  }

  get<T>(path: string, headers: Record<string, string> = {}): Promise<Answered<T>> {
    return this.ask('GET', path, { headers });
  }

  post<T>(path: string, body: unknown = {}): Promise<Answered<T>> {
    const headers = { 'Content-Type': 'application/json' };
    return this.ask('POST', path, { headers, body: JSON.stringify(body) });
  }

  /** Sends just this, with any Host and any path: `fetch` would mend them. */
  ask<T>(
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answered<T>> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          ...{ host: this.#url.hostname, port: this.#url.port, method, path: this.path + path },
          headers: { ...this.#authorization, ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            const { statusCode: status = 0, headers: given } = response;
            const isJson = given['content-type'] === 'application/json';
            resolve({ status, headers: given, text, body: (isJson && JSON.parse(text)) as T });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Opens a stream that ends with the test. */
  stream(t: Pick<Test, 'teardown'>, body: StreamRequest): Promise<Lines> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        new URL(`${this.path}/api/stream`, this.#url),
        {
          method: 'POST',
          headers: { ...this.#authorization, 'Content-Type': 'application/json' },
        },
        (response) => {
          if (response.statusCode !== 200) return reject(new Error(String(response.statusCode)));
          const lines: StreamLine[] = [];
          let rest = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            const parts = (rest + chunk).split('\n');
            rest = parts.pop() ?? '';
            for (const part of parts) lines.push(JSON.parse(part) as StreamLine);
          });
          let hasEnded = false;
          response.on('error', () => undefined);
          response.on('close', () => (hasEnded = true));
          resolve({
            lines,
            get hasEnded() {
              return hasEnded;
            },
            pause: () => void response.pause(),
            resume: () => void response.resume(),
            end: () => void request.destroy(),
          });
        },
      );
      t.teardown(() => request.destroy());
      request.on('error', reject);
      request.end(JSON.stringify(body));
    });
  }

  get #authorization(): Record<string, string> {
    return this.#token === '' ? {} : { Authorization: `Bearer ${this.#token ?? ''}` };
  }
}
