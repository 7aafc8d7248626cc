import type { Transition } from '../../brokers/broker';
import { later } from '../../brokers/eventual';
import { isUserChannel } from '../../pusher/channel-name';
import type { Clock } from '../../util/timers';
import { EventKind, type PipeEvent } from '../../wire/frames';
import { CountPace } from './features/count-pace';
import type { App, HeldLeave } from './model/app';
import type { NodeMessage, Nodes } from './cluster/nodes';

/** A change that the cluster sees once: a channel is occupied or vacated, a member comes or goes. */
export interface Change {
  readonly kind: 'occupied' | 'vacated' | 'added' | 'removed';
  readonly channel: string;
  readonly userId?: string | undefined;
  /** Order among the changes of the app. */
  readonly seq: number;
  /** Address of the socket that caused it, where that is known. */
  readonly source?: string | undefined;
}

const KINDS: ReadonlyMap<Change['kind'], EventKind> = new Map([
  ['occupied', EventKind.OCCUPIED],
  ['vacated', EventKind.VACATED],
  ['added', EventKind.MEMBER_ADDED],
  ['removed', EventKind.MEMBER_REMOVED],
]);

/** Times that a change is offered to the node that tells of its channel, before this node tells it by itself. */
const MAX_TRIES = 3;
/** Changes that wait until this node knows whether it is taken for dead. */
const MAX_HELD = 10_000;

/**
 * Tells the observers of an app what happened. Backends hear what happens on this node; webhooks hear what happens in
 * the cluster, each channel from one node, so that a leave and a return on two nodes are told in their order.
 */
export class Happenings {
  readonly #clock: Clock;
  readonly #nodes: Nodes;
  /** Paces of webhooks, by app and channel. */
  readonly #counts: CountPace<string>;
  /** Changes that this node would tell, were it sure that no other one has told them. */
  #held: Array<{ app: App; change: Change }> = [];

  constructor(clock: Clock, nodes: Nodes) {
    this.#clock = clock;
    this.#nodes = nodes;
    this.#counts = new CountPace(clock);
    nodes.on('changed', (app, message) => {
      const change = readChange(message);
      if (change !== undefined) this.#tellChange(app, change);
      return 'ok';
    });
    nodes.on('counted', (app, { channel, total, source }) => {
      if (typeof channel === 'string' && typeof total === 'number') {
        this.#pace(app, channel, total, asSource(source));
      }
      return 'ok';
    });
  }

  stop(): void {
    this.#counts.stop();
  }

  /** Tells what happened on this node. */
  tell(app: App, kind: EventKind, about: Partial<PipeEvent>, source = ''): void {
    const event = this.#event(kind, about);
    const { elsewhere, observers } = app;
    const isNews = elsewhere?.isNews(event) ?? true;
    for (const observer of observers) {
      if (isNews || observer.stream === undefined) observer.offer(event, source);
    }
  }

  /** A change of the cluster was caused here, or was found by this node. */
  changed(app: App, change: Change, tries = MAX_TRIES): void {
    if (!isObserved(app)) return;
    const owner = tries === 0 ? this.#nodes.own : this.#nodes.ownerOf(change.channel);
    if (owner === this.#nodes.own) return this.#tellChange(app, change);
    this.#offer(app, change, owner, tries);
  }

  #offer(app: App, change: Change, owner: number, tries: number): void {
    const message: NodeMessage = { type: 'changed', ...change };
    void later(this.#nodes.send(app, owner, message), (answer) => {
      if (answer === undefined) this.changed(app, change, tries - 1);
    });
  }

  /** The nodes have changed: leaves of channels that another one looks after now are told before it tells of a return. */
  shared(apps: Iterable<App>): void {
    const isAnothers = (channel: string): boolean =>
      this.#nodes.ownerOf(channel) !== this.#nodes.own;
    for (const { observers } of apps) {
      for (const observer of observers) observer.tellLeaves?.(isAnothers);
    }
  }

  /** The others took this node for dead: changes that it holds back are for the owners meanwhile. */
  fenced(apps: Iterable<App>): void {
    const held = this.#held.splice(0);
    for (const app of apps) {
      for (const change of heldLeaves(app, () => true)) held.push({ app, change });
    }
    for (const { app, change } of held) {
      const owner = this.#nodes.ownerWithoutThis(change.channel);
      if (owner === this.#nodes.own) this.changed(app, change);
      else this.#offer(app, change, owner, MAX_TRIES);
    }
  }

  /** The others take this node for alive: changes that it holds back are told. */
  believed(): void {
    for (const { app, change } of this.#held.splice(0)) this.changed(app, change);
  }

  /** A channel has so many subscribers in the cluster. */
  counted(app: App, channel: string, total: number, source: string): void {
    if (!isObserved(app)) return;
    const owner = this.#nodes.ownerOf(channel);
    if (owner === this.#nodes.own) return this.#pace(app, channel, total, source);
    const message: NodeMessage = { type: 'counted', channel, total, source };
    void later(this.#nodes.send(app, owner, message), () => undefined);
  }

  /** A dead node's fact was swept, or one that was said late has changed something. */
  found(app: App, transition: Transition): void {
    // Users and sockets as a whole are the matter of backends, which hear those of their own node.
    if (!('channel' in transition)) return;
    // A user's own channel is the server's: apps did not create it and hear nothing of it.
    if (!isUserChannel(transition.channel)) this.changed(app, transition);
  }

  #tellChange(app: App, change: Change): void {
    const { kind, channel, userId, seq, source = '' } = change;
    if (app.broker.isInDoubt) {
      if (this.#held.length < MAX_HELD) this.#held.push({ app, change });
      return;
    }
    const event = this.#event(KINDS.get(kind) as EventKind, { channel, userId });
    for (const observer of app.observers) {
      observer.changed?.(event, app.broker.isAlone ? undefined : seq, source);
    }
  }

  #pace(app: App, channel: string, total: number, source: string): void {
    this.#counts.changed(`${app.id} ${channel}`, total, () => {
      for (const observer of app.observers) observer.counted?.(channel, total, source);
    });
  }

  /** Makes a record of something that happened now. */
  #event(kind: EventKind, about: Partial<PipeEvent>): PipeEvent {
    return {
      kind,
      socketId: about.socketId ?? '',
      channel: about.channel,
      event: about.event,
      data: about.data,
      time: this.#clock.wall(),
      userId: about.userId,
      code: about.code,
      reason: about.reason,
      trace: about.trace,
    };
  }
}

function heldLeaves(app: App, isMeant: (channel: string) => boolean): HeldLeave[] {
  return [...app.observers].flatMap((observer) => observer.handOver?.(isMeant) ?? []);
}

/** True when somebody hears of changes of the cluster. */
function isObserved({ observers }: App): boolean {
  for (const observer of observers) if (observer.changed !== undefined) return true;
  return false;
}

function readChange({ kind, channel, userId, seq, source }: NodeMessage): Change | undefined {
  if (!KINDS.has(kind as Change['kind'])) return undefined;
  if (typeof channel !== 'string' || typeof seq !== 'number') return undefined;
  const user = typeof userId === 'string' ? userId : undefined;
  return { kind: kind as Change['kind'], channel, userId: user, seq, source: asSource(source) };
}

/** Nodes of earlier versions name no source. */
function asSource(source: unknown): string {
  return typeof source === 'string' ? source : '';
}
