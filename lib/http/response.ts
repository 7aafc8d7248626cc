import type { ApiRequest, ResponseHeaders, TransportAnswer } from './transports/transport';

/**
 * An answer of the HTTP API, read whole. It has what upstream's users read (`status`, `json()`, `text()`), what those of
 * older versions read (`statusCode`, `body`), and the request that it answers.
 */
export class ApiResponse<Answer = unknown> {
  /** HTTP status. */
  readonly status: number;
  /** The text of the answer. */
  readonly body: string;
  /** The request that it answers. */
  readonly request: ApiRequest;
  readonly #headers: () => ResponseHeaders;

  constructor(request: ApiRequest, { status, headers, body }: TransportAnswer) {
    this.status = status;
    this.body = body;
    this.request = request;
    this.#headers = headers;
  }

  /** The name of `status` in older versions. */
  get statusCode(): number {
    return this.status;
  }

  /** True for a status from 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** URL of the request. */
  get url(): string {
    return this.request.url;
  }

  /** Headers of the answer. */
  get headers(): ResponseHeaders {
    return this.#headers();
  }

  /** The text of the answer. */
  text(): Promise<string> {
    return Promise.resolve(this.body);
  }

  /** The answer's JSON. Rejects with a SyntaxError when the body is no JSON. */
  async json(): Promise<Answer> {
    return Promise.resolve(JSON.parse(this.body) as Answer);
  }
}
