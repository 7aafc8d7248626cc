import { type Eventual, later } from '../../../../brokers/eventual';
import type { App } from '../../../core/model/app';
import { type Result, type Query, limiter, queryError, unavailable } from './query';

const INFO = ['subscriptionCount', 'userCount'] as const;
type Info = (typeof INFO)[number];

interface Listed {
  name: string;
  subscriptionCount: number | undefined;
  userCount: number | undefined;
}

/** `channels.list {prefix?, info?, limit?}`: the occupied channels, without the users' own ones. */
export function channelsList(query: Query): Eventual<Result> {
  const { app, params } = query;
  const { prefix = '' } = params;
  if (typeof prefix !== 'string') throw queryError('bad_params', 'prefix must be a string');
  const info = readInfo(params.info);
  const limited = limiter(query);
  return later(list(app, prefix, info), (channels) => ({ items: texts(limited(channels)) }));
}

function readInfo(given: unknown): readonly Info[] {
  if (given === undefined) return [];
  if (Array.isArray(given) && given.every((each) => INFO.includes(each as Info))) {
    return given as Info[];
  }
  throw queryError('bad_params', `info must be an array of ${INFO.join(', ')}`);
}

function list(app: App, prefix: string, info: readonly Info[]): Eventual<Listed[]> {
  return later(app.broker.channels(prefix), (channels) => {
    if (channels === 'unavailable') throw unavailable();
    // A user's own channel is the server's: no app has made it.
    const names = [...channels.keys()].filter((name) => !name.startsWith('#'));
    const counted = info.includes('userCount') ? app.broker.counts(names) : [];
    return later(counted, (counts) => {
      if (counts === 'unavailable') throw unavailable();
      return names.map((name, i) => {
        const isPresence = name.startsWith('presence-');
        return {
          name,
          subscriptionCount: info.includes('subscriptionCount') ? channels.get(name) : undefined,
          userCount: isPresence ? counts[i]?.users : undefined,
        };
      });
    });
  });
}

function* texts(channels: Iterable<Listed>): Iterable<string> {
  for (const channel of channels) yield JSON.stringify(channel);
}
