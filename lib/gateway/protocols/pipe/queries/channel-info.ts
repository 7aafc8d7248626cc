import { type Eventual, later } from '../../../../brokers/eventual';
import { parseChannelName } from '../../../../pusher/channel-name';
import { type Result, type Query, channelParam, unavailable } from './query';

/**
 * `channel.info {channel}`: a channel that nobody is on is an empty one. `userCount` is of presence channels, `cached` of
 * cache channels.
 */
export function channelInfo(query: Query): Eventual<Result> {
  const { app, context } = query;
  const name = channelParam(query);
  const kind = app.channels.get(name)?.kind ?? parseChannelName(name, name.length);
  return later(app.broker.counts([name]), (counts) => {
    if (counts === 'unavailable') throw unavailable();
    const [{ subscriptions, users } = { subscriptions: 0, users: 0 }] = counts;
    const info = {
      name,
      occupied: subscriptions > 0,
      subscriptionCount: subscriptions,
      userCount: kind?.visibility === 'presence' ? users : undefined,
    };
    if (kind?.cache !== true) return { result: JSON.stringify(info) };
    return later(context.hub.cached(app, name), (cached) => {
      if (cached === 'unavailable') throw unavailable();
      return { result: JSON.stringify({ ...info, cached: cached ?? null }) };
    });
  });
}
