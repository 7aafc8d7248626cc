import { StandpipeError, asError } from '../errors';
import {
  isChannelPattern,
  isEventName,
  isReservedEvent,
  isUserId,
  parseChannelName,
} from '../pusher/channel-name';
import { DEFAULT_CHANNEL_LIMITS, MAX_LATEST_KEY_LENGTH } from '../pusher/limits';
import { didYouMean } from '../util/closest';
import { MAX_CLOSE_REASON_BYTES, fitsCloseReason } from '../util/close-reason';

/* Arguments of public methods. Each check throws a StandpipeError `bad_argument` whose message says what is allowed. */

const MAX_EXCEPT = 1_000;
const MAX_SOCKET_ID_LENGTH = 100;
const MAX_KEY_LENGTH = 255;
const MAX_CHANNELS = DEFAULT_CHANNEL_LIMITS.maxChannelsPerPublish;

export function badArgument(rule: string, cause?: unknown): StandpipeError {
  return new StandpipeError('bad_argument', rule, cause === undefined ? {} : { cause });
}

export function checkHandler(handler: unknown): void {
  if (typeof handler !== 'function') throw badArgument('a handler must be a function');
}

export function checkCallback(callback: unknown): void {
  if (callback === undefined || typeof callback === 'function') return;
  throw badArgument('the callback must be a function');
}

/** A word that no handler is ever called for is most likely misspelt. */
export function checkWord(word: unknown, words: readonly string[]): void {
  if (words.includes(word as string)) return;
  const hint = typeof word === 'string' ? didYouMean(word, words) : '';
  throw badArgument(`there is no such event here${hint}; the events are ${words.join(', ')}`);
}

/** An object whose keys are all known; undefined passes. */
export function checkKeys(what: string, given: unknown, known: readonly string[]): void {
  if (given === undefined) return;
  if (typeof given !== 'object' || given === null) throw badArgument(`${what} must be an object`);
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    const hint = didYouMean(key, known);
    throw badArgument(`${what} cannot have ${key}${hint}; allowed are ${known.join(', ')}`);
  }
}

/** A name, or a prefix that ends in `*`. */
export function checkPattern(field: string, pattern: string): void {
  const at = pattern.indexOf('*');
  if (at >= 0 && at < pattern.length - 1) {
    throw badArgument(
      `${field}: a * stands for the rest of a name and comes last, not as in ${pattern}`,
    );
  }
  if (field !== 'channels' || isChannelPattern(pattern)) return;
  throw badArgument(
    `${field}: names of channels are of letters, digits and _ - = @ , . ; which ${pattern} is not`,
  );
}

const SIGNED = ['private-', 'presence-'];

/** A pattern of channels that gateways ask about: no other channel is ever authorized. */
export function checkSignedPattern(pattern: unknown): void {
  if (typeof pattern !== 'string') return;
  const prefix = pattern.endsWith('*') ? pattern.slice(0, -1) : undefined;
  const fits = SIGNED.some(
    (each) => pattern.startsWith(each) || (prefix !== undefined && each.startsWith(prefix)),
  );
  if (fits) return;
  throw badArgument(
    `only channels that begin with private- or presence- are authorized, which ${pattern} does not fit`,
  );
}

/** The name of an event that a backend may trigger. */
export function checkEventName(event: unknown): asserts event is string {
  if (typeof event !== 'string' || !isEventName(event)) {
    throw badArgument('the first argument is the event name, a string of 1 to 200 characters');
  }
  if (isReservedEvent(event)) {
    throw badArgument(
      `event names that begin with pusher: or pusher_internal: are reserved (${event})`,
    );
  }
}

export function checkedSocketId(id: unknown): string {
  if (typeof id === 'string' && id !== '' && id.length <= MAX_SOCKET_ID_LENGTH) return id;
  throw badArgument(`a socket id must be a string of 1 to ${MAX_SOCKET_ID_LENGTH} characters`);
}

export function checkedChannel(name: unknown): string {
  if (typeof name === 'string' && parseChannelName(name) !== undefined) return name;
  throw badArgument(
    'a channel name must be of letters, digits and _ - = @ , . ; and at most 164 characters',
  );
}

/** The channels of one event. Names that are there twice count once. */
export function checkedChannels(names: unknown): [string, ...string[]] {
  if (!Array.isArray(names) || names.length === 0 || names.length > MAX_CHANNELS) {
    throw badArgument(`channels must be an array of 1 to ${MAX_CHANNELS} names`);
  }
  return [...new Set(names.map(checkedChannel))] as [string, ...string[]];
}

export function checkedUserId(id: unknown): string {
  const { maxUserIdLength: max } = DEFAULT_CHANNEL_LIMITS;
  if (typeof id === 'string' && id.length <= max && isUserId(id)) return id;
  throw badArgument(
    `a user id must be of letters, digits and _ - = @ , . ; and at most ${max} characters`,
  );
}

/** Code and reason with which a backend may close a socket (RFC 6455, sections 5.5 and 7.4.2). */
export function checkClose(code: unknown, reason: unknown): void {
  const fits = Number.isSafeInteger(code) && Number(code) >= 4000 && Number(code) <= 4999;
  if (code !== undefined && !fits) throw badArgument('a close code must be from 4000 to 4999');
  if (reason === undefined) return;
  if (typeof reason === 'string' && fitsCloseReason(reason)) return;
  throw badArgument(`a close reason must be a string of at most ${MAX_CLOSE_REASON_BYTES} bytes`);
}

/** The sockets that do not get an event. */
export function checkedExcept(except: unknown): string[] | undefined {
  if (except === undefined) return undefined;
  const ids: unknown = typeof except === 'string' ? [except] : except;
  if (!Array.isArray(ids) || ids.length > MAX_EXCEPT) {
    throw badArgument(`except must be a socket id or an array of at most ${MAX_EXCEPT} of them`);
  }
  return ids.map((id) => checkedSocketId(id));
}

/** The key under which a command is applied once. */
export function checkedKey(key: unknown): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH) return key;
  throw badArgument(`idempotencyKey must be a string of 1 to ${MAX_KEY_LENGTH} characters`);
}

/** The key of a latest event; that of `true` is its name. */
export function checkedLatest(latest: unknown, event: string): string | undefined {
  if (latest === undefined) return undefined;
  if (latest === true) return event;
  if (typeof latest === 'string' && latest !== '' && latest.length <= MAX_LATEST_KEY_LENGTH) {
    return latest;
  }
  throw badArgument(
    `latest must be true or a key, a string of 1 to ${MAX_LATEST_KEY_LENGTH} characters`,
  );
}

export function checkedVolatile(volatile: unknown, latest: unknown): true | undefined {
  if (volatile === undefined || volatile === false) return undefined;
  if (volatile !== true) throw badArgument('volatile must be true or false');
  if (latest !== undefined) throw badArgument('an event is either latest or volatile, not both');
  return true;
}

export function checkedAck(ack: unknown = 'accepted'): 'accepted' | 'delivered' {
  if (ack === 'accepted' || ack === 'delivered') return ack;
  throw badArgument('ack must be accepted or delivered');
}

/** Data as JSON text of at most `maxBytes`; undefined travels as null. */
export function jsonOf(data: unknown, maxBytes: number): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(data ?? null);
  } catch (cause) {
    throw badArgument(`data cannot be made JSON: ${asError(cause).message}`, cause);
  }
  if (text === undefined) throw badArgument(`data cannot be made JSON: it is a ${typeof data}`);
  // A character takes at most three bytes, so most data need not be measured.
  if (text.length * 3 > maxBytes) {
    const bytes = Buffer.byteLength(text);
    if (bytes > maxBytes) {
      throw badArgument(`data takes ${bytes} bytes as JSON; ${maxBytes} are allowed`);
    }
  }
  return text;
}
