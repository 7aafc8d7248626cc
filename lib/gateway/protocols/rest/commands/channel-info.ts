import { later } from '../../../../brokers/eventual';
import { type Call, type Checked, UNAVAILABLE, apiError, type Endpoint } from '../call';
import { checkInfo, countFields, isPresence, readInfo } from '../info';
import { readChannelName } from '../publication';

/** `GET /apps/<id>/channels/<name>`: whether anybody is there, and what `info` asks for. Unknown channels are empty ones. */
export const channelInfo: Endpoint = {
  method: 'GET',
  permission: 'read',
  params: new Set(['info']),
  publishes: false,
  check({ app, hub, limits, query, subject }: Call): Checked {
    const channel = readChannelName(app, subject, limits);
    const info = readInfo(query.info);
    checkInfo(app, info, ['user_count', 'subscription_count', 'cache']);
    if (info.has('user_count') && !isPresence(channel)) {
      throw apiError(
        400,
        'Cannot retrieve the user count unless the channel is a presence channel',
      );
    }
    const answer: Checked['answer'] = () =>
      later(app.broker.counts([channel]), (counts) => {
        if (counts === 'unavailable') return UNAVAILABLE;
        const [count] = counts;
        const isOccupied = count !== undefined && count.subscriptions > 0;
        const fields = [`"occupied":${isOccupied}`, ...countFields(app, channel, info, count)];
        if (!info.has('cache')) return { status: 200, body: `{${fields.join()}}` };
        return later(hub.cached(app, channel), (cached) => {
          if (cached === 'unavailable') return UNAVAILABLE;
          // Whole seconds, as the hosted service has it.
          const entry = cached && { data: cached.data, ttl: Math.ceil(cached.ttlMs / 1000) };
          fields.push(`"cache":${JSON.stringify(entry ?? null)}`);
          return { status: 200, body: `{${fields.join()}}` };
        });
      });
    return { answer };
  },
};
