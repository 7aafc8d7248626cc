import { type Result, type Query, stringParam } from './query';

/** More connections of one user than this are counted and not named. */
const MAX_SOCKETS = 1000;

/** `user.info {user}`: a user who did not sign in has no sockets. */
export function userInfo({ app, params }: Query): Result {
  const id = stringParam('user', params.user);
  const sockets = [...app.users.socketsOf(id)];
  const about = JSON.stringify({
    id,
    socketCount: sockets.length,
    sockets: sockets.slice(0, MAX_SOCKETS).map((socket) => socket.id),
  });
  const text = sockets[0]?.user?.userInfo;
  const info = text === undefined ? '' : `,"userInfo":${text}`;
  return { result: `${about.slice(0, -1)}${info}}` };
}
