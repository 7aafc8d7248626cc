import { BlockList, isIP } from 'node:net';

/**
 * Networks that are not the public Internet: the special-purpose registries of IANA (RFC 6890 and its updates), and one
 * public address behind which a cloud keeps its metadata. Each family has its own list, because a BlockList compares
 * IPv4 addresses with its IPv6 networks too.
 */
const RESERVED_IPV4: readonly string[] = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  '168.63.129.16/32',
];

/**
 * Only 2000::/3 is public (RFC 4291, section 2.4); mapped IPv4 addresses and ::1 are outside. Then what in it is not.
 */
const RESERVED_IPV6: readonly string[] = [
  ...['::/3', '4000::/2', '8000::/1'],
  // Protocol assignments with Teredo, documentation, 6to4: two of these carry an IPv4 address.
  ...['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
];

/** Names that mean this machine or this network, whatever they resolve to. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal)$/;
/** The last label is no number: a URL would take that for an address. */
const HOST_NAME = /^(?!.*(^|\.)\d+$)(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i;

/** True when an entry of an allow list is valid: a host name, an address, or a network such as `10.0.0.0/8`. */
export function isAllowEntry(entry: string): boolean {
  return networkOf(entry) !== undefined || HOST_NAME.test(entry);
}

/**
 * Judges where the gateway may connect to on somebody's behalf. Private and special addresses are refused unless the
 * operator allows them. A host allowed by name may resolve to whatever it likes.
 */
export class AddressGuard {
  readonly #reserved = { 4: listOf(RESERVED_IPV4), 6: listOf(RESERVED_IPV6) };
  readonly #allowed: { 4: BlockList; 6: BlockList };
  readonly #hosts: ReadonlySet<string>;

  constructor(allow: readonly string[] = []) {
    this.#allowed = addressesIn(allow);
    const hosts = allow.filter((entry) => !isNetwork(entry));
    this.#hosts = new Set(hosts.map((name) => name.toLowerCase()));
  }

  /** Reason for which a URL is refused, as far as it tells by itself; undefined when nothing is wrong with it. */
  refusal(url: URL): string | undefined {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      return 'must begin with http or https';
    if (url.username !== '' || url.password !== '') return 'must not hold a user or a password';
    const port = url.port === '' ? 443 : Number(url.port);
    if (port < 1024 && port !== 80 && port !== 443)
      return 'its port must be 80, 443 or from 1024 on';
    const host = hostOf(url);
    const permitted =
      isIP(host) === 0 ? this.#hosts.has(host) || !LOCAL_NAME.test(host) : this.permits(host, host);
    return permitted ? undefined : `${host} is not on the Internet; webhookAllow can allow it`;
  }

  /** True when a connection for a host may go to an address. */
  permits(host: string, address: string): boolean {
    if (this.#hosts.has(bare(host))) return true;
    const family = isIP(address);
    // A zone (`fe80::1%eth0`) is for link-local addresses only.
    if ((family !== 4 && family !== 6) || address.includes('%')) return false;
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (this.#allowed[family].check(address, type)) return true;
    return !this.#reserved[family].check(address, type);
  }
}

/** The host of a URL as sockets take it: WHATWG URLs have made all notations of an IPv4 address one. */
function hostOf(url: URL): string {
  return bare(url.hostname.replace(/^\[|\]$/g, ''));
}

/** Without the dot of a fully qualified name. */
function bare(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function networkOf(entry: string): { address: string; prefix: number; family: 4 | 6 } | undefined {
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || address.includes('%') || rest.length > 0) return undefined;
  const bits = family === 4 ? 32 : 128;
  if (prefix === undefined) return { address, prefix: bits, family };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return undefined;
  return { address, prefix: Number(prefix), family };
}

/** True when an address to listen on is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return /^(127\.|localhost$|::1$|::ffff:127\.)/i.test(host);
}

/** Networks of both families; entries that are host names are left out. */
export function addressesIn(entries: readonly string[]): { 4: BlockList; 6: BlockList } {
  const of = (family: 4 | 6): string[] =>
    entries.filter((entry) => networkOf(entry)?.family === family);
  return { 4: listOf(of(4)), 6: listOf(of(6)) };
}

/** True when an entry is an address or a network such as `10.0.0.0/8`. */
export function isNetwork(entry: string): boolean {
  return networkOf(entry) !== undefined;
}

function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const network = networkOf(entry);
    if (network === undefined) continue;
    list.addSubnet(network.address, network.prefix, network.family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/**
 * The source that an address counts as: IPv4 itself, mapped into IPv6 or not, and IPv6 its /64. A subscriber line has at
 * least one /64 (RFC 6177), and so any number of addresses.
 */
export function sourceOf(address: string): string {
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
