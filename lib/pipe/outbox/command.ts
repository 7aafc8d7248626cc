import type { StandpipeError } from '../../errors';
import type { Command, Verb } from '../../wire/frames';
import { badArgument } from '../checks';
import { EventMeta } from '../handlers/event-meta';

/** The receiver of an event: one channel or several, a socket or a user. */
export interface Target {
  readonly verb: Verb;
  readonly channel?: string | undefined;
  /** Further channels. */
  readonly channels?: string[] | undefined;
  readonly socketId?: string | undefined;
  readonly userId?: string | undefined;
}

/** Callback of a command's outcome, called once. `sockets` comes with a receipt. */
export type Done = (error: StandpipeError | null, sockets?: number) => void;

/** A command in the outbox, with the callback of its outcome. */
export interface Queued extends Command {
  done: Done | undefined;
}

/** Bytes of a command on the wire beside its names and data, roughly. */
const COMMAND_BYTES = 24;
const ORIGIN_BYTES = 24;

/** Bytes that a command takes of an outbox. */
export function sizeOf(command: Command): number {
  const { channel, channels, event, data, exceptSockets: except, origin } = command;
  const { idempotencyKey, latestKey } = command;
  let bytes = COMMAND_BYTES + Buffer.byteLength(data ?? '');
  bytes += (channel?.length ?? 0) + (event?.length ?? 0);
  bytes += (idempotencyKey?.length ?? 0) + (latestKey?.length ?? 0);
  if (channels !== undefined) for (const name of channels) bytes += name.length;
  if (except !== undefined) for (const id of except) bytes += id.length;
  if (origin !== undefined) bytes += ORIGIN_BYTES;
  return bytes;
}

/**
 * The event that a command answers, as the wire wants it.
 * @throws StandpipeError `bad_argument`
 */
export function originOf(cause: unknown): Command['origin'] {
  if (cause === undefined) return undefined;
  if (cause instanceof EventMeta) return cause.origin();
  throw badArgument('cause must be the meta that a handler was given');
}
