import { type Eventual, later } from '../../../../brokers/eventual';
import { askOthers } from '../cluster/ask-others';
import { type Result, type Query, unavailable } from './query';

/** `stats {}`: numbers of the app's live sockets and channels. `node` is the one that answers. */
export function stats(query: Query): Eventual<Result> {
  const { app, context } = query;
  if (context.hub.nodes.isAlone) return ownStats(query);
  const { broker, backends } = app;
  return later(broker.totals(), (totals) =>
    later(broker.channels(''), (channels) =>
      later(askOthers(query, 'stats'), (others) => {
        if (totals === 'unavailable' || channels === 'unavailable') throw unavailable();
        // A user's own channel is the server's: no app has made it.
        const names = [...channels.keys()].filter((name) => !name.startsWith('#'));
        const counts = {
          node: app.nodeIn(context.node),
          sockets: totals.sockets,
          channels: names.length,
          users: totals.users,
          pipes: others.reduce((sum, text) => sum + pipesOf(text), backends),
        };
        return { result: JSON.stringify(counts) };
      }),
    ),
  );
}

/** The numbers of this node alone. */
export function ownStats({ app, context }: Query): Result {
  const counts = {
    node: app.nodeIn(context.node),
    sockets: app.sockets.size,
    channels: Array.from(app.occupied()).length,
    users: app.users.size,
    pipes: app.backends,
  };
  return { result: JSON.stringify(counts) };
}

function pipesOf(stats: string): number {
  const { pipes } = JSON.parse(stats) as { pipes?: unknown };
  return typeof pipes === 'number' ? pipes : 0;
}
