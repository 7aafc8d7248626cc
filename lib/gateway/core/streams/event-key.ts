import { EventKind, type PipeEvent } from '../../../wire/frames';

/** The key that an event is ordered by: its user, its channel or its socket. */
export function keyOf(
  { kind, socketId, channel = '', userId = '' }: PipeEvent,
  order: 'socket' | 'channel',
): string {
  switch (kind) {
    case EventKind.USER_ONLINE:
    case EventKind.USER_OFFLINE:
      return userId || socketId;
    case EventKind.MESSAGE:
      return (order === 'channel' && channel) || socketId;
    case EventKind.OPEN:
    case EventKind.CLOSE:
    case EventKind.SLOW:
    case EventKind.DRAINED:
      return socketId;
    default:
      // Events of a channel and its members.
      return channel || socketId;
  }
}
