import { EventKind, type PipeEvent } from '../../wire/frames';
import type { Settings } from '../options';

/** Rules that the settings of a client lay down for its events; they hold as long as the client lives. */
export interface Policy {
  /** Partitions may belong to other members of the group. */
  readonly shared: boolean;
  /** A process that is started under the same name takes over at once. */
  readonly named: boolean;
  /** The gateway keeps the stream beyond the session, so an event whose handlers have not begun may be left to it. */
  readonly kept: boolean;
  /** Messages of a channel are ordered by the channel, not by the socket. */
  readonly byChannel: boolean;
  /** Snapshots count. In a group without an order no member can use them, since the events of a socket go to all. */
  readonly resyncs: boolean;
  /** An event is acknowledged when it was received, not when its handlers have ended. */
  readonly acksOnReceipt: boolean;
}

export function policyOf({ group, name, ack }: Pick<Settings, 'group' | 'name' | 'ack'>): Policy {
  const shared = group !== undefined && group.mode !== 'broadcast';
  return {
    shared,
    named: name !== undefined,
    kept: shared || name !== undefined,
    byChannel: shared && group.order === 'channel',
    resyncs: group?.mode !== 'shared',
    acksOnReceipt: ack === 'received',
  };
}

/** Time that a process of the same name surely needs to start and to take over. */
const NAMESAKE_MS = 500;

/**
 * Time after which events at hand may be another process's, when this one has read nothing meanwhile; Infinity when
 * they stay its own. `graceMs` is the grace of the group.
 */
export function takeoverMs({ shared, named }: Policy, graceMs = Infinity): number {
  if (named) return Math.min(graceMs, NAMESAKE_MS);
  return shared ? graceMs : Infinity;
}

/** The key of an event: events of one key are handled one after the other. */
export function keyOf(
  { kind, socketId, channel = '', userId = '' }: PipeEvent,
  { byChannel }: Policy,
): string {
  switch (kind) {
    case EventKind.MESSAGE:
      return (byChannel && channel) || socketId || channel;
    case EventKind.OCCUPIED:
    case EventKind.VACATED:
    case EventKind.MEMBER_ADDED:
    case EventKind.MEMBER_REMOVED:
    case EventKind.CACHE_MISS:
      return channel || socketId;
    case EventKind.USER_ONLINE:
    case EventKind.USER_OFFLINE:
      return userId || socketId;
    default:
      // Events of a socket, and kinds of a later version.
      return socketId || channel;
  }
}
