import { type ChannelName, parseChannelName } from '../../../../pusher/channel-name';
import * as messages from '../../../../pusher/messages';
import { parseChannelData } from '../../../../pusher/presence';
import { verifyChannelAuth } from '../../../../pusher/signature';
import type { Identity } from '../../../core/model/presence';
import type { Socket } from '../../../core/model/socket';
import type { Limits } from '../../../options/options';
import type { ChannelsContext } from '../context';

interface SubscribeMessage {
  channel: string;
  auth: string;
  channelData: string | undefined;
}

/** Why a subscription was refused; the socket stays open and is told on the connection and, unless the app wants it
 * otherwise, on the channel. */
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
  const { limits, hub } = context;
  const { channel: name } = message;
  if (!context.maySubscribe(socket)) {
    return refuse(context, socket, name, {
      type: 'LimitReached',
      message: `Too many subscriptions: the limit is ${limits.maxSubscriptionsPerSecond} per second`,
      status: 4301,
    });
  }
  const kind = parseChannelName(name, limits.maxChannelNameLength);
  if (kind === undefined) {
    const shown = name.slice(0, limits.maxChannelNameLength);
    const rule = `1 to ${limits.maxChannelNameLength} of A-Z a-z 0-9 _ - = @ , . ;`;
    return context.error(socket, null, `Invalid channel name: '${shown}' (${rule})`);
  }
  const present = socket.channels?.get(name);
  if (present !== undefined) {
    // A backend was faster: clients bind to a channel by subscribing to it.
    if (socket.granted?.delete(name) === true) return hub.welcome(socket, present);
    return context.error(socket, null, `Existing subscription to channel ${name}`);
  }
  if ((socket.channels?.size ?? 0) >= limits.maxChannelsPerSocket) {
    return refuse(context, socket, name, {
      type: 'LimitReached',
      message: `Too many subscriptions: the limit is ${limits.maxChannelsPerSocket} per connection`,
      status: 4100,
    });
  }
  const { channels } = socket.app;
  if (channels.size >= limits.maxChannelsPerApp && !channels.has(name)) {
    return refuse(context, socket, name, {
      type: 'LimitReached',
      message: `Too many channels: the limit is ${limits.maxChannelsPerApp} per app`,
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
  if (kind.user !== undefined) {
    if (kind.user === socket.user?.userId) return { identity: undefined };
    return unauthorized(`Not signed in as the user of channel ${channel}`);
  }
  const { key, secret } = socket.app;
  const auths = verifyChannelAuth({ key, secret, socketId: socket.id, channel, auth, channelData });
  if (!auths.ok) return unauthorized(auths.message);
  if (kind.visibility !== 'presence') return { identity: undefined };

  const member = memberOf(socket, channelData, limits);
  if ('refusal' in member) return member;
  const presence = socket.app.channels.get(channel)?.presence;
  if (
    presence !== undefined &&
    !presence.has(member.identity.userId) &&
    presence.size >= limits.maxMembersPerChannel
  ) {
    return overLimit(`Presence channel is full (${limits.maxMembersPerChannel} members)`, 4100);
  }
  return member;
}

/** Who joins a presence channel: whom the signed `channel_data` names, or without any the signed-in user. */
function memberOf(
  { user }: Socket,
  channelData: string | undefined,
  limits: Limits,
): { identity: Identity } | { refusal: Refusal } {
  if (channelData === undefined) {
    return user === undefined
      ? unauthorized('Missing parameter: channel_data')
      : { identity: user };
  }
  const data = parseChannelData(channelData, limits);
  if (!data.ok) return data.limit ? overLimit(data.message, 4301) : unauthorized(data.message);
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
  if (!socket.app.options.subscriptionErrors) return;
  const error = { type, error: message, status };
  context.send(socket, messages.subscriptionError(channel, error));
}
