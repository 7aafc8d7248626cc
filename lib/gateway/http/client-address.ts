import { type BlockList, isIP } from 'node:net';
import { addressesIn } from '../options/address-guard';

const MAPPED = /^::ffff:(?=\d+\.)/i;

/**
 * Address of the client behind proxies: the right-most one of `X-Forwarded-For` that is no trusted proxy. Entries left of
 * it may have been made up by the client. Without trusted proxies the header is ignored.
 */
export class ClientAddress {
  readonly #trusted: { 4: BlockList; 6: BlockList };
  readonly #none: boolean;

  constructor(trustedProxies: readonly string[]) {
    this.#trusted = addressesIn(trustedProxies);
    this.#none = trustedProxies.length === 0;
  }

  /** True when connections from an address are a proxy's, which many clients share. */
  isProxy(address: string): boolean {
    if (this.#none) return false;
    const plain = address.replace(MAPPED, '');
    const family = isIP(plain);
    if (family !== 4 && family !== 6) return false;
    return this.#trusted[family].check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }

  of(peer = '', forwardedFor?: string): string {
    if (forwardedFor === undefined || !this.isProxy(peer)) return peer;
    let client = peer;
    for (const entry of forwardedFor.split(',').reverse()) {
      const address = addressOf(entry.trim());
      if (address === undefined) break;
      client = address;
      if (!this.isProxy(address)) break;
    }
    return client;
  }
}

/** An entry of the header without its port, which some proxies add. */
function addressOf(entry: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? entry.replace(/^([\d.]+):\d+$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}
