import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { PipeContext } from '../context';
import { type Outcome, badEvent, unknownSocket } from './outcome';

/** An event to one socket, outside of any channel. */
export function triggerSocket(
  { limits, router }: PipeContext,
  app: App,
  { event = '', data = '', socketId = '' }: Command,
): Outcome {
  const bad = badEvent(event, data, limits);
  if (bad !== undefined) return bad;
  const socket = app.sockets.get(socketId);
  if (socket === undefined || socket.closed) return unknownSocket(socketId);
  router.send(socket, event, data);
  return { sockets: 1 };
}
