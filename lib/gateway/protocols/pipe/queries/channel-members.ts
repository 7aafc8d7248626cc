import type { Identity } from '../../../core/model/presence';
import { type Result, type Query, channelParam, queryError } from './query';

/** `channel.members {channel}`: the members of a presence channel, each user once. */
export function channelMembers(query: Query): Result {
  const name = channelParam(query);
  if (!name.startsWith('presence-')) {
    throw queryError('bad_params', 'only presence channels have members');
  }
  return { items: texts(query.app.channels.get(name)?.presence?.members() ?? []) };
}

function* texts(members: Iterable<Identity>): Iterable<string> {
  for (const { userId, userInfo } of members) {
    const info = userInfo === undefined ? '' : `,"userInfo":${userInfo}`;
    yield `{"userId":${JSON.stringify(userId)}${info}}`;
  }
}
