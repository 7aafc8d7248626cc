import { later } from '../../../../brokers/eventual';
import { type Call, type Checked, UNAVAILABLE, apiError, type Endpoint } from '../call';
import { isPresence } from '../info';
import { readChannelName } from '../publication';

/** `GET /apps/<id>/channels/<name>/users`: the members of a presence channel, each user once. */
export const channelUsers: Endpoint = {
  method: 'GET',
  permission: 'read',
  params: new Set(),
  publishes: false,
  check({ app, limits, subject }: Call): Checked {
    const channel = readChannelName(app, subject, limits);
    if (!isPresence(channel)) {
      throw apiError(400, 'Users can only be retrieved for presence channels');
    }
    const answer: Checked['answer'] = () =>
      later(app.broker.members(channel), (list) => {
        if (list === 'unavailable') return UNAVAILABLE;
        const users = list.members.map(({ userId: id }) => ({ id }));
        return { status: 200, body: JSON.stringify({ users }) };
      });
    return { answer };
  },
};
