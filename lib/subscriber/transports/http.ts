import { parseJson } from '../../pusher/json';
import { LineReader } from './line-reader';
import type { OpenTransport, Transport, TransportHandlers } from './transport';
import { MAX_UNSENT_BYTES } from './transport';

/** Most characters of one `xhr_send`; a longer message goes alone. */
const MAX_SEND_LENGTH = 16 * 1024;
const ABNORMAL_CLOSURE = 1006;

/**
 * Messages over HTTP as SockJS 0.3 frames them: one request brings, others send. `streaming` reads one long answer,
 * otherwise each answer ends with what it brings. Works wherever there is `fetch`.
 */
export function openHttp(streaming: boolean): OpenTransport {
  return (url, handlers) => new HttpTransport(streaming, url, handlers);
}

class HttpTransport implements Transport {
  readonly #streaming: boolean;
  readonly #handlers: TransportHandlers;
  readonly #base: URL;
  readonly #query: string;
  readonly #abort = new AbortController();
  /** Texts that wait for the request before them, so that they arrive in order. */
  #unsent: string[] = [];
  #unsentLength = 0;
  #pingDue = false;
  #sending = false;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';
  #requests = 0;

  constructor(streaming: boolean, url: string, handlers: TransportHandlers) {
    this.#streaming = streaming;
    this.#handlers = handlers;
    const { origin, pathname, search } = new URL(url);
    this.#base = new URL(`${origin}${pathname}/${randomInt(1000)}/${sessionId()}`);
    this.#query = search;
    void this.#receive();
  }

  send(text: string): boolean {
    if (this.#state !== 'open' || this.#unsentLength > MAX_UNSENT_BYTES) return false;
    this.#unsent.push(text);
    this.#unsentLength += text.length;
    void this.#flush();
    return true;
  }

  /** An empty message; the gateway's next heartbeat or event is the answer. */
  ping(): boolean {
    this.#pingDue = true;
    void this.#flush();
    return true;
  }

  close(): void {
    this.#state = 'closed';
    this.#abort.abort();
  }

  async #receive(): Promise<void> {
    const query = `${this.#query}${this.#query === '' ? '?' : '&'}`;
    try {
      while (this.#state !== 'closed') {
        const action = this.#streaming ? 'xhr_streaming' : 'xhr';
        const response = await this.#post(`${action}${query}`);
        if (response.status !== 200) return this.#interrupted(response.status);
        const reader = new LineReader((line) => this.#line(line));
        const rotate = await reader.read(response);
        if (this.#streaming && !rotate) return this.#interrupted(response.status);
      }
    } catch (error) {
      if (this.#isOver()) return;
      this.#handlers.failed(error);
      this.#interrupted(0);
    }
  }

  /** Handles a line of an answer. */
  #line(line: string): void {
    if (this.#isOver()) return;
    if (this.#state === 'open') this.#handlers.activity();
    const payload = line.length > 1 ? parseJson(line.slice(1)) : undefined;
    switch (line[0]) {
      case 'o':
        return this.#opened(payload);
      case 'a':
        if (Array.isArray(payload)) for (const text of payload) this.#message(text);
        return;
      case 'm':
        return this.#message(payload);
      case 'h':
        // On a stream a heartbeat is answered, which keeps what stands between from taking it for idle.
        if (this.#streaming && this.#state === 'open') this.ping();
        return;
      case 'c': {
        const [code, reason] = Array.isArray(payload) ? (payload as unknown[]) : [];
        return this.#closed(
          typeof code === 'number' ? code : ABNORMAL_CLOSURE,
          typeof reason === 'string' ? reason : '',
        );
      }
      default:
      // Unknown kinds of frames are for later versions of the framing.
    }
  }

  #opened(payload: unknown): void {
    if (this.#state === 'open') return this.#closed(ABNORMAL_CLOSURE, 'Server lost session');
    this.#state = 'open';
    // The host that holds the session, where a balancer stands in front of several.
    const { hostname } = (payload ?? {}) as { hostname?: unknown };
    if (typeof hostname === 'string') this.#base.hostname = hostname;
    this.#handlers.opened();
  }

  #message(text: unknown): void {
    if (this.#state === 'open' && typeof text === 'string') this.#handlers.message(text);
  }

  /** Sends what waits, one request at a time. */
  async #flush(): Promise<void> {
    if (this.#sending || this.#state !== 'open') return;
    this.#sending = true;
    try {
      while (this.#pingDue || this.#unsent.length > 0) {
        this.#pingDue = false;
        const { status } = await this.#post('xhr_send?', JSON.stringify(this.#nextTexts()));
        if (status >= 300) return this.#interrupted(status);
      }
    } catch (error) {
      if (this.#isOver()) return;
      this.#handlers.failed(error);
      this.#interrupted(0);
    } finally {
      this.#sending = false;
    }
  }

  #nextTexts(): string[] {
    let count = 0;
    let length = 0;
    for (const text of this.#unsent) {
      if (count > 0 && length + text.length > MAX_SEND_LENGTH) break;
      count++;
      length += text.length;
    }
    this.#unsentLength -= length;
    return this.#unsent.splice(0, count);
  }

  #post(action: string, body?: string): Promise<Response> {
    // Both numbers keep caches from answering, and the gateway handles posts in the order of the second.
    const unique = `t=${Date.now()}&n=${++this.#requests}`;
    return fetch(`${this.#base.href}/${action}${unique}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      signal: this.#abort.signal,
      ...(body !== undefined && { body }),
    });
  }

  #interrupted(status: number): void {
    this.#closed(ABNORMAL_CLOSURE, `Connection interrupted (${status})`);
  }

  #closed(code: number, reason: string): void {
    if (this.#isOver()) return;
    this.close();
    this.#handlers.closed({ code, reason });
  }

  /** A method, because the compiler does not see that handlers may have closed it. */
  #isOver(): boolean {
    return this.#state === 'closed';
  }
}

function randomInt(below: number): number {
  return Math.floor(Math.random() * below);
}

/** Eight characters of 32, as SockJS servers expect. */
function sessionId(): string {
  return Array.from({ length: 8 }, () => randomInt(32).toString(32)).join('');
}
