import { MAX_CLOSE_REASON_BYTES, fitsCloseReason } from '../../../../util/close-reason';
import type { Command } from '../../../../wire/frames';
import type { App } from '../../../core/model/app';
import type { PipeContext } from '../context';
import { type Outcome, refusal } from './outcome';

/**
 * Closes a socket after everything sent to it. The code tells a Channels client what to do: 4000 to 4099 and from 4300 on
 * stay away, 4100 to 4199 come back later, 4200 to 4299 at once. Without one it is the code with which the app terminates
 * users. That the socket has gone already is no error.
 */
export function closeSocket(
  { hub }: PipeContext,
  app: App,
  { socketId = '', code = 0, reason = '' }: Command,
): Outcome {
  if (code !== 0 && (code < 4000 || code > 4999)) {
    return refusal('bad_params', `a close code is from 4000 to 4999, not ${code}`);
  }
  if (!fitsCloseReason(reason)) {
    return refusal('bad_params', `a close reason has at most ${MAX_CLOSE_REASON_BYTES} bytes`);
  }
  const socket = app.sockets.get(socketId);
  if (socket === undefined) return { sockets: 0 };
  hub.dismiss(
    socket,
    code === 0 ? app.options.terminateCode : code,
    reason === '' ? 'The connection was closed by the app' : reason,
  );
  return { sockets: 1 };
}
