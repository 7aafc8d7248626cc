import type { Result, Query } from './query';

/** `sockets.count {}` */
export function socketsCount({ app }: Query): Result {
  return { result: String(app.sockets.size) };
}
