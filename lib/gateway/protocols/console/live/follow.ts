import { type Eventual, later } from '../../../../brokers/eventual';
import type { Unavailable } from '../../../../brokers/broker';
import { EventKind, type PipeEvent } from '../../../../wire/frames';
import { groupsOf } from '../../../core/console/progress';
import type { Passing, Tap } from '../../../core/console/tap';
import type { Carrier } from '../../../core/fanout/carrier';
import type { App } from '../../../core/model/app';
import type { Channel } from '../../../core/model/channel';
import type { Socket } from '../../../core/model/socket';
import { keyOf } from '../../../core/streams/event-key';
import type { Group } from '../../../core/streams/group';
import type { Partition } from '../../../core/streams/partition';
import type { Timer } from '../../../../util/timers';
import { memberName, groupName } from '../answers/owners';
import type { Followed, FollowFilter, Hop, TailRow } from '../api';
import type { ConsoleContext } from '../context';

/** Events that one watcher follows. */
const MAX_EVENTS = 20;
/** Sockets of an event that are watched, and pages that are asked. */
const MAX_WATCHED = 1_000;
const MAX_PROBED = 20;
/** Sockets that a hop names. */
const MAX_NAMED = 3;
/** Pauses between two looks: short ones while an event is young. */
const LOOK_MS = 10;
const LATER_MS = 100;
const YOUNG_MS = 1_000;
const PATIENCE_MS = 30_000;

/** A socket with the count of its sent bytes at which an event has left for the network. */
interface Watched {
  readonly socket: Socket;
  readonly goal: number;
}

/** An event in the log of a stream. */
interface Appended {
  readonly group: Group;
  readonly partition: Partition;
  readonly epoch: number;
  readonly offset: number;
}

/** An event with its hops; each look brings it further. */
interface Way {
  followed: Omit<Followed, 'hops' | 'isOver'>;
  sinceMs: number;
  hops: Map<string, Hop>;
  looks: Set<() => boolean>;
}

/**
 * Follows the next events that fit a filter from hop to hop: accepted, written, in the kernel, read by the page; or appended,
 * sent, handled by the backend.
 */
export class Follow implements Tap {
  readonly #context: ConsoleContext;
  readonly #app: App;
  readonly #filter: FollowFilter;
  readonly #changed: () => void;
  readonly #ways: Way[] = [];
  readonly #most: number;
  #timer: Timer | undefined;

  constructor(context: ConsoleContext, app: App, filter: FollowFilter, changed: () => void) {
    this.#context = context;
    this.#app = app;
    this.#filter = filter;
    this.#changed = changed;
    this.#most = followedOf(filter);
  }

  get followed(): Followed[] {
    return this.#ways.map(({ followed, hops, looks }) => {
      return { ...followed, hops: [...hops.values()], isOver: looks.size === 0 };
    });
  }

  stop(): void {
    if (this.#timer !== undefined) this.#context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  fromSocket(
    socket: Socket,
    channel: Channel | undefined,
    event: string,
    data: string,
    { relayed, wanted }: { relayed: boolean; wanted: boolean },
  ): void {
    const name = channel?.name;
    const way = this.#begin(
      socket.app,
      { way: 'in', channel: name, event, socket: socket.id },
      data,
    );
    if (way === undefined) return;
    this.#set(way, 'accepted', 'ok', `from socket ${socket.id}`);
    if (relayed && channel !== undefined) this.#toSockets(way, channel, [socket.id]);
    if (wanted) this.#toBackends(way, socket, name, event, data);
    else this.#set(way, 'backends', 'no', 'no backend has asked for it');
    this.#look();
  }

  published(
    app: App,
    { channel: name, event, data, except = [] }: Passing,
    answer: Eventual<number | Unavailable>,
  ): void {
    const way = this.#begin(app, { way: 'out', channel: name, event, socket: undefined }, data);
    if (way === undefined) return;
    const channel = app.channels.get(name);
    const excluded =
      except.length === 0 ? '' : `, without ${except.slice(0, MAX_NAMED).join(', ')}`;
    const { size } = channel?.sockets ?? { size: 0 };
    this.#set(way, 'accepted', 'ok', `${countOf(size, 'subscriber')} here${excluded}`);
    if (channel === undefined || size === 0) {
      const { isAlone } = app.broker;
      const others = 'nobody here is on the channel; browsers of other gateways are not followed';
      if (isAlone) this.#set(way, 'written', 'no', 'nobody is on the channel');
      else this.#set(way, 'written', 'ok', others);
    } else this.#toSockets(way, channel, except);
    void later(answer, (sockets) => {
      if (sockets === 'unavailable') this.#set(way, 'written', 'no', 'the broker does not answer');
    });
    this.#look();
  }

  sent(socket: Socket, event: string, data: string): void {
    const to = { way: 'to', channel: undefined, event, socket: socket.id } as const;
    const way = this.#begin(socket.app, to, data);
    if (way === undefined) return;
    this.#set(way, 'accepted', 'ok', `for socket ${socket.id}`);
    this.#written(way, [socket]);
    this.#look();
  }

  /** Undefined when the event is none of those that are followed. */
  #begin(
    app: App,
    passing: {
      way: TailRow['way'];
      channel: string | undefined;
      event: string;
      socket: string | undefined;
    },
    data: string,
  ): Way | undefined {
    const { channel, event, socket } = this.#filter;
    if (app !== this.#app || this.#ways.length >= this.#most) return undefined;
    if (channel !== undefined && channel !== passing.channel) return undefined;
    if (event !== undefined && event !== passing.event) return undefined;
    if (socket !== undefined && passing.socket !== undefined && socket !== passing.socket)
      return undefined;
    const { clock, node } = this.#context;
    const bytes = Buffer.byteLength(data);
    const way: Way = {
      followed: {
        ...{ id: `${node()}-${this.#ways.length + 1}`, at: clock.wall(), node: node() },
        ...{ ...passing, bytes },
      },
      sinceMs: clock.now(),
      hops: new Map(),
      looks: new Set(),
    };
    this.#ways.push(way);
    return way;
  }

  #set(way: Way, name: string, is: Hop['is'], text: string): void {
    const ms = is === 'waits' ? undefined : this.#context.clock.now() - way.sinceMs;
    const before = way.hops.get(name);
    if (before?.is === is && before.text === text) return;
    way.hops.set(name, { name, ms, text, is });
    this.#changed();
  }

  #toSockets(way: Way, channel: Channel, except: readonly string[]): void {
    const sockets: Socket[] = [];
    for (const socket of channel.sockets) {
      if (sockets.length >= MAX_WATCHED) break;
      if (!socket.closed && !except.includes(socket.id)) sockets.push(socket);
    }
    const more = channel.sockets.size > MAX_WATCHED ? `; the first ${MAX_WATCHED} are watched` : '';
    this.#written(way, sockets, more);
  }

  #written(way: Way, sockets: readonly Socket[], more = ''): void {
    this.#set(way, 'written', 'waits', `to ${countOf(sockets.length, 'socket')}${more}`);
    const waits = (): boolean => true;
    way.looks.add(waits);
    const { turn } = this.#context.hub;
    const done = (): void => {
      way.looks.delete(waits);
      this.#set(way, 'written', 'ok', `to ${countOf(sockets.length, 'socket')}${more}`);
      const watched = sockets.map((socket) => ({
        socket,
        goal: sentBytes(socket) + unsent(socket),
      }));
      if (watched.length === 0) return;
      const look = (): boolean => this.#inKernel(way, watched);
      if (look()) way.looks.add(look);
      if (this.#filter.probe === true) this.#probe(way, sockets.slice(0, MAX_PROBED));
      this.#look();
    };
    // An event for many goes on in later turns.
    turn.whenWritten(() => (turn.behind ? turn.whenCaughtUp(done) : done()));
  }

  /** True while bytes of the event are in this process. */
  #inKernel(way: Way, watched: readonly Watched[]): boolean {
    const waiting = watched.filter(
      ({ socket, goal }) => !isGone(socket) && unsent(socket) > 0 && sentBytes(socket) < goal,
    );
    const gone = watched.filter(({ socket }) => isGone(socket)).length;
    const done = watched.length - waiting.length - gone;
    const named = waiting
      .slice(0, MAX_NAMED)
      .map(({ socket }) => `${socket.id} (${unsent(socket)} bytes unsent)`);
    const text = [
      `${done} of ${watched.length}`,
      ...(gone > 0 ? [`${gone} closed meanwhile`] : []),
      ...(named.length > 0 ? [`waits for ${named.join(', ')}`] : []),
    ].join('; ');
    this.#set(way, 'in the kernel', waiting.length > 0 ? 'waits' : done === 0 ? 'no' : 'ok', text);
    return waiting.length > 0;
  }

  #probe(way: Way, sockets: readonly Socket[]): void {
    const times: number[] = [];
    let left = sockets.length;
    const waits = (): boolean => left > 0;
    way.looks.add(waits);
    const tell = (): void => {
      const sorted = times.toSorted((a, b) => a - b);
      const half = sorted[Math.floor(sorted.length / 2)];
      const most = sorted.at(-1);
      const range =
        half === undefined || most === undefined
          ? ''
          : `, half within ${Math.round(half)} ms, the last after ${Math.round(most)} ms`;
      const silent = left === 0 && times.length < sockets.length ? '; no answer is no proof' : '';
      const text = `${times.length} of ${countOf(sockets.length, 'page')} answered${range}${silent}`;
      this.#set(way, 'read', left > 0 ? 'waits' : times.length > 0 ? 'ok' : 'no', text);
    };
    tell();
    for (const socket of sockets) {
      void this.#context.hub.browserRequests.probe(socket).then((tookMs) => {
        left--;
        if (tookMs !== undefined) times.push(tookMs);
        tell();
      });
    }
  }

  #toBackends(
    way: Way,
    socket: Socket,
    channel: string | undefined,
    event: string,
    data: string,
  ): void {
    const about = {
      kind: EventKind.MESSAGE,
      socketId: socket.id,
      channel,
      event,
      data,
    } as PipeEvent;
    for (const group of groupsOf(this.#app)) {
      if (!group.wants(EventKind.MESSAGE, channel, event)) continue;
      const appended = appendedIn(group, about);
      if (appended === undefined) {
        const elsewhere = 'another gateway has this stream; it is not followed there';
        this.#set(way, groupName(group), 'ok', elsewhere);
        continue;
      }
      const look = (): boolean => this.#atBackend(way, appended);
      if (look()) way.looks.add(look);
    }
  }

  /** True while the backend has yet to handle the event. */
  #atBackend(way: Way, { group, partition, epoch, offset }: Appended): boolean {
    const { log, number } = partition;
    const name = groupName(group);
    const place =
      partition.number === 0 && group.partitions.length === 1 ? '' : `partition ${number}, `;
    const owner = group.owner(partition);
    const to = owner === undefined ? 'nobody' : memberName(owner.name);
    if (!way.hops.has(name)) {
      this.#set(way, name, 'ok', `${place}offset ${offset}, for ${to}`);
    }
    const lost = log.epoch !== epoch || (log.low > offset && log.committed.offset < offset);
    const isSent = lost || log.sent >= offset;
    const sent = `sent to ${name}`;
    const handled = `handled by ${name}`;
    if (!isSent) this.#set(way, sent, 'waits', sentNot(owner?.attached === true));
    else if (way.hops.get(sent)?.is !== 'ok') this.#set(way, sent, 'ok', `to ${to}`);
    if (lost) this.#set(way, handled, 'no', 'lost in a gap: the log was full');
    else if (isFinished(log, offset)) this.#set(way, handled, 'ok', `by ${to}`);
    else {
      if (isSent) this.#set(way, handled, 'waits', `${to} has it`);
      return true;
    }
    return false;
  }

  #look(): void {
    if (this.#timer !== undefined) return;
    const { clock } = this.#context;
    const open = this.#ways.filter(({ looks }) => looks.size > 0);
    if (open.length === 0) return;
    const isYoung = open.some(({ sinceMs }) => clock.now() - sinceMs < YOUNG_MS);
    this.#timer = clock.setTimeout(
      () => {
        this.#timer = undefined;
        for (const way of open) {
          const isOld = clock.now() - way.sinceMs > PATIENCE_MS;
          for (const look of way.looks) if (!look() || isOld) way.looks.delete(look);
          if (way.looks.size === 0) this.#changed();
        }
        this.#look();
      },
      isYoung ? LOOK_MS : LATER_MS,
    );
  }
}

/** Events that a filter asks to follow. */
export function followedOf({ count = 1 }: FollowFilter): number {
  return Math.min(MAX_EVENTS, Math.max(1, Math.floor(count)));
}

function isFinished({ committed, finished }: Partition['log'], offset: number): boolean {
  return (
    committed.offset >= offset ||
    finished.some(({ first, last }) => first <= offset && offset <= last)
  );
}

function sentNot(isAttached: boolean): string {
  return isAttached ? 'its credit is used up, or others are before it' : 'no backend is connected';
}

/** The event at the end of its partition, where it has just been appended. */
function appendedIn(group: Group, event: PipeEvent): Appended | undefined {
  const { kind, channel, event: name } = event;
  const isShared = group.settings.mode === 'shared';
  const place = isShared
    ? undefined
    : group.placeOf(kind, channel, keyOf(event, group.settings.order), name);
  for (const partition of place === undefined ? group.partitions : [place]) {
    const { epoch, top } = partition.log;
    const found = partition.log.at({ epoch, offset: top });
    const isIt =
      found?.socketId === event.socketId && found.event === name && found.data === event.data;
    if (isIt) return { group, partition, epoch, offset: top };
  }
  return undefined;
}

function isGone(socket: Socket): boolean {
  return socket.app.sockets.get(socket.id) !== socket;
}

function unsent({ sink }: Socket): number {
  return (sink as Partial<Carrier>).unsentBytes ?? 0;
}

/** Bytes that have left for the network. A carrier that does not count them has sent all when nothing is unsent. */
function sentBytes({ sink }: Socket): number {
  return (sink as { sentBytes?: number }).sentBytes ?? 0;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
