import type { Answer, Question } from './query';

/** `stats {}`: what is live in the app, on this node. */
export function stats({ app, context }: Question): Answer {
  const counts = {
    node: context.node,
    sockets: app.sockets.size,
    channels: Array.from(app.occupied()).length,
    users: app.users.size,
    pipes: context.pipesOf(app),
  };
  return { result: JSON.stringify(counts) };
}
