import type { Answer } from '../../../http/answer';
import { type Call, apiError, type Endpoint } from '../call';
import { isPresence } from '../info';
import { readChannelName } from '../publication';

/** `GET /apps/<id>/channels/<name>/users`: the members of a presence channel, each user once. */
export const channelUsers: Endpoint = {
  method: 'GET',
  params: new Set(),
  publishes: false,
  run({ app, limits, subject }: Call): Answer {
    const channel = readChannelName(app, subject, limits);
    if (!isPresence(channel)) {
      throw apiError(400, 'Users can only be retrieved for presence channels');
    }
    const ids = app.channels.get(channel)?.presence?.ids() ?? [];
    return { status: 200, body: JSON.stringify({ users: ids.map((id) => ({ id })) }) };
  },
};
