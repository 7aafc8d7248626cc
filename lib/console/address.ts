// The address is the state of the page: `#/<app>/<page>[/<id>][?<query>]`.

import { useEffect, useState } from 'preact/hooks';

export interface Address {
  readonly app: string;
  readonly page: string;
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

export function readAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [app = '', page = '', id] = path.split('/').map(decoded);
  return { app, page: page === '' ? 'overview' : page, id, query: new URLSearchParams(query) };
}

/** A link to a page. Empty values of the query are left out. */
export function href(
  app: string,
  page: string,
  id?: string,
  query: Readonly<Record<string, string>> = {},
): string {
  const words = [app, page, ...(id === undefined ? [] : [id])].map(encodeURIComponent);
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const text = new URLSearchParams(given).toString();
  return `#/${words.join('/')}${text === '' ? '' : `?${text}`}`;
}

export function go(to: string): void {
  location.hash = to;
}

/** Changes the query without a new entry of the history. */
export function replace(to: string): void {
  history.replaceState(null, '', to);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useAddress(): Address {
  const [address, set] = useState(readAddress(location.hash));
  useEffect(() => {
    const changed = (): void => set(readAddress(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return address;
}

/** The target of the API about something of an app. */
export function api(
  app: string,
  what: string,
  id?: string,
  query: Readonly<Record<string, string>> = {},
): string {
  return `/api/apps/${href(app, what, id, query).slice(2)}`;
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
