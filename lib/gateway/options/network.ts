import { isIP } from 'node:net';

/** True for an address or a name to listen on, without a scheme, brackets or a port. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$/.test(text);
}

/**
 * The network that an address counts as: IPv4 itself, mapped into IPv6 or not, and IPv6 its /64. A subscriber line has at
 * least one /64 (RFC 6177), and so any number of addresses.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [text = ''] = address.split('%');
  if (text.includes('.')) return text.slice(text.lastIndexOf(':') + 1);
  const [left = [], right = []] = text
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}
