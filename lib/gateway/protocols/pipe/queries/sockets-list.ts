import type { Socket } from '../../../core/model/socket';
import { type Result, type Query, limited } from './query';

/** `sockets.list {limit?}` */
export function socketsList(query: Query): Result {
  return { items: texts(limited(query, query.app.sockets.values())) };
}

function* texts(sockets: Iterable<Socket>): Iterable<string> {
  for (const { id, user } of sockets) yield JSON.stringify({ id, userId: user?.userId });
}
