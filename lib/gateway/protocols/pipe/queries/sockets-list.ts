import { farSockets, type ListedSocket } from '../cluster/far-sockets';
import { limiter, type Result, type Query } from './query';

/** `sockets.list {limit?}`: the sockets of this node come first. */
export function socketsList(query: Query): Result {
  const { app, context } = query;
  const limited = limiter(query);
  const items = limited(ownTexts(query));
  if (context.hub.nodes.isAlone) return { items };
  return { items, more: farTexts(farSockets(context, app), limited) };
}

function* ownTexts({ app }: Query): Iterable<string> {
  for (const { id, user } of app.sockets.values()) yield textOf({ id, userId: user?.userId });
}

async function* farTexts(
  pieces: AsyncIterable<readonly ListedSocket[]>,
  limited: <T>(items: Iterable<T>) => Iterable<T>,
): AsyncIterable<Iterable<string>> {
  for await (const piece of pieces) {
    const texts = Array.from(limited(piece), textOf);
    // The limit is reached.
    if (texts.length === 0) return;
    yield texts;
  }
}

function textOf({ id, userId }: ListedSocket): string {
  return JSON.stringify({ id, userId });
}
