import type { Socket } from '../../core/model/socket';
import type { PushyContext } from './context';
import { type ErrorCode, errorEvent } from './frames';

/** Tells a client that its message was refused; the connection stays open. */
export function refuse(
  context: PushyContext,
  socket: Socket,
  code: ErrorCode,
  message: string,
): void {
  context.parts.hub.turn.send(socket, errorEvent(code, message));
  count(context, socket, `error_${code}`, message);
}

/** Counts a refusal that pushy has a frame of its own for. */
export function count(
  { app, parts }: PushyContext,
  socket: Socket,
  reason: string,
  why: string,
): void {
  const refused = { entrance: 'pushy', reason, app: app.id, message: why } as const;
  parts.journal.refused(refused, { socket: socket.id });
}
