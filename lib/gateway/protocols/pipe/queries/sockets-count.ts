import { type Eventual, later } from '../../../../brokers/eventual';
import { type Result, type Query, unavailable } from './query';

/** `sockets.count {}` */
export function socketsCount({ app, context }: Query): Eventual<Result> {
  if (context.hub.nodes.isAlone) return { result: String(app.sockets.size) };
  return later(app.broker.totals(), (totals) => {
    if (totals === 'unavailable') throw unavailable();
    return { result: String(totals.sockets) };
  });
}
