import type { App } from '../../../core/model/app';
import type { Carrier } from '../../../core/fanout/carrier';
import type { Socket } from '../../../core/model/socket';
import type { GonePage, List, SocketPage, SocketRow } from '../api';
import type { ConsoleContext, Viewer } from '../context';
import { Best, limitOf } from '../lists';
import { ownersOfSocket } from './owners';

/** Most channels that a socket's page names. */
const MAX_NAMES = 200;

/** Sockets here: `prefix` of id, user or address; `sort` by age, unsent or channels. */
export function socketList(
  context: ConsoleContext,
  viewer: Viewer,
  app: App,
  query: URLSearchParams,
): List<SocketRow> {
  const prefix = query.get('prefix') ?? '';
  const order = ORDERS.get(query.get('sort') ?? 'age') ?? youngest;
  const best = new Best<Socket>(limitOf(query), order);
  const isOperator = viewer.role === 'operator';
  for (const socket of app.sockets.values()) {
    const fits =
      prefix === '' ||
      socket.id.startsWith(prefix) ||
      socket.user?.userId.startsWith(prefix) === true ||
      (isOperator && socket.sink.remoteAddress?.startsWith(prefix) === true);
    if (fits) best.add(socket);
  }
  const { items, ...list } = best.list;
  return { ...list, items: items.map((socket) => socketRow(context, viewer, socket)) };
}

const youngest = (a: Socket, b: Socket): number => b.openedS - a.openedS;
const ORDERS: ReadonlyMap<string, (a: Socket, b: Socket) => number> = new Map([
  ['age', youngest],
  ['oldest', (a, b) => a.openedS - b.openedS],
  ['unsent', (a, b) => unsentBytes(b) - unsentBytes(a)],
  ['channels', (a, b) => (b.channels?.size ?? 0) - (a.channels?.size ?? 0)],
]);

export function socketRow(context: ConsoleContext, viewer: Viewer, socket: Socket): SocketRow {
  const { id, openedS, user, sink, channels, protocol } = socket;
  return {
    ...{ id, node: context.node(), openedAt: openedS * 1000, user: user?.userId, protocol },
    address: viewer.role === 'operator' ? sink.remoteAddress : undefined,
    channels: channels?.size ?? 0,
    unsentBytes: unsentBytes(socket),
  };
}

/** Bytes that wait for a socket in this process. A sink of a program's own may not tell. */
export function unsentBytes({ sink }: Socket): number {
  return (sink as Partial<Pick<Carrier, 'unsentBytes'>>).unsentBytes ?? 0;
}

/** Page of a socket, open or gone; undefined where nothing is known of it here. */
export function socketPage(
  context: ConsoleContext,
  viewer: Viewer,
  app: App,
  id: string,
): SocketPage | GonePage | undefined {
  const socket = app.sockets.get(id);
  if (socket === undefined) return gonePage(context, viewer, app, id);
  return {
    ...socketRow(context, viewer, socket),
    isOpen: true,
    channelNames: [...(socket.channels?.keys() ?? [])].slice(0, MAX_NAMES),
    entering: [...(socket.entering?.keys() ?? [])].slice(0, MAX_NAMES),
    isBehind: socket.sink.pace?.isBehind(context.clock.now()) === true,
    owners: ownersOfSocket(app, id),
  };
}

function gonePage(
  { recorder }: ConsoleContext,
  viewer: Viewer,
  app: App,
  id: string,
): GonePage | undefined {
  for (const closed of recorder.closes(app.id)) {
    if (closed.socket !== id) continue;
    const address = viewer.role === 'operator' ? closed.address : '';
    const backAs = returned(app, closed)?.id;
    return { isOpen: false, id, closed: { ...closed, address }, backAs };
  }
  return undefined;
}

/** The first socket that was opened after another one's close by the same user, or else from the same address. */
export function returned(
  app: App,
  closed: { user: string | undefined; address: string; at: number },
): Socket | undefined {
  // Sockets know the second in which they were opened.
  const since = Math.floor(closed.at / 1000);
  const sockets =
    closed.user === undefined ? app.sockets.values() : app.users.socketsOf(closed.user).values();
  let first: Socket | undefined;
  for (const socket of sockets) {
    if (socket.openedS < since) continue;
    if (closed.user === undefined && socket.sink.remoteAddress !== closed.address) continue;
    if (first === undefined || socket.openedS < first.openedS) first = socket;
  }
  return first;
}
