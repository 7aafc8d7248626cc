/** The event name breaks a rule of the Channels protocol. */
export class BadEventName extends Error {
  override readonly name = 'BadEventName';
}

/** The channel name breaks a rule of the Channels protocol. */
export class BadChannelName extends Error {
  override readonly name = 'BadChannelName';
}

/** The protocol has no such thing here: client events on encrypted channels. */
export class UnsupportedFeature extends Error {
  override readonly name = 'UnsupportedFeature';
}

/** An auth endpoint refused or could not be understood. `status` is that of HTTP, 0 where there was no answer. */
export class HTTPAuthError extends Error {
  override readonly name = 'HTTPAuthError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Data of `pusher:subscription_error` and `pusher:signin_error`. */
export interface AuthErrorData {
  /** Kind of error. */
  type: 'AuthError';
  /** Text for people. */
  error: string;
  /** HTTP status of the auth endpoint; absent where no endpoint was asked. */
  status?: number;
}

/** The data of an error event, in the shape of pusher-js. */
export function authErrorData(error: unknown): AuthErrorData {
  const message = error instanceof Error ? error.message : String(error);
  const data: AuthErrorData = { type: 'AuthError', error: message };
  return error instanceof HTTPAuthError ? { ...data, status: error.status } : data;
}
