import { later, type Eventual } from '../../../../brokers/eventual';
import type { App } from '../../../core/model/app';
import type { Channel } from '../../../core/model/channel';
import type { Socket } from '../../../core/model/socket';
import type { ChannelPage, ChannelRow, List } from '../api';
import type { ConsoleContext, Viewer } from '../context';
import { Best, byText, limitOf } from '../lists';
import { ownersOfChannel } from './owners';
import { socketRow } from './sockets';

const MAX_MEMBERS = 200;

/** Occupied channels here: `prefix` of the name; `sort` by subscribers, events or name. */
export function channelList(
  _context: ConsoleContext,
  _viewer: Viewer,
  app: App,
  query: URLSearchParams,
): List<ChannelRow> {
  const order = ORDERS.get(query.get('sort') ?? 'subscribers') ?? bySubscribers;
  const best = new Best<Channel>(limitOf(query), order);
  for (const channel of app.occupied(query.get('prefix') ?? '')) best.add(channel);
  const { items, ...list } = best.list;
  return { ...list, items: items.map(channelRow) };
}

const bySubscribers = (a: Channel, b: Channel): number => b.sockets.size - a.sockets.size;
const ORDERS: ReadonlyMap<string, (a: Channel, b: Channel) => number> = new Map([
  ['subscribers', bySubscribers],
  ['events', (a, b) => b.events - a.events],
  ['latest', (a, b) => b.lastEventS - a.lastEventS],
  ['name', (a, b) => byText(a.name, b.name)],
]);

function channelRow({ name, kind, sockets, presence, events, lastEventS }: Channel): ChannelRow {
  return {
    ...{ name, type: typeOf(kind), subscribers: sockets.size, events },
    members: presence?.list.size,
    lastEventAt: lastEventS === 0 ? undefined : lastEventS * 1000,
  };
}

function typeOf({ visibility, cache }: Channel['kind']): string {
  return cache ? `${visibility}, cache` : visibility;
}

/** Page of a channel: its subscribers, members, cached event and owners; undefined when nobody here is on it. */
export function channelPage(
  context: ConsoleContext,
  viewer: Viewer,
  app: App,
  name: string,
): Eventual<ChannelPage | undefined> {
  const channel = app.channels.get(name);
  if (channel === undefined) return undefined;
  const best = new Best<Socket>(50, (a, b) => a.openedS - b.openedS);
  for (const socket of channel.sockets) best.add(socket);
  const { items, ...list } = best.list;
  const page = {
    ...channelRow(channel),
    sockets: { ...list, items: items.map((socket) => socketRow(context, viewer, socket)) },
    users: channel.presence?.list.ids().slice(0, MAX_MEMBERS) ?? [],
    owners: ownersOfChannel(app, name),
    nodes: list.nodes,
  };
  if (!channel.kind.cache) return { ...page, cached: undefined };
  return later(context.hub.cached(app, name), (cached) => {
    if (cached === undefined || cached === 'unavailable') return { ...page, cached: undefined };
    const { event, data, ttlMs } = cached;
    return { ...page, cached: { event, bytes: Buffer.byteLength(data), ttlMs } };
  });
}
