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
