import type { Answer } from '../../../http/answer';
import type { Call, Endpoint } from '../call';
import { isPresence } from '../info';
import { readChannelName } from '../publication';

/** `GET /apps/<id>/channels/<name>/stats`, deprecated: the attributes of a channel, under older names. */
export const channelStats: Endpoint = {
  method: 'GET',
  params: new Set(),
  publishes: false,
  run({ app, limits, subject }: Call): Answer {
    const name = readChannelName(app, subject, limits);
    const channel = app.channels.get(name);
    const stats = {
      occupied: channel !== undefined,
      ...(isPresence(name) && { user_count: channel?.presence?.size ?? 0 }),
      ...(app.options.subscriptionCount && { connection_count: channel?.sockets.size ?? 0 }),
    };
    return { status: 200, body: JSON.stringify(stats) };
  },
};
