import { isObject, parseJson } from '../../../../pusher/json';
import { nodeOfSocketId } from '../../../../pusher/socket-id';
import type { NodeMessage } from '../../../core/cluster/nodes';
import type { App } from '../../../core/model/app';
import type { PipeContext } from '../context';
import { unavailable } from '../queries/query';

/** A socket, and the user that it has signed in as. */
export interface ListedSocket {
  readonly id: string;
  readonly userId: string | undefined;
}

/**
 * Lists the sockets of the other nodes in pieces that are not empty. The broker knows their ids, and each node the users that
 * signed in over it; sockets of a node that does not answer come without their users.
 */
export async function* farSockets(
  context: PipeContext,
  app: App,
): AsyncGenerator<readonly ListedSocket[], undefined> {
  const silent = new Set<number>();
  try {
    for await (const ids of app.broker.sockets()) {
      for (const [node, theirs] of byNode(context, app, ids)) {
        const listed = await named(context, app, { node, ids: theirs, silent });
        if (listed.length > 0) yield listed;
      }
    }
  } catch {
    throw unavailable();
  }
}

/** Ids of sockets that are not here, by their nodes. */
function byNode(
  { hub: { nodes } }: PipeContext,
  app: App,
  ids: readonly string[],
): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const id of ids) {
    const node = nodeOfSocketId(id);
    if (node === undefined || node === nodes.own || app.sockets.has(id)) continue;
    const theirs = found.get(node);
    if (theirs === undefined) found.set(node, [id]);
    else theirs.push(id);
  }
  return found;
}

/** @param silent nodes that have not answered this query, and are not asked again */
async function named(
  { hub: { nodes } }: PipeContext,
  app: App,
  { node, ids, silent }: { node: number; ids: readonly string[]; silent: Set<number> },
): Promise<readonly ListedSocket[]> {
  const params = JSON.stringify({ sockets: ids });
  const message: NodeMessage = { type: 'query', method: 'sockets.users', params, deadlineMs: 0 };
  const answer = silent.has(node) ? undefined : await nodes.sendSoon(app, node, message);
  const users = readUsers(answer);
  if (users?.length !== ids.length) {
    silent.add(node);
    return ids.map((id) => ({ id, userId: undefined }));
  }
  return ids.flatMap((id, i) => {
    const userId = users[i];
    // The socket has closed meanwhile.
    if (userId === false) return [];
    return { id, userId: typeof userId === 'string' ? userId : undefined };
  });
}

function readUsers(answer: string | undefined): unknown[] | undefined {
  const outcome = parseJson(answer ?? '');
  if (!isObject(outcome) || typeof outcome.result !== 'string') return undefined;
  const users = parseJson(outcome.result);
  return Array.isArray(users) ? (users as unknown[]) : undefined;
}
