import type { Channel } from '../channels/channel';
import type { App, Crypto } from '../crypto';
import type { AuthRequestOptions, ChannelAuthorizationOptions, Options } from '../options';
import type { Post } from '../platform/platform';
import { batchAuthorizer } from './batch';
import { type AuthKind, askEndpoint, formOf } from './endpoint';
import type {
  AuthCallback,
  ChannelAuthorizationData,
  ChannelAuthorizationHandler,
  UserAuthenticationData,
  UserAuthenticationHandler,
} from './handlers';

/** Options that decide on the authorizer. */
export interface AuthParts {
  key: string;
  options: Options;
  /** Finds a subscribed channel for the option `authorizer`. */
  channel: (name: string) => Channel | undefined;
  loadCrypto: () => Promise<Crypto>;
  post: Post;
  /** Asks by a script tag; undefined where there are none. */
  askByScript: ((endpoint: string, form: string) => Promise<unknown>) | undefined;
  /** User id of this process on presence channels, by default. */
  ownId: string;
}

const CHANNEL_ENDPOINT = '/pusher/auth';
const USER_ENDPOINT = '/pusher/user-auth';

/** Authorizes channels as the options say: the secret, a handler, an endpoint, in this order. */
export function channelAuthorizer(parts: AuthParts): ChannelAuthorizationHandler {
  const { options } = parts;
  const local = localSigner(parts);
  if (local !== undefined) {
    return ({ socketId, channelName }, callback) =>
      settle(
        local(({ crypto, app, member }) => crypto.signChannel(app, socketId, channelName, member)),
        callback,
      );
  }
  const how = channelAuthorization(options);
  if (how.customHandler) return how.customHandler;
  const endpoint = how.endpoint || CHANNEL_ENDPOINT;
  const { authorizer } = options;
  if (options.channelAuthorization === undefined && authorizer !== undefined) {
    return ({ socketId, channelName }, callback) => {
      const channel = parts.channel(channelName);
      if (channel === undefined) throw new Error(`the channel ${channelName} is gone`);
      const auth = { params: how.params, headers: how.headers };
      const given = { authTransport: how.transport ?? 'ajax', authEndpoint: endpoint, auth };
      authorizer(channel, given).authorize(socketId, callback);
    };
  }
  if (how.batch) return batchAuthorizer(parts.post, endpoint, how);
  const request = requester<ChannelAuthorizationData>(
    parts,
    'channel-authorization',
    endpoint,
    how,
  );
  return ({ socketId, channelName }, callback) =>
    request({ socket_id: socketId, channel_name: channelName }, callback);
}

/** Authenticates the user as the options say, in the same order. */
export function userAuthenticator(parts: AuthParts): UserAuthenticationHandler {
  const local = localSigner(parts);
  if (local !== undefined) {
    return ({ socketId }, callback) =>
      settle(
        local(({ crypto, app, member }) => {
          const { user_id, user_info } = member;
          return crypto.signUser(app, socketId, { id: String(user_id), user_info });
        }),
        callback,
      );
  }
  const how = parts.options.userAuthentication ?? {};
  if (how.customHandler) return how.customHandler;
  const endpoint = how.endpoint || USER_ENDPOINT;
  const request = requester<UserAuthenticationData>(parts, 'user-authentication', endpoint, how);
  return ({ socketId }, callback) => request({ socket_id: socketId }, callback);
}

/** The option, made of its older names where it is absent. */
function channelAuthorization({
  channelAuthorization,
  authEndpoint,
  authTransport,
  auth = {},
}: Options): ChannelAuthorizationOptions {
  if (channelAuthorization !== undefined) return channelAuthorization;
  const { username, password, params, headers } = auth;
  const how: ChannelAuthorizationOptions = {};
  if (authEndpoint !== undefined) how.endpoint = authEndpoint;
  if (authTransport !== undefined) how.transport = authTransport;
  if (params !== undefined) how.params = params;
  if (headers !== undefined) how.headers = headers;
  if (username !== undefined && password !== undefined) {
    // RFC 7617; the text is UTF-8.
    const bytes = new TextEncoder().encode(`${username}:${password}`);
    const basic = btoa(String.fromCharCode(...bytes));
    how.headers = { ...headers, Authorization: `Basic ${basic}` };
  }
  return how;
}

interface Signer {
  crypto: Crypto;
  app: App;
  member: NonNullable<Options['channel_data']>;
}

/** Signs with the app's secret; undefined where it is not given. */
function localSigner({
  key,
  options,
  loadCrypto,
  ownId,
}: AuthParts): (<D>(sign: (signer: Signer) => D) => Promise<D>) | undefined {
  const { secret, encryptionMasterKeyBase64, channel_data: member = { user_id: ownId } } = options;
  if (!secret) return undefined;
  const app = { key, secret, encryptionMasterKeyBase64 };
  return async (sign) => sign({ crypto: await loadCrypto(), app, member });
}

type Request<D> = (fields: Record<string, string>, callback: AuthCallback<D>) => void;

function requester<D>(
  { askByScript, post }: AuthParts,
  kind: AuthKind,
  endpoint: string,
  how: AuthRequestOptions,
): Request<D> {
  const transport = how.transport ?? 'ajax';
  const byScript = transport === 'jsonp' ? askByScript : undefined;
  if (transport !== 'ajax' && byScript === undefined) {
    throw new Error(`'${transport}' is not a recognized auth transport`);
  }
  return (fields, callback) => {
    const form = formOf(Object.entries(fields), how);
    const answer = byScript?.(endpoint, form) ?? askEndpoint(post, kind, endpoint, form, how);
    settle(answer as Promise<D>, callback);
  };
}

function settle<D>(answer: Promise<D>, callback: AuthCallback<D>): void {
  answer.then(
    (data) => callback(null, data),
    (error: unknown) => callback(error as Error, null),
  );
}
