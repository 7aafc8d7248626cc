import { isObject } from '../../pusher/json';
import { HTTPAuthError } from '../errors';
import type { AuthRequestOptions } from '../options';
import { askEndpoint, formOf } from './endpoint';
import type { ChannelAuthorizationCallback, ChannelAuthorizationHandler } from './handlers';

/** Channels of one request: the longest names still fit into the 16 KiB that a gateway reads. */
const MAX_CHANNELS = 50;

interface Waiting {
  socketId: string;
  channelName: string;
  callback: ChannelAuthorizationCallback;
}

/** Authorizes the channels that are asked for in one turn of the event loop together. */
export function batchAuthorizer(
  endpoint: string,
  options: AuthRequestOptions,
): ChannelAuthorizationHandler {
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    // A socket id that has changed meanwhile signs nothing for the others.
    for (const socketId of new Set(all.map((one) => one.socketId))) {
      const own = all.filter((one) => one.socketId === socketId);
      while (own.length > 0) {
        void authorize(endpoint, options, socketId, own.splice(0, MAX_CHANNELS));
      }
    }
  };
  return ({ socketId, channelName }, callback) => {
    if (waiting.length === 0) setTimeout(flush, 0);
    waiting.push({ socketId, channelName, callback });
  };
}

async function authorize(
  endpoint: string,
  options: AuthRequestOptions,
  socketId: string,
  waiting: readonly Waiting[],
): Promise<void> {
  const names = waiting.map(({ channelName }, at): [string, string] => [
    `channel_name[${at}]`,
    channelName,
  ]);
  try {
    const form = formOf([['socket_id', socketId], ...names], options);
    const answer = await askEndpoint('channel-authorization', endpoint, form, options);
    const answers = new Map(isObject(answer) ? Object.entries(answer) : []);
    for (const { channelName, callback } of waiting) {
      const one = answers.get(channelName);
      const status = isObject(one) && typeof one.status === 'number' ? one.status : undefined;
      if (!isObject(one) || !isObject(one.data) || (status ?? 200) !== 200) {
        const refused = status ?? 404;
        const why = `received status: ${refused} for ${channelName} from ${endpoint}`;
        callback(new HTTPAuthError(refused, `Unable to authorize the channel - ${why}`), null);
      } else callback(null, one.data as unknown as Parameters<typeof callback>[1]);
    }
  } catch (error) {
    for (const { callback } of waiting) callback(error as Error, null);
  }
}
