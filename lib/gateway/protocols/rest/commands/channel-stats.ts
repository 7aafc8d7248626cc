import { later } from '../../../../brokers/eventual';
import { type Call, type Checked, UNAVAILABLE, type Endpoint } from '../call';
import { isPresence } from '../info';
import { readChannelName } from '../publication';

/** `GET /apps/<id>/channels/<name>/stats`, deprecated: the attributes of a channel, under older names. */
export const channelStats: Endpoint = {
  method: 'GET',
  permission: 'read',
  params: new Set(),
  publishes: false,
  check({ app, limits, subject }: Call): Checked {
    const name = readChannelName(app, subject, limits);
    const answer: Checked['answer'] = () =>
      later(app.broker.counts([name]), (counts) => {
        if (counts === 'unavailable') return UNAVAILABLE;
        const [{ subscriptions, users } = { subscriptions: 0, users: 0 }] = counts;
        const stats = {
          occupied: subscriptions > 0,
          ...(isPresence(name) && { user_count: users }),
          ...(app.options.subscriptionCount && { connection_count: subscriptions }),
        };
        return { status: 200, body: JSON.stringify(stats) };
      });
    return { answer };
  },
};
