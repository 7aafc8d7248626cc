import { isUserId } from '../../pusher/channel-name';
import { isObject } from '../../pusher/json';

/** Decision whether a socket may subscribe, and as which member. */
export type Authorization =
  | boolean
  | undefined
  | null
  | {
      /**
       * Member of a presence channel. A signed-in socket needs none: `true` lets it join as its user.
       */
      readonly userId?: string | number | undefined;
      /** Info for the other members; becomes JSON. */
      readonly userInfo?: object | undefined;
      /** Key of a `private-encrypted-*` channel: 32 bytes, or these in base64. */
      readonly sharedSecret?: Uint8Array | string | undefined;
    };

/** Decision as which user a browser signs in, or as none. */
export type Identification =
  | false
  | undefined
  | null
  | {
      /** User id: letters, digits and `_ - = @ , . ;`. */
      readonly id: string;
      /** Info of the user; becomes JSON. */
      readonly userInfo?: object | undefined;
      /** Ids of users. The browser is told when they come and go. */
      readonly watchlist?: readonly string[] | undefined;
    };

const REFUSED = JSON.stringify({ allowed: false });
const SECRET_BYTES = 32;

/**
 * The decision as JSON for the gateway. Throws when it breaks a rule: to let in by mistake is worse than to fail.
 */
export function authorization(channel: string, decision: Authorization): string {
  if (isNo(decision)) return REFUSED;
  if (decision !== true && !isObject(decision)) {
    throw new TypeError('the handler must return true, false, or an object');
  }
  const { userId, userInfo, sharedSecret } = decision === true ? {} : decision;
  const encrypted = channel.startsWith('private-encrypted-');
  if (encrypted && sharedSecret === undefined) {
    throw new TypeError(`${channel} is encrypted: the handler must return its sharedSecret`);
  }
  return JSON.stringify({
    allowed: true,
    channelData: channel.startsWith('presence-') ? memberOf(userId, userInfo) : undefined,
    sharedSecret: encrypted && sharedSecret !== undefined ? secretOf(sharedSecret) : undefined,
  });
}

/** The decision as JSON for the gateway. Throws when it breaks a rule. */
export function identification(decision: Identification): string {
  if (isNo(decision)) return REFUSED;
  if (!isObject(decision) || typeof decision.id !== 'string' || !isUserId(decision.id)) {
    const allowed = 'letters, digits and _ - = @ , . ;';
    throw new TypeError(`the handler must return an object with an id of ${allowed}, or false`);
  }
  const { id, userInfo, watchlist } = decision;
  checkInfo(userInfo);
  const isText = (each: unknown): boolean => typeof each === 'string';
  if (watchlist !== undefined && !(Array.isArray(watchlist) && watchlist.every(isText))) {
    throw new TypeError('watchlist must be an array of user ids');
  }
  const userData = JSON.stringify({ id, user_info: userInfo, watchlist });
  return JSON.stringify({ allowed: true, userData });
}

function isNo(decision: unknown): decision is false | undefined | null {
  return decision === false || decision === undefined || decision === null;
}

function memberOf(userId: unknown, userInfo: object | undefined): string | undefined {
  if (userId === undefined) {
    if (userInfo === undefined) return undefined;
    throw new TypeError('userInfo needs a userId');
  }
  if ((typeof userId !== 'string' && typeof userId !== 'number') || userId === '') {
    throw new TypeError('userId must be a string or a number');
  }
  checkInfo(userInfo);
  return JSON.stringify({ user_id: String(userId), user_info: userInfo });
}

function checkInfo(userInfo: unknown): void {
  if (userInfo === undefined || isObject(userInfo)) return;
  throw new TypeError('userInfo must be an object');
}

function secretOf(secret: Uint8Array | string): string {
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'base64') : Buffer.from(secret);
  if (bytes.length === SECRET_BYTES) return bytes.toString('base64');
  throw new TypeError(`sharedSecret must be of ${SECRET_BYTES} bytes, or their base64`);
}
