import { isObject } from '../../../pusher/json';
import type { Socket } from '../../core/model/socket';
import type { PushyMembers } from './channels';
import type { PushyContext } from './context';
import { ErrorCode, ownEvent } from './frames';
import { count, refuse } from './refuse';
import { verifySubscription } from './signature';

/** The command `subscribe`: answered by an event on the connection, which stays open. */
export function subscribe(context: PushyContext, socket: Socket, data: unknown): void {
  const { parts, options, channels } = context;
  const { hub, admission, clock, limits } = parts;
  const name = channelIn(data);
  const answer = (text: string): void => hub.turn.send(socket, text);
  if (name === undefined) return noChannel(context, socket);
  const failed = (reason: string): void => {
    answer(ownEvent('pushy:subscription-failed', JSON.stringify({ channel: shown(name), reason })));
    count(context, socket, 'subscribe', reason);
  };
  const { auth, data: presenceData } = data as { auth?: unknown; data?: unknown };
  const channel = name.toLowerCase();
  const isPrivate = channel.startsWith('private-');
  if (isPrivate && (typeof auth !== 'string' || auth.trim() === '')) {
    return answer(
      ownEvent('pushy:subscription-needauth', JSON.stringify({ channel: shown(name) })),
    );
  }
  if (!admission.mayAsk(socket)) {
    const rate = limits.maxSubscriptionsPerSecond;
    const message = `Too many subscriptions: the limit is ${rate} per second`;
    return refuse(context, socket, ErrorCode.TOO_MANY, message);
  }
  const signed = { id: socket.id, channel, data: presenceData, auth: auth as string };
  if (isPrivate && !verifySubscription(signed, options.secretKey)) {
    return failed('Invalid credentials');
  }
  const outcome = admission.ask(socket, { channel, channelData: undefined });
  if ('refused' in outcome) return failed(outcome.refused.message);
  const isPresent = 'present' in outcome;
  if (channels.get(channel)?.members.has(socket) === true) {
    if (isPresent) return failed('Already subscribed to this channel');
    // A backend took it off the channel.
    channels.leave(channels.get(channel) as PushyMembers, socket);
  }
  const known = channels.get(channel);
  const presence = known?.presence ?? (isPrivate && presenceData !== undefined);
  if (presence) {
    const { maxMembersPerChannel: most, maxUserInfoBytes: mostBytes } = limits;
    if ((known?.members.size ?? 0) >= most) return failed(`The channel is full (${most} members)`);
    if (typeof presenceData === 'string' && Buffer.byteLength(presenceData) > mostBytes) {
      return failed(`Presence data are larger than ${mostBytes} bytes`);
    }
  }
  const joined = known ?? channels.add(name, presence);
  const success = channels.join(joined, socket, presenceData, clock.wall());
  // Before the events of the channel, of which a cache channel has one at once.
  answer(ownEvent('pushy:subscription-success', success));
  if ('kind' in outcome) hub.subscribe(socket, outcome.kind, outcome.identity);
}

/** The command `unsubscribe`. */
export function unsubscribe(context: PushyContext, socket: Socket, data: unknown): void {
  const { parts, app, channels } = context;
  const { hub } = parts;
  const name = channelIn(data);
  const answer = (text: string): void => hub.turn.send(socket, text);
  if (name === undefined) return noChannel(context, socket);
  const channel = channels.get(name);
  if (channel === undefined)
    return refuse(context, socket, ErrorCode.CHANNEL_NOT_FOUND, 'Channel not found');
  if (!channel.members.has(socket)) {
    return refuse(context, socket, ErrorCode.NOT_SUBSCRIBED, 'Not subscribed to this channel');
  }
  channels.leave(channel, socket);
  const inApp = app.channels.get(name.toLowerCase());
  if (inApp !== undefined) hub.unsubscribe(socket, inApp);
  answer(ownEvent('pushy:subscription-end', JSON.stringify({ channel: shown(name) })));
}

function noChannel(context: PushyContext, socket: Socket): void {
  refuse(context, socket, ErrorCode.NO_CHANNEL, 'No channel specified');
}

function channelIn(data: unknown): string | undefined {
  if (!isObject(data)) return undefined;
  const { channel } = data;
  return typeof channel === 'string' && channel !== '' ? channel : undefined;
}

/** A name from outside, in an answer. */
function shown(name: string): string {
  return name.slice(0, 200);
}
