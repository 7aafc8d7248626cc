import type { Answer } from '../../../http/answer';
import { type Call, apiError, type Endpoint } from '../call';
import { checkInfo, countFields, isPresence, readInfo } from '../info';
import { readChannelName } from '../publication';

/** `GET /apps/<id>/channels/<name>`: whether anybody is there, and what `info` asks for. Unknown channels are empty ones. */
export const channelInfo: Endpoint = {
  method: 'GET',
  params: new Set(['info']),
  publishes: false,
  run({ app, hub, limits, query, subject }: Call): Answer {
    const channel = readChannelName(app, subject, limits);
    const info = readInfo(query.info);
    checkInfo(app, info, ['user_count', 'subscription_count', 'cache']);
    if (info.has('user_count') && !isPresence(channel)) {
      throw apiError(
        400,
        'Cannot retrieve the user count unless the channel is a presence channel',
      );
    }
    const fields = [`"occupied":${app.channels.has(channel)}`, ...countFields(app, channel, info)];
    if (info.has('cache')) {
      const cached = hub.cached(app, channel);
      // Whole seconds, as the hosted service has it.
      const entry = cached && { data: cached.data, ttl: Math.ceil(cached.ttlMs / 1000) };
      fields.push(`"cache":${JSON.stringify(entry ?? null)}`);
    }
    return { status: 200, body: `{${fields.join()}}` };
  },
};
