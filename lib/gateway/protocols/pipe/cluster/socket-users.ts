import { type Result, type Query, queryError } from '../queries/query';

/**
 * `sockets.users {sockets}`, which nodes ask of each other: for each of these sockets of this node the user that it has
 * signed in as, null without one, and false when it is not there.
 */
export function socketUsers({ app, params: { sockets: ids } }: Query): Result {
  if (!Array.isArray(ids)) throw queryError('bad_params', 'sockets must be an array');
  const users = ids.map((id) => {
    const socket = app.sockets.get(String(id));
    return socket === undefined ? false : (socket.user?.userId ?? null);
  });
  return { result: JSON.stringify(users) };
}
