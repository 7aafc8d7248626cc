import { isUserId, isWellFormed } from './channel-name';
import { isObject, optional, parseJson } from './json';
import type { Fields } from './json';
import type { ChannelLimits } from './limits';
import { rawValue } from './raw-value';

/** The member that joins a presence channel. `userInfo` is the JSON text of an object, as it was signed. */
export interface ChannelData {
  ok: true;
  userId: string;
  userInfo: string | undefined;
}

/** The user that signs in. `watchlist` is as long as it was sent: the caller cuts it and says so with code 4302. */
export interface UserData {
  ok: true;
  id: string;
  userInfo: string | undefined;
  watchlist: readonly string[];
}

export interface DataError {
  ok: false;
  /** True when a limit was crossed rather than a rule broken: the socket is told LimitReached, not AuthError. */
  limit: boolean;
  message: string;
}

type MemberLimits = Pick<ChannelLimits, 'maxUserIdLength' | 'maxUserInfoBytes'>;

/** Reads the `channel_data` of a presence subscription: `{"user_id": string or number, "user_info"?: object}`. */
export function parseChannelData(text: string, limits: MemberLimits): ChannelData | DataError {
  const data = parseJson(text);
  if (!isObject(data)) return dataError('channel_data must be a JSON object');
  const userId = memberId(text, data.user_id, 'user_id');
  if (userId === undefined) {
    return dataError(
      'user_id supplied to presence subscription is invalid - it must be a string or a number',
    );
  }
  return (
    checkMember(text, data, 'presence subscription', userId, limits) ?? {
      ok: true,
      userId,
      userInfo: infoText(text, data),
    }
  );
}

/** Reads the `user_data` of a signin: `{"id": string or number, "user_info"?: object, "watchlist"?: [string]}`. */
export function parseUserData(text: string, limits: MemberLimits): UserData | DataError {
  const data = parseJson(text);
  if (!isObject(data)) return dataError('user_data must be a JSON object');
  const id = memberId(text, data.id, 'id');
  if (id === undefined || !isUserId(id)) {
    return dataError(
      'id supplied to signin is invalid - it must be a number or a string of letters, digits and _-=@,.;',
    );
  }
  const watchlist = optional(data.watchlist) ?? [];
  if (!isListOfStrings(watchlist)) {
    return dataError('watchlist supplied to signin is invalid - it must be an array of user ids');
  }
  return (
    checkMember(text, data, 'signin', id, limits) ?? {
      ok: true,
      id,
      userInfo: infoText(text, data),
      watchlist,
    }
  );
}

/**
 * Ids are compared as strings. A whole number beyond 2^53 keeps its digits, since rounding would make two users one.
 */
function memberId(text: string, id: unknown, name: string): string | undefined {
  if (typeof id === 'string') return id !== '' && isWellFormed(id) ? id : undefined;
  if (typeof id !== 'number' || !Number.isFinite(id)) return undefined;
  if (Number.isSafeInteger(id)) return String(id);
  const digits = rawValue(text, name);
  return /^-?\d+$/.test(digits) ? digits : String(id);
}

function checkMember(
  text: string,
  data: Fields,
  where: string,
  userId: string,
  { maxUserIdLength, maxUserInfoBytes }: MemberLimits,
): DataError | undefined {
  if (userId.length > maxUserIdLength) {
    return exceed(`user id is longer than the allowed maximum (${maxUserIdLength} characters)`);
  }
  const info = optional(data.user_info);
  if (info === undefined) return undefined;
  if (!isObject(info)) {
    return dataError(
      `user_info supplied to ${where} is invalid - if supplied it must be a type of hash`,
    );
  }
  // PHP escapes all that is not ASCII: `\u6f22` is one character, of three bytes.
  const raw = rawValue(text, 'user_info').replace(/\\(?:u([0-9a-f]{4})|.)/gi, unescaped);
  if (Buffer.byteLength(raw) <= maxUserInfoBytes) return undefined;
  return exceed(`user_info is larger than the allowed maximum (${maxUserInfoBytes} bytes)`);
}

function unescaped(escape: string, hex: string | undefined): string {
  return hex === undefined ? escape : String.fromCharCode(parseInt(hex, 16));
}

function infoText(text: string, data: Fields): string | undefined {
  return optional(data.user_info) === undefined ? undefined : rawValue(text, 'user_info');
}

function isListOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function dataError(message: string): DataError {
  return { ok: false, limit: false, message };
}

function exceed(message: string): DataError {
  return { ok: false, limit: true, message };
}
