import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { PipeContext } from '../context';
import type { Outcome } from './outcome';

/** Takes a socket out of a channel. That it is not there, or has gone, is no error. */
export function unsubscribeSocket(
  { hub }: PipeContext,
  app: App,
  { socketId = '', channel: name = '' }: Command,
): Outcome {
  const socket = app.sockets.get(socketId);
  const channel = socket?.channels?.get(name);
  if (socket?.entering?.has(name) === true) {
    hub.cancel(socket, name);
    return { sockets: 1 };
  }
  if (socket === undefined || channel === undefined) return { sockets: 0 };
  hub.unsubscribe(socket, channel);
  return { sockets: 1 };
}
