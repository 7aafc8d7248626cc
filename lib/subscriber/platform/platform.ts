import type { Crypto } from '../crypto';
import type { Openers } from '../transports/candidates';

/** Sends a form and gives the whole answer, after redirections. Rejects where there is none. */
export type Post = (
  url: string,
  headers: Record<string, string>,
  form: string,
) => Promise<{ status: number; text: string }>;

/** Differences between Node, pages and workers. */
export interface Platform {
  openers: Openers;
  /** True in a page that came over TLS, from which browsers allow nothing less. */
  onTlsPage: boolean;
  /** Default user id on presence channels, for an app that signs by itself. */
  ownId: string;
  loadCrypto(): Promise<Crypto>;
  /** Asks an auth endpoint. */
  post: Post;
  /** Asks an auth endpoint by a script tag; undefined where there are none. */
  askByScript: ((endpoint: string, form: string) => Promise<unknown>) | undefined;
  /** Calls back when the network comes and goes, until what it returns is called. */
  watchNetwork(online: () => void, offline: () => void): () => void;
}
