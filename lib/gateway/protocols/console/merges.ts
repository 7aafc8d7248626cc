import type {
  Asked,
  BackendsPage,
  ChannelPage,
  ChannelRow,
  CountRow,
  List,
  NodesPage,
  Overview,
  RecentPage,
  SocketRow,
  UserPage,
  UserRow,
  WebhookRow,
} from './api';
import { byText, limitOf } from './lists';
import type { Route } from './routes';

/** The answers of all nodes as one. The first answer is that of this node. */
export type Merge = (answers: readonly object[], asked: Asked, query: URLSearchParams) => object;

/** Merges by the name of the answer; `x/` is that of one thing. Answers without a merge are those of one node. */
const MERGES: ReadonlyMap<string, Merge> = new Map<string, Merge>([
  ['overview', (all, nodes) => overviews(all as Overview[], nodes)],
  ['nodes', (all, nodes) => ({ rows: nodeRows(all as NodesPage[]), nodes })],
  ['channels', (all, nodes, query) => channels(all as Array<List<ChannelRow>>, nodes, query)],
  ['channels/', (all, nodes) => channelPages(all as ChannelPage[], nodes)],
  ['sockets', (all, nodes, query) => sockets(all as Array<List<SocketRow>>, nodes, query)],
  ['users', (all, nodes, query) => users(all as Array<List<UserRow>>, nodes, query)],
  ['users/', (all) => userPages(all as UserPage[])],
  ['backends', (all, nodes) => backends(all as BackendsPage[], nodes)],
  ['webhooks', (all) => ({ items: webhooks(all as Array<{ items: WebhookRow[] }>) })],
  ['recent', (all) => recents(all as RecentPage[])],
]);

export function mergeOf({ what, id }: Route): Merge | undefined {
  return MERGES.get(id === undefined ? what : `${what}/`);
}

function overviews(all: readonly Overview[], nodes: Asked): Overview {
  const [own] = all as [Overview];
  const apps = own.apps.map((app) => {
    const same = all.flatMap((each) => each.apps.filter(({ id }) => id === app.id));
    const sum = (of: (one: (typeof same)[number]) => number): number =>
      same.reduce((total, each) => total + of(each), 0);
    return {
      ...app,
      sockets: sum((each) => each.sockets),
      // The same channels and users may be on several nodes.
      channels: Math.max(...same.map((each) => each.channels)),
      users: Math.max(...same.map((each) => each.users)),
      backends: sum((each) => each.backends),
      streams: sum((each) => each.streams),
      lag: sum((each) => each.lag),
      webhooksWaiting: sum((each) => each.webhooksWaiting),
    };
  });
  const seen = new Set<string>();
  const verdicts = all
    .flatMap((each) => each.verdicts)
    .filter(({ text }) => !seen.has(text) && seen.add(text));
  const missing = nodes.asked - nodes.answered;
  if (missing > 0) {
    const text = `${missing} of ${nodes.asked} gateways did not answer: what they have is not shown`;
    verdicts.push({ level: 'warn', side: 'gateway', text, page: 'nodes' });
  }
  return { ...own, apps, verdicts, nodes };
}

function nodeRows(all: readonly NodesPage[]): NodesPage['rows'] {
  return all.flatMap(({ rows }, i) => rows.map((row) => ({ ...row, isThis: i === 0 })));
}

function sortKey(query: URLSearchParams): string {
  return query.get('sort') ?? '';
}

function channels(
  all: ReadonlyArray<List<ChannelRow>>,
  nodes: Asked,
  query: URLSearchParams,
): List<ChannelRow> {
  const byName = new Map<string, ChannelRow>();
  for (const row of all.flatMap(({ items }) => items)) {
    const known = byName.get(row.name);
    byName.set(row.name, known === undefined ? row : bothRows(known, row));
  }
  const order = (a: ChannelRow, b: ChannelRow): number => {
    if (sortKey(query) === 'name') return byText(a.name, b.name);
    if (sortKey(query) === 'events') return b.events - a.events;
    if (sortKey(query) === 'latest') return (b.lastEventAt ?? 0) - (a.lastEventAt ?? 0);
    return b.subscribers - a.subscribers;
  };
  return { ...bestOf([...byName.values()], order, query), total: totalOf(all, byName.size), nodes };
}

/** Lists that are whole tell how many different ones there are; otherwise some may be counted twice. */
function totalOf(all: ReadonlyArray<List<unknown>>, different: number): number {
  const isWhole = all.every(({ items, total }) => items.length === total);
  return isWhole ? different : all.reduce((sum, { total }) => sum + total, 0);
}

function bestOf<T>(
  rows: T[],
  order: (a: T, b: T) => number,
  query: URLSearchParams,
): Pick<List<T>, 'items'> {
  return { items: rows.sort(order).slice(0, limitOf(query)) };
}

/** Subscribers are those of each node; an event goes to all nodes. */
function bothRows(a: ChannelRow, b: ChannelRow): ChannelRow {
  return {
    ...a,
    subscribers: a.subscribers + b.subscribers,
    events: Math.max(a.events, b.events),
    lastEventAt: Math.max(a.lastEventAt ?? 0, b.lastEventAt ?? 0) || undefined,
  };
}

function channelPages(all: readonly ChannelPage[], nodes: Asked): ChannelPage {
  const [first] = all as [ChannelPage];
  return {
    ...first,
    ...all.slice(1).reduce<ChannelRow>((row, each) => bothRows(row, each), first),
    owners: all.flatMap(({ owners }) => owners),
    sockets: {
      items: all.flatMap(({ sockets: { items } }) => items).slice(0, 50),
      total: all.reduce((sum, { sockets: { total } }) => sum + total, 0),
      nodes,
    },
    nodes,
  };
}

function sockets(
  all: ReadonlyArray<List<SocketRow>>,
  nodes: Asked,
  query: URLSearchParams,
): List<SocketRow> {
  const order = (a: SocketRow, b: SocketRow): number => {
    if (sortKey(query) === 'unsent') return b.unsentBytes - a.unsentBytes;
    if (sortKey(query) === 'channels') return b.channels - a.channels;
    return (b.openedAt - a.openedAt) * (sortKey(query) === 'oldest' ? -1 : 1);
  };
  const total = all.reduce((sum, each) => sum + each.total, 0);
  const rows = all.flatMap(({ items }) => items);
  return { ...bestOf(rows, order, query), total, nodes };
}

function users(
  all: ReadonlyArray<List<UserRow>>,
  nodes: Asked,
  query: URLSearchParams,
): List<UserRow> {
  const byId = new Map<string, UserRow>();
  for (const { id, sockets: count } of all.flatMap(({ items }) => items)) {
    byId.set(id, { id, sockets: count + (byId.get(id)?.sockets ?? 0) });
  }
  const order = (a: UserRow, b: UserRow): number =>
    sortKey(query) === 'name' ? byText(a.id, b.id) : b.sockets - a.sockets || byText(a.id, b.id);
  return { ...bestOf([...byId.values()], order, query), total: totalOf(all, byId.size), nodes };
}

function userPages(all: readonly UserPage[]): UserPage {
  const [first] = all as [UserPage];
  return {
    ...first,
    sockets: all.flatMap((each) => each.sockets),
    channels: [...new Set(all.flatMap((each) => each.channels))],
    closed: all.flatMap((each) => each.closed).toSorted(latest),
  };
}

function latest(a: { at: number }, b: { at: number }): number {
  return b.at - a.at;
}

function backends(all: readonly BackendsPage[], nodes: Asked): BackendsPage {
  return {
    streams: all.flatMap(({ streams }) => streams),
    backends: all.reduce((sum, each) => sum + each.backends, 0),
    history: all
      .flatMap(({ history }) => history)
      .toSorted(latest)
      .slice(0, 50),
    gaps: all.reduce((sum, { gaps }) => sum + gaps, 0),
    nodes,
  };
}

function webhooks(all: ReadonlyArray<{ items: WebhookRow[] }>): WebhookRow[] {
  const [own = { items: [] }] = all;
  return own.items.map((row, i) => {
    const same = all.flatMap(({ items }) => (items[i]?.host === row.host ? items[i] : []));
    const sum = (of: (each: WebhookRow) => number): number =>
      same.reduce((total, each) => total + of(each), 0);
    return {
      ...row,
      waiting: sum(({ waiting }) => waiting),
      sent: sum(({ sent }) => sent),
      dropped: sum(({ dropped }) => dropped),
      pausedMs: Math.max(...same.map(({ pausedMs }) => pausedMs)),
      attempts: same
        .flatMap(({ attempts }) => attempts)
        .toSorted(latest)
        .slice(0, 30),
      givenUp: same.flatMap(({ givenUp }) => givenUp).toSorted(latest),
    };
  });
}

function recents(all: readonly RecentPage[]): RecentPage {
  const rows = <T extends { at: number }>(of: (page: RecentPage) => readonly T[]): T[] =>
    all.flatMap(of).toSorted(latest).slice(0, 30);
  return {
    refusals: counts(all.flatMap(({ refusals }) => refusals)),
    closes: counts(all.flatMap(({ closes }) => closes)),
    lastRefusals: rows(({ lastRefusals }) => lastRefusals),
    lastCloses: rows(({ lastCloses }) => lastCloses),
    acts: rows(({ acts }) => acts),
  };
}

function counts(all: readonly CountRow[]): CountRow[] {
  const byWhat = new Map<string, CountRow>();
  for (const row of all) {
    const known = byWhat.get(row.what);
    byWhat.set(row.what, {
      ...row,
      last5Minutes: row.last5Minutes + (known?.last5Minutes ?? 0),
      lastHour: row.lastHour + (known?.lastHour ?? 0),
    });
  }
  return [...byWhat.values()].sort(
    (a, b) => b.last5Minutes - a.last5Minutes || b.lastHour - a.lastHour,
  );
}
