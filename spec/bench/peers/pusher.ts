import { createHmac } from 'node:crypto';
import { APP } from '../support/app';
import { maskedFrame } from '../support/frames';
import type { Opening } from '../support/raw-socket';

/** The opening of the Channels protocol: the id of the socket, then its subscriptions and their answers. */
export function* subscribed(channels: readonly string[]): Opening {
  const id = idIn(yield []);
  if (channels.length === 0) return;
  yield channels.map((channel) => subscription(id, channel));
  for (let left = channels.length; left > 1; left -= 1) yield [];
}

/** Id of a socket, from the first message that it gets. */
export function idIn(established: string): string {
  return /"(\d+\.\d+)\\"/.exec(established)?.[1] ?? '';
}

/** Frame that joins a presence channel as a user. */
export function join(socketId: string, channel: string, userId: string): Buffer {
  const user = JSON.stringify({ user_id: userId });
  const auth = `${APP.key}:${signature(`${socketId}:${channel}:${user}`)}`;
  return maskedFrame(
    JSON.stringify({ event: 'pusher:subscribe', data: { auth, channel, channel_data: user } }),
  );
}

function subscription(socketId: string, channel: string): Buffer {
  const isPrivate = channel.startsWith('private-');
  const auth = isPrivate ? `${APP.key}:${signature(`${socketId}:${channel}`)}` : '';
  return maskedFrame(JSON.stringify({ event: 'pusher:subscribe', data: { auth, channel } }));
}

function signature(text: string): string {
  return createHmac('sha256', APP.secret).update(text).digest('hex');
}
