import { HTTPAuthError } from '../errors';
import type { AuthRequestOptions } from '../options';
import type { Post } from '../platform/platform';

/** Kind of request to an endpoint; the words stand in its error texts. */
export type AuthKind = 'channel-authorization' | 'user-authentication';

const DOCS = 'https://pusher.com/docs/channels/server_api';
const HINTS: Readonly<Record<AuthKind, string>> = {
  'channel-authorization': `Clients must be authorized to join private or presence channels. See: ${DOCS}/authorizing-users/`,
  'user-authentication': `See: ${DOCS}/authenticating_users`,
};

/** The form that endpoints are sent, with the app's own params behind. */
export function formOf(
  fields: ReadonlyArray<readonly [name: string, value: string]>,
  { params, paramsProvider }: AuthRequestOptions,
): string {
  const own = { ...params, ...paramsProvider?.() };
  return [...fields, ...Object.entries(own)]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
}

/**
 * Asks an auth endpoint and resolves with its JSON. Rejects with the errors of pusher-js; status 0 is no answer at all.
 */
export async function askEndpoint(
  post: Post,
  kind: AuthKind,
  endpoint: string,
  form: string,
  { headers, headersProvider }: AuthRequestOptions,
): Promise<unknown> {
  const unanswered = (status: number): HTTPAuthError =>
    new HTTPAuthError(
      status,
      `Unable to retrieve auth string from ${kind} endpoint - received status: ${status} from ${endpoint}. ${HINTS[kind]}`,
    );
  let status: number;
  let text: string;
  try {
    const own = Object.entries({ ...headers, ...headersProvider?.() });
    const all = {
      'Content-Type': 'application/x-www-form-urlencoded',
      // Values of any type become texts, as browsers do it.
      ...Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
    };
    ({ status, text } = await post(endpoint, all, form));
  } catch (error) {
    throw Object.assign(unanswered(0), { cause: error });
  }
  if (status !== 200) throw unanswered(status);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HTTPAuthError(
      200,
      `JSON returned from ${kind} endpoint was invalid, yet status code was 200. Data was: ${text}`,
    );
  }
}
