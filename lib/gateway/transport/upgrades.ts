import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../util/timers';

/** A handful of fragments is what real clients send; each costs memory whatever its size. */
const WEB_SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxFragments: 16,
  maxBufferedChunks: 1024,
  closeTimeout: 5_000,
  // The connection answers pings, within bounds.
  autoPong: false,
  // The subprotocol is chosen before the upgrade.
  handleProtocols: (): false => false,
};

/** True when a request asks for a WebSocket, among other protocols or alone. */
export function isWebSocket({ headers }: IncomingMessage): boolean {
  return (
    headers.upgrade?.split(',').some((name) => name.trim().toLowerCase() === 'websocket') ?? false
  );
}

/** Gives a request back to its connection without its upgrade: others than WebSocket are ignored (RFC 9110 §7.8). */
export function putBack(
  { method, url, rawHeaders }: IncomingMessage,
  stream: Duplex,
  head: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (/^(upgrade|http2-settings)$/i.test(name)) continue;
    const kept = /^connection$/i.test(name)
      ? value
          .split(',')
          .filter((each) => !/^\s*(upgrade|http2-settings)\s*$/i.test(each))
          .join()
      : value;
    lines.push(`${name}: ${kept}`);
  }
  stream.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
}

/** Headers of an upgrade that have one value. */
export function flatHeaders(request: IncomingMessage): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  return headers;
}

/** Options of one WebSocket. */
export interface WebSocketOptions {
  maxPayloadBytes: number;
  subprotocol?: string;
  headers?: Record<string, string>;
}

/** Servers of `ws`, which make WebSockets, by their limit of message sizes. */
export class WebSocketServers {
  readonly #clock: Pick<Clock, 'endOfTurn'>;
  readonly #byLimit = new Map<number, WebSocketServer>();

  constructor(clock: Pick<Clock, 'endOfTurn'>) {
    this.#clock = clock;
  }

  /** Answers a request for a WebSocket. It is opened, or refused, before this returns. */
  open(
    { request, stream, head }: { request: IncomingMessage; stream: Duplex; head: Buffer },
    { maxPayloadBytes, subprotocol, headers = {} }: WebSocketOptions,
    opened: (ws: WebSocket) => void,
  ): void {
    const server = this.#of(maxPayloadBytes);
    const addHeaders = (lines: string[]): void => {
      if (subprotocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
      for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    };
    server.once('headers', addHeaders);
    // The answer leaves with the first frame, or alone at the end of the turn: a write costs a tenth of a connect.
    stream.cork();
    server.handleUpgrade(request, stream, head, opened);
    this.#clock.endOfTurn(() => stream.uncork());
    server.off('headers', addHeaders);
  }

  #of(maxPayload: number): WebSocketServer {
    const known = this.#byLimit.get(maxPayload);
    if (known !== undefined) return known;
    const server = new WebSocketServer({ ...WEB_SOCKET_OPTIONS, maxPayload });
    this.#byLimit.set(maxPayload, server);
    return server;
  }
}
