import type { Crypto } from '../crypto';
import type { Openers } from '../transports/candidates';

/** What differs between Node, pages and workers. */
export interface Platform {
  openers: Openers;
  /** True in a page that came over TLS, from which browsers allow nothing less. */
  onTlsPage: boolean;
  /** Who this is on presence channels where the app signs by itself and does not say. */
  ownId: string;
  loadCrypto(): Promise<Crypto>;
  /** Asks an auth endpoint by a script tag; undefined where there are none. */
  askByScript: ((endpoint: string, form: string) => Promise<unknown>) | undefined;
  /** Calls back when the network comes and goes, until what it returns is called. */
  watchNetwork(online: () => void, offline: () => void): () => void;
}
