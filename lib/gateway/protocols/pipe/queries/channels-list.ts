import type { Channel } from '../../../core/model/channel';
import { type Result, type Query, limited, queryError } from './query';

const INFO = ['subscriptionCount', 'userCount'] as const;
type Info = (typeof INFO)[number];

/** `channels.list {prefix?, info?, limit?}`: the occupied channels, without the users' own ones. */
export function channelsList(query: Query): Result {
  const { app, params } = query;
  const { prefix = '' } = params;
  if (typeof prefix !== 'string') throw queryError('bad_params', 'prefix must be a string');
  const info = readInfo(params.info);
  return { items: texts(limited(query, app.occupied(prefix)), info) };
}

function readInfo(given: unknown): readonly Info[] {
  if (given === undefined) return [];
  if (Array.isArray(given) && given.every((each) => INFO.includes(each as Info))) {
    return given as Info[];
  }
  throw queryError('bad_params', `info must be an array of ${INFO.join(', ')}`);
}

function* texts(channels: Iterable<Channel>, info: readonly Info[]): Iterable<string> {
  for (const { name, sockets, presence } of channels) {
    yield JSON.stringify({
      name,
      subscriptionCount: info.includes('subscriptionCount') ? sockets.size : undefined,
      userCount: info.includes('userCount') ? presence?.size : undefined,
    });
  }
}
