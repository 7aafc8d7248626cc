import type { Result, Query } from './query';

/** `stats {}`: numbers of the app's live sockets and channels, on this node. */
export function stats({ app, context }: Query): Result {
  const counts = {
    node: app.nodeIn(context.node),
    sockets: app.sockets.size,
    channels: Array.from(app.occupied()).length,
    users: app.users.size,
    pipes: app.backends,
  };
  return { result: JSON.stringify(counts) };
}
