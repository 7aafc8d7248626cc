// The token and the requests. The token comes in the fragment of the address, which no server is sent; it is kept for this tab.

import type { Fault, Me } from '../gateway/protocols/console/api';

const KEY = 'standpipe-console-token';

/** Takes the token out of the address, so that it stays in no history. */
export function takeToken(): void {
  const given = /^#token=([\x21-\x7e]+)$/.exec(location.hash)?.[1];
  if (given === undefined) return;
  setToken(given);
  history.replaceState(null, '', `${location.pathname}${location.search}#/`);
}

export function setToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}

export function hasToken(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}

/** A request that was not served. */
export class Refused extends Error {
  readonly status: number;

  constructor({ status, message }: Fault) {
    super(message);
    this.status = status;
  }
}

/** Asks the gateway; the answer has come with status 200. */
export async function request(
  path: string,
  { body, signal }: { body?: unknown; signal?: AbortSignal } = {},
): Promise<Response> {
  const response = await fetch(path.replace(/^\//, ''), {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      Authorization: `Bearer ${sessionStorage.getItem(KEY) ?? ''}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
    credentials: 'omit',
    redirect: 'error',
  });
  if (response.ok) return response;
  const fault = await response
    .json()
    .then((answer: { error?: Fault }) => answer.error)
    .catch(() => undefined);
  throw new Refused(fault ?? { status: response.status, message: `status ${response.status}` });
}

export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await request(path, body === undefined ? {} : { body });
  return (await response.json()) as T;
}

export const whoAmI = (): Promise<Me> => ask<Me>('/api/me');
