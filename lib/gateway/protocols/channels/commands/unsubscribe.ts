import type { Socket } from '../../../core/model/socket';
import type { ChannelsContext } from '../context';

/** `pusher:unsubscribe` has no answer, and an unknown channel is no error. */
export function unsubscribe(
  { hub }: ChannelsContext,
  socket: Socket,
  { channel: name }: { channel: string },
): void {
  const channel = socket.channels?.get(name);
  if (channel === undefined) hub.cancel(socket, name);
  else hub.unsubscribe(socket, channel);
}
