import { EventKind, type PipeEvent } from '../../../wire/frames';
import type { App } from '../model/app';
import type { Partition, Snapshot } from './partition';

/**
 * The partition that a socket's, or a channel's, coming and going is recorded in; undefined when nobody asked for it.
 */
export interface Places {
  socket(id: string): Partition | undefined;
  channel(name: string): Partition | undefined;
}

/** A snapshot in the making: names whose first event behind its offset says that they came, or that they went. */
interface Draft {
  snapshot: Snapshot;
  sockets: Map<string, 'came' | 'went'>;
  channels: Map<string, 'came' | 'went'>;
}

/**
 * Captures the state of some partitions, each as of its last sent offset: the present state, less the effects of events
 * behind that offset. All partitions are captured in one pass over the app.
 */
export function capture(
  app: App,
  partitions: readonly Partition[],
  places: Places,
  nowMs: number,
): void {
  const drafts = new Map<Partition, Draft>();
  let [anySockets, anyChannels] = [false, false];
  for (const partition of partitions) {
    const draft = begin(partition, nowMs);
    drafts.set(partition, draft);
    anySockets ||= draft.snapshot.coversSockets;
    anyChannels ||= draft.snapshot.coversChannels;
  }
  if (anySockets) {
    for (const id of socketsOf(app)) {
      const place = places.socket(id);
      const draft = place && drafts.get(place);
      if (draft?.snapshot.coversSockets !== true || draft.sockets.has(id)) continue;
      draft.snapshot.sockets.push({ id, channels: [] });
    }
  }
  if (anyChannels) {
    for (const [name, subscriptions] of channelsOf(app)) {
      const place = places.channel(name);
      const draft = place && drafts.get(place);
      if (draft?.snapshot.coversChannels !== true || draft.channels.has(name)) continue;
      draft.snapshot.channels.push({ name, subscriptions, members: [] });
    }
  }
}

function* socketsOf({ sockets, elsewhere }: App): IterableIterator<string> {
  yield* sockets.keys();
  if (elsewhere !== undefined) yield* elsewhere.sockets();
}

/** Occupied channels with their subscriptions here. */
function* channelsOf(app: App): IterableIterator<[string, number]> {
  for (const { name, sockets } of app.occupied()) yield [name, sockets.size];
  if (app.elsewhere === undefined) return;
  const told = new Set<string>();
  for (const name of app.elsewhere.channels()) {
    const isHere = (app.channels.get(name)?.sockets.size ?? 0) > 0;
    if (!isHere && !told.has(name)) yield [name, 0];
    told.add(name);
  }
}

function begin(partition: Partition, nowMs: number): Draft {
  const offset = partition.log.sentUpTo;
  const snapshot: Snapshot = {
    offset,
    coversSockets: partition.sockets.isDueAt(offset),
    coversChannels: partition.channels.isDueAt(offset),
    sockets: [],
    channels: [],
    written: 0,
  };
  const draft: Draft = { snapshot, sockets: new Map(), channels: new Map() };
  if (offset < partition.log.top) {
    partition.log.eachAfter(offset, (event) => look(draft, event));
  }
  // Sockets that left after the offset were there at the offset.
  if (snapshot.coversSockets) {
    for (const [id, first] of draft.sockets) {
      if (first === 'went') snapshot.sockets.push({ id, channels: [] });
    }
  }
  if (snapshot.coversChannels) {
    for (const [name, first] of draft.channels) {
      if (first === 'went') snapshot.channels.push({ name, subscriptions: 0, members: [] });
    }
  }
  partition.captured(snapshot, nowMs);
  return draft;
}

function look({ sockets, channels }: Draft, { kind, socketId, channel = '' }: PipeEvent): void {
  if (kind === EventKind.OPEN || kind === EventKind.CLOSE) {
    if (!sockets.has(socketId)) sockets.set(socketId, kind === EventKind.OPEN ? 'came' : 'went');
  } else if (kind === EventKind.OCCUPIED || kind === EventKind.VACATED) {
    if (!channels.has(channel))
      channels.set(channel, kind === EventKind.OCCUPIED ? 'came' : 'went');
  }
}
