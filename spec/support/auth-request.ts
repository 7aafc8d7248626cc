import type { Gateway } from '../../lib/gateway/gateway';

export interface AuthAnswer {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

export interface AuthAsk {
  path?: string;
  method?: string;
  /** Objects are sent as a form. */
  body?: Record<string, string> | string | Uint8Array;
  headers?: Record<string, string>;
}

/** The form that pusher-js sends for a private channel. */
export const FORM = { socket_id: '12.34', channel_name: 'private-room' };

/** A request to an authorization endpoint, as curl would make it. */
export async function askAuth(
  { url }: Pick<Gateway, 'url'>,
  { path = '/pusher/auth', method = 'POST', body = FORM, headers = {} }: AuthAsk = {},
): Promise<AuthAnswer> {
  const isForm = typeof body !== 'string' && !(body instanceof Uint8Array);
  const response = await fetch(url + path, {
    method,
    headers,
    ...(method === 'POST' && { body: isForm ? new URLSearchParams(body) : body }),
  });
  const text = await response.text();
  const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, body: parsed, headers: response.headers };
}
