import { type Eventual, later } from '../../../../brokers/eventual';
import type { Identity } from '../../../core/model/presence';
import { type Result, type Query, channelParam, queryError, unavailable } from './query';

/** `channel.members {channel}`: the members of a presence channel, each user once. */
export function channelMembers(query: Query): Eventual<Result> {
  const name = channelParam(query);
  if (!name.startsWith('presence-')) {
    throw queryError('bad_params', 'only presence channels have members');
  }
  return later(query.app.broker.members(name), (list) => {
    if (list === 'unavailable') throw unavailable();
    return { items: texts(list.members) };
  });
}

function* texts(members: Iterable<Identity>): Iterable<string> {
  for (const { userId, userInfo } of members) {
    const info = userInfo === undefined ? '' : `,"userInfo":${userInfo}`;
    yield `{"userId":${JSON.stringify(userId)}${info}}`;
  }
}
