import { StandpipeError, asError } from '../../errors';
import {
  isEventName,
  isReservedEvent,
  isUserId,
  parseChannelName,
} from '../../pusher/channel-name';
import { DEFAULT_CHANNEL_LIMITS } from '../../pusher/limits';
import type { Command, Verb } from '../../wire/frames';
import { EventMeta } from '../handlers/event-meta';
import type { PublishOptions, TriggerOptions } from '../types';

/** Whom an event is for: a channel or several, a socket or a user. */
export interface Target {
  readonly verb: Verb;
  readonly channel?: string | undefined;
  /** Further ones. */
  readonly channels?: string[] | undefined;
  readonly socketId?: string | undefined;
  readonly userId?: string | undefined;
}

/** Told once what became of a command; `sockets` comes with a receipt. */
export type Done = (error: StandpipeError | null, sockets?: number) => void;

/** A command in the outbox: what goes on the wire, and who is told its outcome. */
export interface Queued extends Command {
  done: Done | undefined;
}

/** What a command takes on the wire beside its names and data, roughly. */
const COMMAND_BYTES = 24;
const ORIGIN_BYTES = 24;
const MAX_EXCEPT = 1_000;
const MAX_SOCKET_ID_LENGTH = 100;
const MAX_REASON_BYTES = 123;
const MAX_KEY_LENGTH = 255;
const MAX_CHANNELS = DEFAULT_CHANNEL_LIMITS.maxChannelsPerPublish;

/** How much of an outbox a command takes. */
export function sizeOf(command: Command): number {
  const { channel, channels, event, data, exceptSockets: except, origin, idempotencyKey } = command;
  let bytes = COMMAND_BYTES + Buffer.byteLength(data ?? '');
  bytes += (channel?.length ?? 0) + (event?.length ?? 0) + (idempotencyKey?.length ?? 0);
  if (channels !== undefined) for (const name of channels) bytes += name.length;
  if (except !== undefined) for (const id of except) bytes += id.length;
  if (origin !== undefined) bytes += ORIGIN_BYTES;
  return bytes;
}

/** Throws `bad_argument` unless a backend may trigger this event. */
export function checkEventName(event: unknown): asserts event is string {
  if (typeof event !== 'string' || !isEventName(event)) {
    throw badArgument('an event name must be a string of 1 to 200 characters');
  }
  if (isReservedEvent(event)) {
    throw badArgument(
      `event names that begin with pusher: or pusher_internal: are reserved (${event})`,
    );
  }
}

/** Throws `bad_argument` for what cannot be a socket id. */
export function checkedSocketId(id: unknown): string {
  if (typeof id === 'string' && id !== '' && id.length <= MAX_SOCKET_ID_LENGTH) return id;
  throw badArgument(`a socket id must be a string of 1 to ${MAX_SOCKET_ID_LENGTH} characters`);
}

/** Throws `bad_argument` for what cannot be a channel name. */
export function checkedChannel(name: unknown): string {
  if (typeof name === 'string' && parseChannelName(name) !== undefined) return name;
  throw badArgument(
    'a channel name must be of letters, digits and _ - = @ , . ; and at most 164 characters',
  );
}

/** Throws `bad_argument` for what cannot be the channels of one event. Names that are there twice count once. */
export function checkedChannels(names: unknown): [string, ...string[]] {
  if (!Array.isArray(names) || names.length === 0 || names.length > MAX_CHANNELS) {
    throw badArgument(`channels must be an array of 1 to ${MAX_CHANNELS} names`);
  }
  return [...new Set(names.map(checkedChannel))] as [string, ...string[]];
}

/** Throws `bad_argument` for what cannot be the id of a signed-in user. */
export function checkedUserId(id: unknown): string {
  const { maxUserIdLength: max } = DEFAULT_CHANNEL_LIMITS;
  if (typeof id === 'string' && id.length <= max && isUserId(id)) return id;
  throw badArgument(
    `a user id must be of letters, digits and _ - = @ , . ; and at most ${max} characters`,
  );
}

/** Throws `bad_argument` unless a socket may be closed with these (RFC 6455, sections 5.5 and 7.4.2). */
export function checkClose(code: unknown, reason: unknown): void {
  const fits = Number.isSafeInteger(code) && Number(code) >= 4000 && Number(code) <= 4999;
  if (code !== undefined && !fits) throw badArgument('a close code must be from 4000 to 4999');
  if (reason === undefined) return;
  if (typeof reason === 'string' && Buffer.byteLength(reason) <= MAX_REASON_BYTES) return;
  throw badArgument(`a close reason must be a string of at most ${MAX_REASON_BYTES} bytes`);
}

/** The sockets to leave out, as the wire wants them. */
export function exceptOf(options: TriggerOptions | undefined): string[] | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== 'object' || options === null)
    throw badArgument('options must be an object');
  const { except } = options;
  if (except === undefined) return undefined;
  const ids: unknown = typeof except === 'string' ? [except] : except;
  if (!Array.isArray(ids) || ids.length > MAX_EXCEPT) {
    throw badArgument(`except must be a socket id or an array of at most ${MAX_EXCEPT} of them`);
  }
  return ids.map((id) => checkedSocketId(id));
}

/** The event that a command answers, as the wire wants it. */
export function originOf(options: TriggerOptions | undefined): Command['origin'] {
  const cause = options?.cause;
  if (cause === undefined) return undefined;
  if (cause instanceof EventMeta) return cause.origin();
  throw badArgument('cause must be the meta that a handler was given');
}

/** The key under which a command is applied once. */
export function keyOf(options: TriggerOptions | undefined): string | undefined {
  const key: unknown = options?.idempotencyKey;
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key !== '' && key.length <= MAX_KEY_LENGTH) return key;
  throw badArgument(`idempotencyKey must be a string of 1 to ${MAX_KEY_LENGTH} characters`);
}

export function ackOf({ ack = 'accepted' }: PublishOptions): 'accepted' | 'delivered' {
  if (ack === 'accepted' || ack === 'delivered') return ack;
  throw badArgument('ack must be accepted or delivered');
}

export function checkCallback(callback: unknown): void {
  if (callback === undefined || typeof callback === 'function') return;
  throw badArgument('the callback must be a function');
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
    if (bytes > maxBytes)
      throw badArgument(`data takes ${bytes} bytes as JSON; ${maxBytes} are allowed`);
  }
  return text;
}

function badArgument(rule: string, cause?: unknown): StandpipeError {
  return new StandpipeError('bad_argument', rule, cause === undefined ? {} : { cause });
}
