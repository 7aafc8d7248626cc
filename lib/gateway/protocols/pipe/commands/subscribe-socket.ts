import { parseChannelName } from '../../../../pusher/channel-name';
import { parseChannelData } from '../../../../pusher/presence';
import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { Identity } from '../../../core/model/presence';
import type { Socket } from '../../../core/model/socket';
import type { Limits } from '../../../options/options';
import type { PipeContext } from '../context';
import { type Outcome, type Refusal, badChannel, refusal, unknownSocket } from './outcome';

/**
 * Puts a socket into a channel, whatever kind it is: the backend holds the secret that a signature would prove. The
 * limits of the app hold all the same. A socket that is there already stays as it is.
 */
export function subscribeSocket(
  { limits, hub }: PipeContext,
  app: App,
  { socketId = '', channel: name = '', data = '' }: Command,
): Outcome {
  const kind = parseChannelName(name, limits.maxChannelNameLength);
  if (kind === undefined || kind.user !== undefined) return badChannel(name);
  const socket = app.sockets.get(socketId);
  if (socket === undefined || socket.closed) return unknownSocket(socketId);
  if (socket.channels?.has(name) === true) return { sockets: 1 };
  const full = atLimit(socket, name, limits);
  if (full !== undefined) return refusal('limit_reached', full);
  if (kind.visibility === 'presence') {
    const member = memberOf(socket, name, data, limits);
    if ('code' in member) return member;
    hub.grant(socket, kind, member);
  } else hub.grant(socket, kind);
  return { sockets: 1 };
}

function atLimit({ app, channels }: Socket, name: string, limits: Limits): string | undefined {
  if ((channels?.size ?? 0) >= limits.maxChannelsPerSocket) {
    return `a socket has at most ${limits.maxChannelsPerSocket} channels`;
  }
  if (app.channels.size >= limits.maxChannelsPerApp && !app.channels.has(name)) {
    return `the app has at most ${limits.maxChannelsPerApp} channels`;
  }
  return undefined;
}

/** Who joins a presence channel: whom the command names, or the user that the socket signed in as. */
function memberOf(
  { app, user }: Socket,
  channel: string,
  data: string,
  limits: Limits,
): Identity | Refusal {
  const given = data === '' ? undefined : parseChannelData(data, limits);
  if (given?.ok === false) return refusal('bad_params', given.message);
  const member = given ?? user;
  if (member === undefined) {
    return refusal('bad_params', 'a presence channel needs to know who joins it');
  }
  const presence = app.channels.get(channel)?.presence;
  const max = limits.maxMembersPerChannel;
  if (presence !== undefined && !presence.has(member.userId) && presence.size >= max) {
    return refusal('limit_reached', `a presence channel has at most ${max} members`);
  }
  return { userId: member.userId, userInfo: member.userInfo };
}
