import { parseChannelName } from '../../../../pusher/channel-name';
import { type Result, type Query, channelParam } from './query';

/**
 * `channel.info {channel}`: a channel that nobody is on is an empty one. `userCount` is of presence channels, `cached` of
 * cache channels.
 */
export function channelInfo(query: Query): Result {
  const { app, context } = query;
  const name = channelParam(query);
  const channel = app.channels.get(name);
  const kind = channel?.kind ?? parseChannelName(name, name.length);
  const info = {
    name,
    occupied: channel !== undefined,
    subscriptionCount: channel?.sockets.size ?? 0,
    userCount: kind?.visibility === 'presence' ? (channel?.presence?.size ?? 0) : undefined,
    cached: kind?.cache === true ? (context.hub.cached(app, name) ?? null) : undefined,
  };
  return { result: JSON.stringify(info) };
}
