import type { App } from '../../../core/model/app';
import type { ClosedSocket, List, UserPage, UserRow } from '../api';
import type { ConsoleContext, Viewer } from '../context';
import { Best, byText, limitOf } from '../lists';
import { socketRow } from './sockets';

const MAX_SOCKETS = 50;
const MAX_CHANNELS = 200;
const MAX_CLOSED = 10;

/** Signed-in users here: `prefix` of the id; `sort` by sockets or id. */
export function userList(
  _context: ConsoleContext,
  _viewer: Viewer,
  app: App,
  query: URLSearchParams,
): List<UserRow> {
  const prefix = query.get('prefix') ?? '';
  const byId = (a: UserRow, b: UserRow): number => byText(a.id, b.id);
  const bySockets = (a: UserRow, b: UserRow): number => b.sockets - a.sockets || byId(a, b);
  const best = new Best<UserRow>(limitOf(query), query.get('sort') === 'name' ? byId : bySockets);
  for (const id of app.users.ids()) {
    if (id.startsWith(prefix)) best.add({ id, sockets: app.users.socketsOf(id).size });
  }
  return best.list;
}

/** A user with its sockets here, or with the last ones that are gone; undefined where nothing is known of it. */
export function userPage(
  context: ConsoleContext,
  viewer: Viewer,
  app: App,
  id: string,
): UserPage | undefined {
  const sockets = [...app.users.socketsOf(id)];
  const closed: ClosedSocket[] = [];
  for (const each of context.recorder.closes(app.id)) {
    if (each.user !== id) continue;
    closed.push(viewer.role === 'operator' ? each : { ...each, address: '' });
    if (closed.length >= MAX_CLOSED) break;
  }
  if (sockets.length === 0 && closed.length === 0) return undefined;
  const channels = new Set(sockets.flatMap((each) => [...(each.channels?.keys() ?? [])]));
  return {
    id,
    info: viewer.role === 'operator' ? sockets[0]?.user?.userInfo : undefined,
    sockets: sockets.slice(0, MAX_SOCKETS).map((socket) => socketRow(context, viewer, socket)),
    channels: [...channels].slice(0, MAX_CHANNELS),
    closed,
  };
}
