import { EventKind } from '../../../../wire/frames';
import { groupsOf } from '../../../core/console/progress';
import type { App } from '../../../core/model/app';
import type { Group } from '../../../core/streams/group';
import type { Partition } from '../../../core/streams/partition';
import type { Owner } from '../api';

/** The backends that the events of a socket go to, one of each stream here. */
export function ownersOfSocket(app: App, id: string, channel?: string): Owner[] {
  return ownersOf(app, ({ settings: { order } }) => {
    const key = order === 'channel' && channel !== undefined ? channel : id;
    return { key, kind: EventKind.MESSAGE, channel };
  });
}

/** The backends that hear of the coming and going on a channel, or of its events where these go by channel. */
export function ownersOfChannel(app: App, name: string): Owner[] {
  return ownersOf(app, ({ settings: { order } }) => {
    const kind = order === 'channel' ? EventKind.MESSAGE : EventKind.OCCUPIED;
    return { key: name, kind, channel: name };
  });
}

function ownersOf(
  app: App,
  keyOf: (group: Group) => { key: string; kind: EventKind; channel: string | undefined },
): Owner[] {
  return [...groupsOf(app)].flatMap((group) => {
    // No key has an owner there: events go to the backend that has the least to do.
    if (group.settings.mode === 'shared') return [];
    const { key, kind, channel } = keyOf(group);
    const partition = group.placeOf(kind, channel, key, undefined);
    return partition === undefined ? [] : ownerOf(group, partition);
  });
}

function ownerOf(group: Group, partition: Partition): Owner {
  const owner = group.owner(partition);
  const [now, ...before] = partition.owners;
  return {
    group: groupName(group),
    partition: partition.number,
    generation: partition.generation,
    owner: owner && memberName(owner.name),
    isAttached: owner?.attached === true,
    since: now?.sinceMs,
    lag: partition.log.unfinished,
    before: before.map(({ owner: name, generation, sinceMs: since }) => {
      return { owner: memberName(name), generation, since };
    }),
  };
}

/** Name of a stream for people. */
export function groupName({ settings: { name } }: Group): string {
  return name === '' ? 'a backend alone' : name;
}

/** Names that backends gave themselves, or the beginning of a session's id. */
export function memberName(name: string): string {
  return name.startsWith('name ') ? name.slice(5) : name.slice(0, 8);
}
