import type { Endpoint } from './call';
import { channelInfo } from './commands/channel-info';
import { channelStats } from './commands/channel-stats';
import { channelUsers } from './commands/channel-users';
import { listChannels } from './commands/list-channels';
import { publishBatch } from './commands/publish-batch';
import { publishEvent } from './commands/publish-event';
import { publishRaw } from './commands/publish-raw';
import { terminateUser } from './commands/terminate-user';

/** Paths behind `/apps/<id>/`, with `:` for a name. Each path has one method. */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ['events', publishEvent],
  ['batch_events', publishBatch],
  ['channels', listChannels],
  ['channels/:', channelInfo],
  ['channels/:/users', channelUsers],
  ['channels/:/stats', channelStats],
  ['channels/:/events', publishRaw],
  ['users/:/terminate_connections', terminateUser],
]);

export interface Route {
  endpoint: Endpoint;
  appId: string;
  /** As it stands in the path. */
  subject: string;
  /** The path with a word for each name, such as `/apps/{id}/channels/{name}`. */
  template: string;
}

/** Finds the endpoint of a path below `/apps/`; segments are told apart before they are decoded. */
export function findRoute(path: string): Route | undefined {
  const [appId = '', collection = '', subject, ...rest] = path.split('/');
  const shape = subject === undefined ? [collection] : [collection, ':', ...rest];
  const endpoint = subject === '' ? undefined : ENDPOINTS.get(shape.join('/'));
  const template = `/apps/{id}/${shape.join('/').replace(':', '{name}')}`;
  return endpoint && { endpoint, appId, subject: subject ?? '', template };
}
