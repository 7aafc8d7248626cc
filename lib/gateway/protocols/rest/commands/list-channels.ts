import type { Answer } from '../../../http/answer';
import { type Call, apiError, type Endpoint } from '../call';
import { checkInfo, counts, isPresence, readInfo } from '../info';

/** `GET /apps/<id>/channels`: the occupied channels, without the users' own ones. */
export const listChannels: Endpoint = {
  method: 'GET',
  params: new Set(['filter_by_prefix', 'info']),
  publishes: false,
  run({ app, query }: Call): Answer {
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
    const entries: string[] = [];
    for (const { name } of app.occupied(prefix)) {
      entries.push(`${JSON.stringify(name)}:${counts(app, name, info)}`);
    }
    return { status: 200, body: `{"channels":{${entries.join()}}}` };
  },
};
