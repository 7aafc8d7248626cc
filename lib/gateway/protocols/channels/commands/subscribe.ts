import { type ChannelName, parseChannelName } from '../../../../pusher/channel-name';
import * as messages from '../../../../pusher/messages';
import { parseChannelData } from '../../../../pusher/presence';
import { verifyChannelAuth } from '../../../../pusher/signature';
import type { Identity } from '../../../core/presence';
import type { Socket } from '../../../core/socket';
import { TokenBucket } from '../../../core/token-bucket';
import type { ChannelsContext } from '../context';

interface SubscribeMessage {
  channel: string;
  auth: string;
  channelData: string | undefined;
}

/** Why a subscription was refused; the socket stays open and is told twice, on the connection and on the channel. */
interface Refusal {
  type: 'AuthError' | 'LimitReached';
  message: string;
  status: number;
}

/** `pusher:subscribe`: answered by `subscription_succeeded`, or by an error that leaves the connection open. */
export function subscribe(
  context: ChannelsContext,
  socket: Socket,
  message: SubscribeMessage,
): void {
  const { limits, hub, clock } = context;
  const { channel: name } = message;
  const perSecond = limits.maxSubscriptionsPerSecond;
  socket.buckets.subscriptions ??= new TokenBucket(perSecond, perSecond * 4, clock.now());
  if (!socket.buckets.subscriptions.take(clock.now())) {
    return refuse(context, socket, name, {
      type: 'LimitReached',
      message: `Too many subscriptions: the limit is ${perSecond} per second`,
      status: 4301,
    });
  }
  const kind = parseChannelName(name, limits.maxChannelNameLength);
  if (kind === undefined) {
    const shown = name.slice(0, limits.maxChannelNameLength);
    const rule = `1 to ${limits.maxChannelNameLength} of A-Z a-z 0-9 _ - = @ , . ;`;
    return context.error(socket, null, `Invalid channel name: '${shown}' (${rule})`);
  }
  if (socket.channels?.has(name) === true) {
    return context.error(socket, null, `Existing subscription to channel ${name}`);
  }
  if ((socket.channels?.size ?? 0) >= limits.maxChannelsPerSocket) {
    return refuse(context, socket, name, {
      type: 'LimitReached',
      message: `Too many subscriptions: the limit is ${limits.maxChannelsPerSocket} per connection`,
      status: 4100,
    });
  }
  const checked = check(context, socket, kind, message);
  if ('refusal' in checked) return refuse(context, socket, name, checked.refusal);
  hub.subscribe(socket, kind, checked.identity);
}

function check(
  { limits }: ChannelsContext,
  socket: Socket,
  kind: ChannelName,
  { channel, auth, channelData }: SubscribeMessage,
): { identity: Identity | undefined } | { refusal: Refusal } {
  if (kind.visibility === 'public') return { identity: undefined };
  const { key, secret } = socket.app;
  const auths = verifyChannelAuth({ key, secret, socketId: socket.id, channel, auth, channelData });
  if (!auths.ok) return unauthorized(auths.message);
  if (kind.visibility !== 'presence') return { identity: undefined };

  if (channelData === undefined) return unauthorized('Missing parameter: channel_data');
  const data = parseChannelData(channelData, limits);
  if (!data.ok) return data.limit ? overLimit(data.message, 4301) : unauthorized(data.message);
  const presence = socket.app.channels.get(channel)?.presence;
  if (
    presence !== undefined &&
    !presence.has(data.userId) &&
    presence.size >= limits.maxMembersPerChannel
  ) {
    return overLimit(`Presence channel is full (${limits.maxMembersPerChannel} members)`, 4100);
  }
  return { identity: { userId: data.userId, userInfo: data.userInfo } };
}

function unauthorized(message: string): { refusal: Refusal } {
  return { refusal: { type: 'AuthError', message, status: 401 } };
}

function overLimit(message: string, status: number): { refusal: Refusal } {
  return { refusal: { type: 'LimitReached', message, status } };
}

function refuse(
  context: ChannelsContext,
  socket: Socket,
  channel: string,
  { type, message, status }: Refusal,
): void {
  context.error(socket, null, message);
  const error = { type, error: message, status };
  context.send(socket, messages.subscriptionError(channel, error));
}
