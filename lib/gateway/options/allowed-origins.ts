/** An entry of the list: scheme, host whose first label may be `*`, and a port unless it is the scheme's own. */
const ENTRY = /^([a-z][a-z0-9+.-]*):\/\/(\*\.)?([^/?#@*\\]+)$/i;
/** Origin of pages without one: sandboxed frames, files. */
const OPAQUE = 'null';

/** Canonical form of an entry of `allowedOrigins`, as browsers write origins; undefined when it could never match. */
export function canonicalOrigin(entry: string): string | undefined {
  if (entry === OPAQUE) return OPAQUE;
  const [, scheme = '', wildcard = '', authority = ''] = ENTRY.exec(entry) ?? [];
  const text = `${scheme}://${authority}`;
  if (scheme === '' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Schemes that are not the Web's own (capacitor://localhost) have origins too, which URL calls opaque.
  const host = url.host.toLowerCase();
  if (host === '' || url.username !== '' || (url.pathname !== '/' && url.pathname !== '')) {
    return undefined;
  }
  return `${url.protocol}//${wildcard}${host}`;
}

/** Origin rule of an app, for every way in. Pages state their origin; a client that states none is no page. */
export class AllowedOrigins {
  /** True when the app names no origins. */
  readonly all: boolean;
  readonly #exact = new Set<string>();
  /** `https://*.example.com` as what stands before and behind the one label. */
  readonly #wildcards: Array<{ start: string; end: string }> = [];

  constructor(entries?: readonly string[]) {
    this.all = entries === undefined;
    for (const entry of entries ?? []) {
      const origin = canonicalOrigin(entry) ?? entry;
      const [start = '', end] = origin.split('*');
      if (end === undefined) this.#exact.add(origin);
      else this.#wildcards.push({ start, end });
    }
  }

  allows(origin: string | undefined): boolean {
    return this.all || origin === undefined || this.names(origin);
  }

  /** True when the list has the origin, by name or by a wildcard. */
  names(origin: string): boolean {
    if (this.#exact.has(origin)) return true;
    return this.#wildcards.some(({ start, end }) => {
      if (!origin.startsWith(start) || !origin.endsWith(end)) return false;
      const label = origin.slice(start.length, origin.length - end.length);
      return label !== '' && origin.length > start.length + end.length && !/[./:]/.test(label);
    });
  }
}
