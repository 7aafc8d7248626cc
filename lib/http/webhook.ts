import { isObject, parseJson } from '../pusher/json';
import { type Undecrypted, opened } from './encryption';
import { WebHookError } from './errors';
import { Token } from './token';

/** A request as a web server got it. */
export interface WebHookRequest {
  /** By lower-case name, as Node has them, or the `Headers` of a web `Request`. */
  headers: object;
  /** The body as it was received: text, or its bytes. */
  rawBody: string | Uint8Array;
}

/** An event of a webhook. `event`, `data` and `socket_id` are those of a client event; other kinds do not have them. */
export interface WebHookEvent {
  name: string;
  channel: string;
  event: string;
  /** On a `private-encrypted-` channel: decrypted, where there is a master key. */
  data: string;
  socket_id: string;
  user_id?: string;
  /** Reason why `data` is still encrypted. */
  undecrypted?: Undecrypted;
}

/** Body of a webhook: its time, in milliseconds since 1970, and its events. */
export interface WebHookData {
  time_ms: number;
  events: WebHookEvent[];
}

/** Key and secret to check a webhook with, besides those of the client. */
export interface TokenLike {
  key: string;
  secret: string;
}

/** A webhook: check `isValid()` before you believe what it says. */
export class WebHook {
  readonly token: Token;
  readonly key: string | undefined;
  readonly signature: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
  /** The body's JSON; undefined unless its content type is JSON. */
  readonly data: WebHookData | undefined;

  constructor(token: Token, { headers, rawBody }: WebHookRequest, masterKey?: Uint8Array) {
    this.token = token;
    const header = headerReader(headers);
    this.key = header('x-pusher-key');
    this.signature = header('x-pusher-signature');
    this.contentType = header('content-type');
    this.body = textOf(rawBody);
    if (this.isContentTypeValid()) this.data = readData(this.body, masterKey);
  }

  /** True when body and signature are valid, by the client's own token or by an extra one. */
  isValid(extraTokens?: TokenLike | readonly TokenLike[] | null): boolean {
    if (!this.isBodyValid()) return false;
    return [this.token, extraTokens ?? []].flat().some(({ key, secret }) => {
      return key === this.key && new Token(key, secret).verify(this.body, this.signature);
    });
  }

  isContentTypeValid(): boolean {
    return this.contentType === 'application/json';
  }

  /** True when the body is JSON and its content type says so. */
  isBodyValid(): boolean {
    return this.data !== undefined;
  }

  /** All of it. Throws a WebHookError when the body is not valid. */
  getData(): WebHookData {
    if (this.data !== undefined) return this.data;
    throw new WebHookError('Invalid WebHook body', this.contentType, this.body, this.signature);
  }

  getEvents(): WebHookEvent[] {
    return this.getData().events;
  }

  /** Time at which the webhook was sent. */
  getTime(): Date {
    return new Date(this.getData().time_ms);
  }
}

/** A body that a framework has parsed already is none: its signature covers bytes, which are gone. */
function textOf(rawBody: string | Uint8Array): string {
  if (typeof rawBody === 'string') return rawBody;
  // Bytes may come from another realm, as in tests under jest, so `instanceof` does not tell.
  return ArrayBuffer.isView(rawBody) ? new TextDecoder().decode(rawBody) : '';
}

function headerReader(headers: object): (name: string) => string | undefined {
  const { get } = headers as { get?: unknown };
  if (typeof get === 'function') {
    return (name) => (get.call(headers, name) as string | null) ?? undefined;
  }
  const byName = new Map<string, unknown>(Object.entries(headers));
  return (name) => {
    const value = byName.get(name);
    return typeof value === 'string' ? value : undefined;
  };
}

function readData(body: string, masterKey: Uint8Array | undefined): WebHookData | undefined {
  const data = parseJson(body);
  if (!isObject(data) || !Array.isArray(data.events)) return data as WebHookData | undefined;
  const events = data.events.map((event: unknown) =>
    isObject(event) ? opened(event, masterKey) : event,
  );
  return { ...data, events } as WebHookData;
}
