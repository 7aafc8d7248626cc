import type { Settings } from '../options';
import type { OpenTransport, TransportName } from './transport';

/** The ways that a platform has to connect. */
export interface Openers {
  webSocket: OpenTransport | undefined;
  streaming: OpenTransport | undefined;
  polling: OpenTransport | undefined;
}

/** A way to connect, and the delay before it is tried. */
export interface Candidate {
  name: TransportName;
  url: string;
  open: OpenTransport;
  /** Time that the ways before it have alone. */
  afterMs: number;
  /** HTTP in place of a WebSocket. */
  isFallback: boolean;
}

/** Version of this client as told to the gateway: that of the package. */
export const VERSION = '0.1.0';
const QUERY = `protocol=7&client=standpipe-js&version=${VERSION}`;

/**
 * The ways to connect that are enabled and that the platform has, in the order in which they are tried. Times are those
 * of pusher-js: TLS joins in after 2 s where it is not required, HTTP after 2 s or 5 s, polling 4 s after streaming.
 */
export function candidates(settings: Settings, key: string, openers: Openers): Candidate[] {
  const { useTLS, wsHost, wsPort, wssPort, wsPath, httpHost, httpPort, httpsPort, httpPath } =
    settings;
  const enabled = (name: string): boolean =>
    (settings.enabledTransports?.includes(name) ?? true) &&
    !(settings.disabledTransports?.includes(name) ?? false);
  const query = `/app/${encodeURIComponent(key)}?${QUERY}`;
  const found: Candidate[] = [];
  const add = (
    candidate: Omit<Candidate, 'open' | 'afterMs'>,
    open: OpenTransport | undefined,
    afterMs: number,
  ): void => {
    if (open !== undefined) found.push({ ...candidate, open, afterMs });
  };
  const webSocketUrl = (tls: boolean): string =>
    `${tls ? 'wss' : 'ws'}://${wsHost}:${tls ? wssPort : wsPort}${wsPath}${query}`;
  const httpUrl = useTLS ? `https://${httpHost}:${httpsPort}` : `http://${httpHost}:${httpPort}`;
  const http = `${httpUrl}${httpPath}${query}`;

  if (useTLS) {
    const name = enabled('ws') ? 'ws' : 'wss';
    const isFallback = false;
    if (enabled(name)) add({ name, url: webSocketUrl(true), isFallback }, openers.webSocket, 0);
  } else {
    for (const name of ['ws', 'wss'] as const) {
      const url = webSocketUrl(name === 'wss');
      const afterMs = found.length === 0 ? 0 : 2_000;
      if (enabled(name)) add({ name, url, isFallback: false }, openers.webSocket, afterMs);
    }
  }
  // A way that is alone has nothing to wait for.
  const afterMs = found.length === 0 ? 0 : useTLS ? 2_000 : 5_000;
  const isFallback = true;
  if (enabled('xhr_streaming')) {
    add({ name: 'xhr_streaming', url: http, isFallback }, openers.streaming, afterMs);
  }
  if (enabled('xhr_polling')) {
    const headStartMs = found.some(({ name }) => name === 'xhr_streaming') ? 4_000 : 0;
    add({ name: 'xhr_polling', url: http, isFallback }, openers.polling, afterMs + headStartMs);
  }
  return found;
}
