import { askByScript } from '../auth/jsonp';
import type { Crypto } from '../crypto';
import { openNativeWebSocket } from '../transports/browser-web-socket';
import { openHttp } from '../transports/http';
import type { Platform } from './platform';

/** The globals of pages and workers that are used here; a worker has no document. */
interface Globals {
  WebSocket?: unknown;
  document?: unknown;
  location?: { protocol: string };
  addEventListener?(event: string, listener: () => void): void;
  removeEventListener?(event: string, listener: () => void): void;
}

const globals = globalThis as unknown as Globals;

/** Pages, workers, and what else has fetch and a WebSocket of its own. */
export function browserPlatform(loadCrypto: () => Promise<Crypto>): Platform {
  let crypto: Promise<Crypto> | undefined;
  return {
    openers: {
      webSocket: globals.WebSocket === undefined ? undefined : openNativeWebSocket,
      streaming: openHttp(true),
      polling: openHttp(false),
    },
    onTlsPage: globals.location?.protocol === 'https:',
    ownId: `page-${Math.random().toString(36).slice(2)}`,
    loadCrypto() {
      crypto ??= loadCrypto().catch((error: unknown) => {
        // A file that did not come is asked for again.
        crypto = undefined;
        throw error;
      });
      return crypto;
    },
    askByScript: globals.document === undefined ? undefined : askByScript,
    watchNetwork(online, offline) {
      globals.addEventListener?.('online', online);
      globals.addEventListener?.('offline', offline);
      return () => {
        globals.removeEventListener?.('online', online);
        globals.removeEventListener?.('offline', offline);
      };
    },
  };
}
