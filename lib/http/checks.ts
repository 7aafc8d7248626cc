import { hasChannelCharacters } from '../pusher/channel-name';
import { RuleError } from './errors';
import type { Params } from './types';

const MAX_NAME_LENGTH = 200;
const MAX_CHANNELS = 100;
const SOCKET_ID = /^\d+\.\d+$/;

export function checkChannel(channel: unknown): asserts channel is string {
  if (typeof channel !== 'string' || !hasChannelCharacters(channel)) {
    throw new RuleError('channel_name', `Invalid channel name: '${String(channel)}'`);
  }
  if (channel.length > MAX_NAME_LENGTH) {
    throw new RuleError('channel_name_length', `Channel name too long: '${channel}'`);
  }
}

export function checkChannels(channels: readonly unknown[]): asserts channels is string[] {
  if (channels.length > MAX_CHANNELS) {
    throw new RuleError(
      'channel_count',
      `Can't trigger a message to more than ${MAX_CHANNELS} channels`,
    );
  }
  for (const channel of channels) checkChannel(channel);
}

export function checkEvent(event: string): void {
  if (event.length > MAX_NAME_LENGTH) {
    throw new RuleError('event_name_length', `Too long event name: '${event}'`);
  }
}

export function checkSocketId(socketId: unknown): asserts socketId is string {
  if (typeof socketId !== 'string' || !SOCKET_ID.test(socketId)) {
    throw new RuleError('socket_id', `Invalid socket id: '${String(socketId)}'`);
  }
}

export function checkUserId(userId: unknown): asserts userId is string {
  if (typeof userId !== 'string' || userId === '') {
    throw new RuleError('user_id', `Invalid user id: '${String(userId)}'`);
  }
}

export function checkUserData(userData: unknown): void {
  if (typeof userData !== 'object' || userData === null) {
    throw new RuleError('user_data', `Invalid user data: '${String(userData)}'`);
  }
  checkUserId((userData as { id?: unknown }).id);
}

const RESERVED = new Set([
  'auth_key',
  'auth_timestamp',
  'auth_version',
  'auth_signature',
  'body_md5',
]);

export function checkParams(params: Params): void {
  for (const name of Object.keys(params)) {
    if (!RESERVED.has(name)) continue;
    throw new RuleError(
      'reserved_param',
      `${name} is a required parameter and cannot be overidden`,
    );
  }
}
