import { type BlockList, isIP, isIPv6 } from 'node:net';
import { addressesIn } from '../options/address-guard';

const MAPPED = /^::ffff:(?=\d+\.)/i;
/** The same as URL writes it. */
const MAPPED_HEX = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

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

/** An entry of the header without its port, which some proxies add, in the one form in which it is counted. */
function addressOf(entry: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? entry.replace(/^([\d.]+):\d+$/, '$1');
  return isIP(bare) === 0 ? undefined : canonical(bare);
}

/** IPv6 in the form of RFC 5952 without its zone, and IPv4 that is mapped into it as IPv4. */
function canonical(address: string): string {
  if (!isIPv6(address)) return address;
  const [text = ''] = address.split('%');
  const { hostname } = new URL(`http://[${text}]`);
  const plain = hostname.slice(1, -1);
  const [, high, low] = MAPPED_HEX.exec(plain) ?? [];
  if (high === undefined || low === undefined) return plain;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left >> 8, left & 255, right >> 8, right & 255].join('.');
}
