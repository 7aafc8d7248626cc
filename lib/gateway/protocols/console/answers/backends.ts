import { groupsOf } from '../../../core/console/progress';
import type { App } from '../../../core/model/app';
import type { Group, GroupMember } from '../../../core/streams/group';
import type { BackendsPage, MemberRow, PartitionRow, StreamRow } from '../api';
import type { ConnectedMember, ConsoleContext, Viewer } from '../context';
import { groupName, memberName } from './owners';

const MAX_STREAMS = 50;
const MAX_MEMBERS = 100;
const MAX_HISTORY = 50;

/** The streams of an app's backends that this node has, the fullest first. */
export function backendsPage(context: ConsoleContext, viewer: Viewer, app: App): BackendsPage {
  const connected = new Map<GroupMember, ConnectedMember>();
  for (const each of context.members(app)) {
    if (each.session !== undefined) connected.set(each.session, each);
  }
  const groups = [...groupsOf(app)].sort((a, b) => b.budget.fill - a.budget.fill);
  const history = [];
  for (const change of context.recorder.backends(app.id)) {
    if (history.length >= MAX_HISTORY) break;
    const backend = memberName(change.backend);
    history.push({ ...change, backend, address: shownTo(viewer, change.address) ?? '' });
  }
  return {
    streams: groups
      .slice(0, MAX_STREAMS)
      .map((group) => streamRow(context, viewer, group, connected)),
    backends: app.backends,
    history,
    gaps: [...context.metrics.pipeGaps.values()].reduce((sum, count) => sum + count, 0),
    nodes: { asked: 1, answered: 1 },
  };
}

function streamRow(
  context: ConsoleContext,
  viewer: Viewer,
  group: Group,
  connected: ReadonlyMap<GroupMember, ConnectedMember>,
): StreamRow {
  const { settings, budget, lag, partitions } = group;
  const members = [...group.members].slice(0, MAX_MEMBERS);
  const wallMs = context.clock.wall();
  return {
    id: group.id,
    group: groupName(group),
    isShared: settings.mode !== 'broadcast' && partitions.length > 1,
    ...{ order: settings.order, overflow: settings.overflow },
    lag: lag.events,
    full: budget.fill,
    oldestAt: lag.since === Infinity ? undefined : lag.since,
    unattendedSince: context.progress.unattendedSince(group),
    members: members.map((member) => memberRow(context, viewer, group, member, connected)),
    partitions: partitions.map((partition): PartitionRow => {
      const owner = group.owner(partition);
      return {
        number: partition.number,
        owner: owner === undefined ? -1 : members.indexOf(owner),
        generation: partition.generation,
        lag: partition.log.unfinished,
        isRevoking: group.revoking(partition),
        stuckSince: context.progress.stuckSince(partition, wallMs),
      };
    }),
  };
}

function memberRow(
  context: ConsoleContext,
  viewer: Viewer,
  group: Group,
  member: GroupMember,
  connected: ReadonlyMap<GroupMember, ConnectedMember>,
): MemberRow {
  const owned = group.ownedBy(member);
  const { remoteAddress, unsentBytes } = connected.get(member) ?? {};
  const pace = context.progress.paceOf(group, member, context.clock.wall());
  return {
    name: memberName(member.name),
    address: shownTo(viewer, remoteAddress),
    word: pace.word,
    since: 'sinceMs' in pace ? pace.sinceMs : undefined,
    partitions: owned.length,
    lag: owned.reduce((sum, { log }) => sum + log.unfinished, 0),
    inFlight: owned.reduce((sum, { log }) => sum + log.inFlight, 0),
    unsentBytes: unsentBytes ?? 0,
  };
}

function shownTo({ role }: Viewer, address: string | undefined): string | undefined {
  return role === 'operator' ? address : undefined;
}
