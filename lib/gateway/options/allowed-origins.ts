/** An entry of the list: scheme, host whose first label may be `*`, and a port, or `*` for any, unless it is the scheme's own. */
const ENTRY = /^([a-z][a-z0-9+.-]*):\/\/(\*\.)?([^/?#@*\\]+?)(:\*)?$/i;
/** Origins without a host: sandboxed frames and files say `null`, files in Chromium `file://` for WebSockets. */
const WITHOUT_HOST: ReadonlySet<string> = new Set(['null', 'file://']);

/** Canonical form of an entry of `allowedOrigins`, as browsers write origins; undefined when it could never match. */
export function canonicalOrigin(entry: string): string | undefined {
  if (WITHOUT_HOST.has(entry)) return entry;
  const [, scheme = '', wildcard = '', authority = '', anyPort = ''] = ENTRY.exec(entry) ?? [];
  const text = `${scheme}://${authority}`;
  if (scheme === '' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Schemes that are not the Web's own (capacitor://localhost) have origins too, which URL calls opaque.
  const host = url.host.toLowerCase();
  if (host === '' || url.username !== '' || (url.pathname !== '/' && url.pathname !== '')) {
    return undefined;
  }
  if (anyPort !== '' && url.port !== '') return undefined;
  return `${url.protocol}//${wildcard}${host}${anyPort}`;
}

/** Origin rule of an app, for every way in. Pages state their origin; a client that states none is no page. */
export class AllowedOrigins {
  /** True when the app names no origins. */
  readonly all: boolean;
  readonly #exact = new Set<string>();
  /** Entries with a wildcard. */
  readonly #patterns: RegExp[] = [];

  constructor(entries?: readonly string[]) {
    this.all = entries === undefined;
    for (const entry of entries ?? []) {
      const origin = canonicalOrigin(entry) ?? entry;
      if (origin.includes('*')) this.#patterns.push(patternOf(origin));
      else this.#exact.add(origin);
    }
  }

  allows(origin: string | undefined): boolean {
    return this.all || origin === undefined || this.names(origin);
  }

  /** True when the list has the origin, by name or by a wildcard. */
  names(origin: string): boolean {
    if (this.#exact.has(origin)) return true;
    return this.#patterns.some((pattern) => pattern.test(origin));
  }
}

/** `https://*.example.com` has one label in place of its `*`, `http://localhost:*` any port or none. */
function patternOf(entry: string): RegExp {
  const text = entry
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\*$/, '(:\\d{1,5})?')
    .replace('*', '[^./:]+');
  return new RegExp(`^${text}$`);
}
