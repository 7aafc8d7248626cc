import { DEFAULT_CHANNEL_LIMITS } from './limits';

export interface ChannelKind {
  visibility: 'public' | 'private' | 'presence' | 'encrypted';
  /** True when the last published event is kept for newcomers. */
  cache: boolean;
}

export interface ChannelName extends ChannelKind {
  name: string;
  /**
   * The user of `#server-to-user-<id>`. Such a channel belongs to the sockets signed in as that user and needs no
   * signature. Its visibility reads 'private', so that code that forgets this field refuses rather than lets in.
   */
  user: string | undefined;
}

const NAME = /^[A-Za-z0-9_\-=@,.;]+$/;
const ENCRYPTED_PREFIX = 'private-encrypted-';
const USER_PREFIX = '#server-to-user-';
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads the prefixes of a channel name; undefined for a name that breaks the rules of the Channels protocol: ASCII
 * letters, digits and `_-=@,.;`, at most `maxLength` characters with prefixes. Prefixes are case-sensitive.
 */
export function parseChannelName(
  name: string,
  maxLength: number = DEFAULT_CHANNEL_LIMITS.maxChannelNameLength,
): ChannelName | undefined {
  if (name.length > maxLength) return undefined;
  if (name.startsWith(USER_PREFIX)) {
    const user = name.slice(USER_PREFIX.length);
    return NAME.test(user) ? { name, visibility: 'private', cache: false, user } : undefined;
  }
  if (!NAME.test(name)) return undefined;
  const [visibility, prefix] = visibilityOf(name);
  return { name, visibility, cache: name.startsWith('cache-', prefix.length), user: undefined };
}

/** True when the events of the channel are encrypted by their publisher. */
export function isEncryptedChannel(name: string): boolean {
  return name.startsWith(ENCRYPTED_PREFIX);
}

/** True when a text has only characters of channel names, at any length. `#server-to-user-` has others. */
export function hasChannelCharacters(name: string): boolean {
  return NAME.test(name);
}

/** True for a name, or for a beginning of names with a `*` behind it. Behind a `#` anything goes but another star. */
export function isChannelPattern(pattern: string): boolean {
  if (pattern === '*') return true;
  const name = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
  return name.startsWith('#') ? !name.includes('*') : hasChannelCharacters(name);
}

function visibilityOf(name: string): [ChannelKind['visibility'], prefix: string] {
  if (isEncryptedChannel(name)) return ['encrypted', ENCRYPTED_PREFIX];
  if (name.startsWith('private-')) return ['private', 'private-'];
  if (name.startsWith('presence-')) return ['presence', 'presence-'];
  return ['public', ''];
}

/** The internal channel that reaches all sockets of a signed-in user. */
export function userChannel(userId: string): string {
  return USER_PREFIX + userId;
}

export function isUserChannel(name: string): boolean {
  return name.startsWith(USER_PREFIX);
}

/**
 * True when a string can be the id of a signed-in user: a channel is named after it, so the same characters are
 * allowed.
 */
export function isUserId(id: string): boolean {
  return NAME.test(id);
}

/** Text without lone surrogates, which have no UTF-8: two such names would become one on the way. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

export function isEventName(
  name: string,
  maxLength: number = DEFAULT_CHANNEL_LIMITS.maxEventNameLength,
): boolean {
  return name.length > 0 && name.length <= maxLength && isWellFormed(name);
}

/** Events that sockets may send to each other on private and presence channels. */
export function isClientEvent(name: string): boolean {
  return name.startsWith('client-');
}

/** Events that are the protocol's own; nobody may publish them. */
export function isReservedEvent(name: string): boolean {
  return name.startsWith('pusher:') || name.startsWith('pusher_internal:');
}
