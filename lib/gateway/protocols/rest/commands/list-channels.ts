import { type Eventual, later } from '../../../../brokers/eventual';
import type { App } from '../../../core/model/app';
import type { Answer } from '../../../http/answer';
import { type Call, type Checked, UNAVAILABLE, apiError, type Endpoint } from '../call';
import { checkInfo, counts, isPresence, readInfo } from '../info';

/** `GET /apps/<id>/channels`: the occupied channels, without the users' own ones. */
export const listChannels: Endpoint = {
  method: 'GET',
  permission: 'read',
  params: new Set(['filter_by_prefix', 'info']),
  publishes: false,
  check({ app, query }: Call): Checked {
    const prefix = typeof query.filter_by_prefix === 'string' ? query.filter_by_prefix : '';
    const info = readInfo(query.info);
    checkInfo(app, info, ['user_count', 'subscription_count']);
    if (info.has('user_count') && !isPresence(prefix)) {
      throw apiError(
        400,
        // The spelling is that of the hosted service; test suites compare with it.
        'user_count may only be requested for presence channels - ' +
          'please supply filter_by_prefix begining with presence-',
      );
    }
    return { answer: () => list(app, prefix, info) };
  },
};

function list(app: App, prefix: string, info: ReadonlySet<string>): Eventual<Answer> {
  return later(app.broker.channels(prefix), (channels) => {
    if (channels === 'unavailable') return UNAVAILABLE;
    // A user's own channel is the server's: no app has made it.
    const names = [...channels.keys()].filter((name) => !name.startsWith('#'));
    return later(info.has('user_count') ? app.broker.counts(names) : [], (counted) => {
      if (counted === 'unavailable') return UNAVAILABLE;
      const entries = names.map((name, i) => {
        const users = counted[i]?.users ?? 0;
        const count = { subscriptions: channels.get(name) ?? 0, users };
        return `${JSON.stringify(name)}:${counts(app, name, info, count)}`;
      });
      return { status: 200, body: `{"channels":{${entries.join()}}}` };
    });
  });
}
