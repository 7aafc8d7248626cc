/** Host and port of a server. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** A primary that sentinels find: they are asked where it is before each connection. */
export interface SentinelAddress {
  /** `host` or `host:port` of each; an address of IPv6 stands in brackets. Port 26379 unless given. */
  readonly sentinels: readonly string[];
  /** Name of the primary. */
  readonly name: string;
  /** User, password and database of the primary. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: number | undefined;
  /** User and password of the sentinels. */
  readonly sentinelUsername?: string | undefined;
  readonly sentinelPassword?: string | undefined;
  /** Servers and sentinels are spoken to with TLS. */
  readonly tls?: boolean | undefined;
}

/**
 * Address of an engine: `redis://`, `rediss://`, or `unix:` and the path of a socket; behind sentinels
 * `redis+sentinel://[user:password@]host[:port],…/name[/database]`, `rediss+sentinel://…`, or the same as an object.
 */
export type RedisAddress = string | SentinelAddress;

const SENTINEL_PORT = 26_379;
const SERVER = String.raw`(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?`;
/** A sentinel as an object names it. */
export const SENTINEL = new RegExp(`^${SERVER}$`);
/** Name of a primary, by the rule of Redis. */
export const PRIMARY_NAME = /^[A-Za-z0-9._-]{1,100}$/;
const URL_FORM = new RegExp(
  String.raw`^(rediss?)\+sentinel://(?:([^:@/]*)(?::([^@/]*))?@)?(${SERVER}(?:,${SERVER})*)/([A-Za-z0-9._-]{1,100})(?:/(\d{1,4}))?$`,
);

/** The sentinels of an address; undefined for the address of a server. Throws a TypeError for one that cannot be read. */
export function sentinelsOf(address: RedisAddress): SentinelAddress | undefined {
  if (typeof address !== 'string') return address;
  if (!/^rediss?\+sentinel:/.test(address)) return undefined;
  const [, scheme, username, password, sentinels, name, database] = URL_FORM.exec(address) ?? [];
  if (sentinels === undefined || name === undefined) throw new TypeError('no address of sentinels');
  return {
    ...{ sentinels: sentinels.split(','), name, tls: scheme === 'rediss' },
    ...(username !== undefined && username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== undefined && { password: decodeURIComponent(password) }),
    ...(database !== undefined && { database: Number(database) }),
  };
}

/** True for an address of the form of `RedisAddress`. */
export function isRedisUrl(text: string): boolean {
  if (!/^(rediss?(\+sentinel)?:\/\/|unix:\/)[\x21-\x7e]{1,1000}$/.test(text)) return false;
  try {
    if (sentinelsOf(text) !== undefined || text.startsWith('unix:')) return true;
    const { username, password, pathname } = new URL(text);
    decodeURIComponent(username + password);
    return /^(\/\d{0,4})?$/.test(pathname);
  } catch {
    return false;
  }
}

/** Host and port of a sentinel. */
export function serverOf(text: string): ServerAddress {
  const [, bracketed, name, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return {
    host: bracketed ?? name ?? text,
    port: port === undefined ? SENTINEL_PORT : Number(port),
  };
}

/** The engine as messages name it: nothing secret. */
export function engineName(address: RedisAddress): string {
  const found = sentinelsOf(address);
  if (found !== undefined) {
    return `the Redis '${found.name}' of the sentinels ${found.sentinels.join(', ')}`;
  }
  const text = address as string;
  if (text.startsWith('unix:')) return `the Redis at ${text.slice('unix:'.length)}`;
  const place = URL.canParse(text) ? new URL(text).host : 'the address of the setting broker';
  return `the Redis at ${place}`;
}
