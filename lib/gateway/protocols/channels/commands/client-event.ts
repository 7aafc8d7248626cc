import { isClientEvent } from '../../../../pusher/channel-name';
import { CloseCode } from '../../../../pusher/close-codes';
import type { EventMessage } from '../../../../pusher/messages';
import type { Socket } from '../../../core/model/socket';
import { TokenBucket } from '../../../core/timing/token-bucket';
import type { ChannelsContext } from '../context';

/**
 * An event of a browser, with a channel or without. The router chooses its receivers. Size, rate and subscription to
 * the named channel are checked here.
 */
export function clientEvent(context: ChannelsContext, socket: Socket, message: EventMessage): void {
  const { limits, router } = context;
  const { event, channel: name, data, trace } = message;
  const reject = (reason: string, why: string): void =>
    context.refuse(
      ...([socket, reason, CloseCode.CLIENT_EVENT_REJECTED] as const),
      `Client event rejected - ${why}`,
    );

  if (event.length > limits.maxEventNameLength) {
    return reject(
      'event_name',
      `the event name is longer than ${limits.maxEventNameLength} characters`,
    );
  }
  if (isTooLarge(data, limits.maxEventDataBytes)) {
    return reject('event_data', `the data is larger than ${limits.maxEventDataBytes} bytes`);
  }
  const channel = name === undefined ? undefined : socket.channels?.get(name);
  if (name !== undefined && channel === undefined) {
    const shown = name.slice(0, limits.maxChannelNameLength);
    return reject('not_subscribed', `not subscribed to channel '${shown}'`);
  }
  const relays =
    channel !== undefined && isClientEvent(event) && router.relays(channel, socket.app);
  const limit = withinRate(context, socket, relays);
  if (limit !== undefined) {
    return reject('event_rate', `over the rate limit of ${limit} events per second`);
  }

  const verdict = router.fromSocket(socket, channel, event, data, relays, trace);
  if (verdict !== undefined) context.refuse(socket, 'client_events', null, verdict);
}

/** A string counts by its own bytes, as in the HTTP API; any other data by its JSON text. */
function isTooLarge(json: string, maxBytes: number): boolean {
  if (json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes) return false;
  return !json.startsWith('"') || Buffer.byteLength(JSON.parse(json) as string) > maxBytes;
}

/** The limit that an event would cross. Events to other browsers are limited as on the hosted service. */
function withinRate(
  { limits, clock }: ChannelsContext,
  { buckets }: Socket,
  relays: boolean,
): number | undefined {
  const now = clock.now();
  if (relays) {
    const limit = limits.maxClientEventsPerSecond;
    buckets.clientEvents ??= new TokenBucket();
    return buckets.clientEvents.take(limit, limit, now) ? undefined : limit;
  }
  const limit = limits.maxBackChannelEventsPerSecond;
  buckets.messages ??= new TokenBucket();
  return buckets.messages.take(limit, limit, now) ? undefined : limit;
}
