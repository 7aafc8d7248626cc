import { type Result, type Query, stringParam } from './query';

/** `socket.info {socket}`: null when it is not connected. */
export function socketInfo({ app, params }: Query): Result {
  const socket = app.sockets.get(stringParam('socket', params.socket));
  if (socket === undefined) return { result: 'null' };
  const { id, user, channels } = socket;
  const names: string[] = [];
  for (const { name, kind } of channels?.values() ?? []) {
    // A user's own channel is the server's business.
    if (kind.user === undefined) names.push(name);
  }
  const about = JSON.stringify({ id, userId: user?.userId, channels: names });
  const info = user?.userInfo === undefined ? '' : `,"userInfo":${user.userInfo}`;
  return { result: `${about.slice(0, -1)}${info}}` };
}
