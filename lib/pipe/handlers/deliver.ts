import { EventKind } from '../../wire/frames';
import { EventMeta } from './event-meta';
import { EVERY, both, type Listeners } from './registry';
import type { Arrival } from '../inbox/assigned-partition';

/**
 * Hands one event to everybody who listens to it: those of all sockets or channels first, and `event` before
 * `event:NAME`. Nothing is parsed and nothing is made for a message that nobody listens to. Returns a promise only when
 * some handler is still running.
 */
export function deliver(listeners: Listeners, arrival: Arrival): Promise<void> | undefined {
  switch (arrival.event.kind) {
    case EventKind.MESSAGE:
      return arrival.event.channel
        ? channelMessage(listeners, arrival, arrival.event.channel)
        : socketMessage(listeners, arrival);
    case EventKind.OPEN:
      return listeners.sockets.tell(EVERY, 'open', arrival.event.socketId, new EventMeta(arrival));
    case EventKind.CLOSE:
      return socketClosed(listeners, arrival);
    case EventKind.SLOW:
      return backpressure(listeners, 'slow', arrival, [parse(arrival.event.data)]);
    case EventKind.DRAINED:
      return backpressure(listeners, 'drained', arrival, []);
    case EventKind.OCCUPIED:
      return channelExistence(listeners, 'occupied', arrival);
    case EventKind.VACATED:
      return channelExistence(listeners, 'vacated', arrival);
    case EventKind.MEMBER_ADDED:
      return membership(listeners, 'member_added', arrival);
    case EventKind.MEMBER_REMOVED:
      return membership(listeners, 'member_removed', arrival);
    case EventKind.CACHE_MISS:
      return channelExistence(listeners, 'cache_miss', arrival);
    case EventKind.USER_ONLINE:
      return userExistence(listeners, 'online', arrival);
    case EventKind.USER_OFFLINE:
      return userExistence(listeners, 'offline', arrival);
    default:
      // Kinds this client has no handlers for; it subscribes to none of them.
      return undefined;
  }
}

/** What handlers of an event listen to. */
export function wordFor({ event: { kind, event = '' } }: Arrival): string {
  switch (kind) {
    case EventKind.OPEN:
      return 'open';
    case EventKind.CLOSE:
      return 'close';
    case EventKind.SLOW:
      return 'slow';
    case EventKind.DRAINED:
      return 'drained';
    case EventKind.OCCUPIED:
      return 'occupied';
    case EventKind.VACATED:
      return 'vacated';
    case EventKind.MEMBER_ADDED:
      return 'member_added';
    case EventKind.MEMBER_REMOVED:
      return 'member_removed';
    case EventKind.CACHE_MISS:
      return 'cache_miss';
    case EventKind.USER_ONLINE:
      return 'online';
    case EventKind.USER_OFFLINE:
      return 'offline';
    default:
      return `event:${event}`;
  }
}

function socketMessage({ sockets }: Listeners, arrival: Arrival): Promise<void> | undefined {
  const { socketId: id, event: name = '', data: text } = arrival.event;
  const named = `event:${name}` as const;
  const all = sockets.hears(EVERY, 'event', named);
  const one = sockets.hears(id, 'event', named);
  if (!all && !one) return undefined;

  const data = parse(text);
  const meta = new EventMeta(arrival);
  let running: Promise<void> | undefined;
  if (all) {
    running = sockets.tell(EVERY, 'event', name, id, data, meta);
    running = both(running, sockets.tell(EVERY, named, id, data, meta));
  }
  if (one) {
    running = both(running, sockets.tell(id, 'event', name, data, meta));
    running = both(running, sockets.tell(id, named, data, meta));
  }
  return running;
}

function channelMessage(
  { channels }: Listeners,
  arrival: Arrival,
  channel: string,
): Promise<void> | undefined {
  const { socketId: id, event: name = '', data: text } = arrival.event;
  const named = `event:${name}` as const;
  const all = channels.hears(EVERY, 'event', named);
  const one = channels.hears(channel, 'event', named);
  if (!all && !one) return undefined;

  const data = parse(text);
  const meta = new EventMeta(arrival);
  let running: Promise<void> | undefined;
  if (all) {
    running = channels.tell(EVERY, 'event', name, channel, id, data, meta);
    running = both(running, channels.tell(EVERY, named, channel, id, data, meta));
  }
  if (one) {
    running = both(running, channels.tell(channel, 'event', name, id, data, meta));
    running = both(running, channels.tell(channel, named, id, data, meta));
  }
  return running;
}

/** A closed socket says no more, so its handlers go with it. */
function socketClosed({ sockets }: Listeners, arrival: Arrival): Promise<void> | undefined {
  const { socketId: id } = arrival.event;
  const meta = new EventMeta(arrival);
  const running = both(sockets.tell(EVERY, 'close', id, meta), sockets.tell(id, 'close', meta));
  sockets.drop(id);
  return running;
}

function backpressure(
  { sockets }: Listeners,
  what: 'slow' | 'drained',
  arrival: Arrival,
  info: unknown[],
): Promise<void> | undefined {
  const { socketId: id } = arrival.event;
  const meta = new EventMeta(arrival);
  return both(sockets.tell(EVERY, what, id, ...info, meta), sockets.tell(id, what, ...info, meta));
}

function channelExistence(
  { channels }: Listeners,
  what: 'occupied' | 'vacated' | 'cache_miss',
  arrival: Arrival,
): Promise<void> | undefined {
  const name = arrival.event.channel ?? '';
  const meta = new EventMeta(arrival);
  return both(channels.tell(EVERY, what, name, meta), channels.tell(name, what, meta));
}

function membership(
  { channels }: Listeners,
  what: 'member_added' | 'member_removed',
  arrival: Arrival,
): Promise<void> | undefined {
  const { channel: name = '', userId = '' } = arrival.event;
  const meta = new EventMeta(arrival);
  return both(
    channels.tell(EVERY, what, name, userId, meta),
    channels.tell(name, what, userId, meta),
  );
}

function userExistence(
  { users }: Listeners,
  what: 'online' | 'offline',
  arrival: Arrival,
): Promise<void> | undefined {
  return users.tell(EVERY, what, arrival.event.userId ?? '', new EventMeta(arrival));
}

/** Data as the program sees it: undefined when the browser sent none, or something that is no JSON. */
function parse(data: string | undefined): unknown {
  if (data === undefined || data === '') return undefined;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}
