import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { PipeContext } from '../context';
import { type Outcome, badDropping, badEvent, unknownSocket } from './outcome';

/** An event to one socket, outside of any channel. */
export function triggerSocket(
  { limits, router }: PipeContext,
  app: App,
  command: Command,
): Outcome {
  const { event = '', data = '', socketId = '', latestKey: key, volatile } = command;
  const bad = badEvent(event, data, limits) ?? badDropping(command);
  if (bad !== undefined) return bad;
  const socket = app.sockets.get(socketId);
  if (socket === undefined || socket.closed) return unknownSocket(socketId);
  const isDroppable = key !== undefined || volatile === true;
  router.send(socket, event, data, isDroppable ? { key } : undefined);
  return { sockets: 1 };
}
