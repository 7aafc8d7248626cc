/** A request, signed and ready to be sent. */
export interface ApiRequest {
  /** `GET` or `POST`. */
  readonly method: string;
  /** The whole URL, with its signature. */
  readonly url: string;
  /** Headers by name. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; undefined for a GET. */
  readonly body: string | undefined;
}

/** Headers as `fetch` gives them: names in any case. */
export interface ResponseHeaders {
  /** The value of a header; null without one. */
  get(name: string): string | null;
  /** True when there is such a header. */
  has(name: string): boolean;
  /** Calls back for each header. */
  forEach(each: (value: string, name: string) => void): void;
}

export interface TransportAnswer {
  status: number;
  /** Makes the headers when they are asked for, which is rare. */
  headers: () => ResponseHeaders;
  body: string;
}

/** A way to send a request and hear its answer. A failure rejects with whatever the platform says. */
export interface Transport {
  /** `timeoutMs` is for all of it; 0 means no limit. Rejects with an AbortError when the time is up. */
  send(request: ApiRequest, timeoutMs: number): Promise<TransportAnswer>;
}

/** Options of a client that concern its transport. */
export interface TransportOptions {
  origin: string;
  keepAlive: boolean;
  maxConnections: number;
  proxy: string | undefined;
  agent: object | undefined;
}

/** The platform's AbortSignal, where its types are known: declarations of this package need neither DOM nor Node. */
type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } }
  ? Known
  : unknown;

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    signal?: Signal;
  },
) => Promise<{
  /** HTTP status. */
  status: number;
  /** Headers of the answer. */
  headers: ResponseHeaders;
  /** The text of the answer. */
  text(): Promise<string>;
}>;

/** Longer answers are given up: the longest, a list of all channels, has some 50 bytes a channel. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** The error of an attempt whose time is up, by the name that `fetch` gives it. */
export function timedOut(timeoutMs: number): Error {
  const error = new Error(`no answer within ${timeoutMs} ms`);
  error.name = 'AbortError';
  return error;
}

export function tooLong(): Error {
  return new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
}
