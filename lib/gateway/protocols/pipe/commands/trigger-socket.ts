import * as messages from '../../../../pusher/messages';
import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { PipeContext } from '../context';
import { type Outcome, badEvent, unknownSocket } from './outcome';

/** An event to one socket, outside of any channel. */
export function triggerSocket(
  { limits, hub, metrics }: PipeContext,
  app: App,
  { event = '', data = '', socketId = '' }: Command,
): Outcome {
  const bad = badEvent(event, data, limits);
  if (bad !== undefined) return bad;
  const socket = app.sockets.get(socketId);
  if (socket === undefined || socket.closed) return unknownSocket(socketId);
  hub.turn.send(socket, messages.socketEvent(event, data));
  metrics.eventsAccepted++;
  metrics.deliveries++;
  return { sockets: 1 };
}
