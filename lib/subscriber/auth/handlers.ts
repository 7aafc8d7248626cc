/** Answer of an endpoint for a channel. */
export interface ChannelAuthorizationData {
  /** `<key>:<signature>`. */
  auth: string;
  /** JSON text of the member, for presence channels. */
  channel_data?: string;
  /** Key of an encrypted channel, base64. */
  shared_secret?: string;
}

/** Answer of an endpoint for a sign-in. */
export interface UserAuthenticationData {
  auth: string;
  /** JSON text of the user. */
  user_data: string;
}

/** Callback of a handler: null and the answer, or an error. */
export type AuthCallback<D> = (error: Error | null, data: D | null) => void;
/** Callback of a ChannelAuthorizationHandler. */
export type ChannelAuthorizationCallback = AuthCallback<ChannelAuthorizationData>;
/** Callback of a UserAuthenticationHandler. */
export type UserAuthenticationCallback = AuthCallback<UserAuthenticationData>;

/** Authorizes a channel; calls back once, now or later. */
export type ChannelAuthorizationHandler = (
  params: { socketId: string; channelName: string },
  callback: ChannelAuthorizationCallback,
) => void;

/** Authenticates the user; calls back once, now or later. */
export type UserAuthenticationHandler = (
  params: { socketId: string },
  callback: UserAuthenticationCallback,
) => void;

/** Calls a handler of the app. Its exception is an error of the request, and only its first call back counts. */
export function ask<P, D>(
  handler: (params: P, callback: AuthCallback<D>) => void,
  params: P,
): Promise<D> {
  return new Promise((resolve, reject) => {
    handler(params, (error, data) => {
      if (error) reject(asError(error));
      else if (data === null || typeof data !== 'object')
        reject(new Error('Invalid auth response'));
      else resolve(data);
    });
  });
}

/** Handlers may call back with an object that has a message, or with a text. */
function asError(error: unknown): Error {
  if (error instanceof Error) return error;
  const { message } = error as { message?: unknown };
  return new Error(typeof message === 'string' ? message : String(error));
}
