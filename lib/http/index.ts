/**
 * Events to browsers over HTTP, signatures and webhooks, in the place of npm `pusher`. Begin with `Pusher`. More:
 * lib/http/README.md.
 * @example
 * ```ts
 * import { Pusher } from 'standpipe/http';
 *
 * const pusher = new Pusher({ appId: '1', key: 'key', secret: 'secret', host: '127.0.0.1', port: 6001 });
 * async function price(cents: number): Promise<void> {
 *   await pusher.trigger('prices', 'price', { cents }, { latest: true });
 * }
 * function tell(rawBody: string, headers: object): string[] {
 *   const webhook = pusher.webhook({ rawBody, headers });
 *   return webhook.isValid() ? webhook.getEvents().map(({ name, channel }) => `${name} ${channel}`) : [];
 * }
 * ```
 * @module standpipe/http
 */
export { Pusher } from './client';
export { RULES, RequestError, RuleError, WebHookError, type Rule } from './errors';
export { ApiResponse } from './response';
export { Token } from './token';
export type { ApiRequest, Fetch, ResponseHeaders } from './transports/transport';
export type * from './types';
export {
  WebHook,
  type TokenLike,
  type WebHookData,
  type WebHookEvent,
  type WebHookRequest,
} from './webhook';
