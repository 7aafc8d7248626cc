import { optional } from '../../../pusher/json';
import type { ChannelCount } from '../../../brokers/broker';
import type { App } from '../../core/model/app';
import { apiError } from './call';

const NONE: ReadonlySet<string> = new Set();
const NOBODY: ChannelCount = { subscriptions: 0, users: 0 };

/** The attributes that an `info` parameter asks for. */
export function readInfo(given: unknown): ReadonlySet<string> {
  const info = optional(given);
  if (info === undefined || info === '') return NONE;
  if (typeof info !== 'string') throw badInfo();
  return new Set(info.split(',').map((name) => name.trim()));
}

/** Refuses to be asked for anything but `known`, and for subscription counts when the app has them switched off. */
export function checkInfo(app: App, info: ReadonlySet<string>, known: readonly string[]): void {
  for (const name of info) if (!known.includes(name)) throw badInfo();
  if (info.has('subscription_count') && !app.options.subscriptionCount) {
    throw apiError(
      400,
      'Cannot retrieve the subscription count because subscription counting is not enabled: ' +
        'set subscriptionCount to true for this app',
    );
  }
}

/** JSON text of the counts that were asked for. Counts that the channel does not have are left out. */
export function counts(
  app: App,
  channel: string,
  info: ReadonlySet<string>,
  count: ChannelCount | undefined,
): string {
  return `{${countFields(app, channel, info, count).join()}}`;
}

export function countFields(
  app: App,
  channel: string,
  info: ReadonlySet<string>,
  count: ChannelCount = NOBODY,
): string[] {
  const fields: string[] = [];
  if (info.has('user_count') && isPresence(channel)) fields.push(`"user_count":${count.users}`);
  if (info.has('subscription_count') && app.options.subscriptionCount) {
    fields.push(`"subscription_count":${count.subscriptions}`);
  }
  return fields;
}

export function isPresence(channel: string): boolean {
  return channel.startsWith('presence-');
}

function badInfo(): Error {
  return apiError(400, 'info should be a comma separated list of attributes');
}
