import { randomInt } from 'node:crypto';
import type { Timer } from '../../../util/timers';
import type { Group as GroupOptions, HelloFrame } from '../../../wire/frames';
import type { App } from '../../core/model/app';
import { Group } from '../../core/streams/group';
import type { StoredStream } from '../../core/streams/stream-records';
import { StreamStore } from '../../core/streams/stream-store';
import { Homes } from './cluster/homes';
import { StoredStreams } from './cluster/stored-streams';
import type { PipeContext } from './context';

/** First epochs of streams that move from node to node leave room for those that follow. */
const MAX_FIRST_EPOCH = 2 ** 30;

/** Windows for which the engine keeps a stream that nobody writes, as when all gateways have died. */
const WINDOWS_KEPT = 4;

const NAME = /^[A-Za-z0-9_.:-]{1,64}$/;
const NAME_RULE = '1 to 64 of A-Z a-z 0-9 _ . : -';

/** A backend without a group has a stream of its own: one partition, since nobody shares it. */
const ALONE: GroupOptions = { name: '', order: 'socket', mode: 'sticky', overflow: 'gap' };

/** A stream that outlives its members, and how it is found. */
interface Kept {
  readonly app: App;
  readonly key: string;
  /** Runs while it has no member, until it is dropped. */
  timer: Timer | undefined;
}

/** The streams of backends: groups, and streams of one backend, with a name or without. */
export class Groups {
  readonly #context: PipeContext;
  readonly #homes: Homes;
  readonly #stored: StoredStreams;
  readonly #byApp = new Map<App, Map<string, Group>>();
  readonly #kept = new Map<Group, Kept>();
  /** Streams with a name that were ever made. */
  #made = 0;

  constructor(
    context: PipeContext,
    homes = new Homes(),
    stored = new StoredStreams(context.hub.nodes, keptMs(context)),
  ) {
    this.#context = context;
    this.#homes = homes;
    this.#stored = stored;
  }

  /** The reason why HELLO's group cannot be joined, or its name not be had; undefined when there is none. */
  fault(app: App, { group: options, name }: HelloFrame): string | undefined {
    if (name !== '' && !NAME.test(name)) return `a name must be ${NAME_RULE}`;
    if (options === undefined) return undefined;
    if (!NAME.test(options.name)) return `a group's name must be ${NAME_RULE}`;
    if (options.mode === 'broadcast') return undefined;
    const groups = this.#byApp.get(app) ?? new Map<string, Group>();
    const known = groups.get(streamKey(options, name) ?? '')?.settings;
    if (known !== undefined && !isSame(known, options)) {
      const { order, mode, overflow } = known;
      return `group ${options.name} has order ${order}, mode ${mode} and overflow ${overflow}; all its members must say so`;
    }
    const { maxPipeGroups } = this.#context.limits;
    const count = [...groups.keys()].filter((key) => key.startsWith('group ')).length;
    if (known === undefined && count >= maxPipeGroups) {
      return `this app has ${maxPipeGroups} groups, which is its limit`;
    }
    return undefined;
  }

  /** The stream that HELLO asks for, or a new one. Without any name, each backend gets one of its own. */
  get(app: App, { group: options, name }: HelloFrame): Group {
    const isShared = options !== undefined && options.mode !== 'broadcast';
    const settings = isShared
      ? options
      : { ...ALONE, name: options?.name ?? name, overflow: options?.overflow ?? ALONE.overflow };
    const partitions = isShared ? this.#context.limits.pipePartitions : 1;
    const key = streamKey(options, name);
    if (key === undefined) return this.#make(app, settings, partitions, 1);
    const groups = this.#byApp.get(app) ?? new Map<string, Group>();
    this.#byApp.set(app, groups);
    const known = groups.get(key);
    if (known !== undefined) {
      this.#clearTimer(known);
      return known;
    }
    // Offsets begin anew, and a client that knew an earlier stream of the name must not take them for those it has had.
    // Another node may have had it, which this one knows nothing of.
    const epoch = app.broker.isAlone ? ++this.#made : randomInt(1, MAX_FIRST_EPOCH);
    const stored = this.#stored.take(app, key, { ...settings, partitions });
    const first = stored?.head.epoch ?? epoch;
    const group = this.#make(app, settings, partitions, first, stored);
    groups.set(key, group);
    this.#kept.set(group, { app, key, timer: undefined });
    if (!app.broker.isAlone) this.#keep(group, key, stored);
    return group;
  }

  /** The named stream that HELLO asks for, where it is there. */
  find(app: App, { group: options, name }: HelloFrame): Group | undefined {
    return this.#byApp.get(app)?.get(streamKey(options, name) ?? '');
  }

  /** The stream of a key, where it is there. */
  named(app: App, key: string): Group | undefined {
    return this.#byApp.get(app)?.get(key);
  }

  /**
   * A stream has lost its last session. A named stream is kept for a time, so that a restarted backend goes on with
   * it.
   */
  left(group: Group, keepMs: number): void {
    const kept = this.#kept.get(group);
    if (kept === undefined || keepMs <= 0) return this.drop(group);
    kept.timer ??= this.#context.clock.setTimeout(() => this.drop(group), keepMs);
  }

  /** Leaves the streams, all or of one app, to their next homes. */
  handOver(app?: App): void {
    for (const [group, kept] of this.#kept) {
      if (app === undefined || kept.app === app) group.store?.handOver();
    }
  }

  /** Ends a stream; its events are given up. */
  drop(group: Group): void {
    group.store?.drop();
    this.#clearTimer(group);
    const kept = this.#kept.get(group);
    if (kept !== undefined) this.#forget(kept);
    this.#kept.delete(group);
    group.app.observers.delete(group);
    group.dispose();
  }

  /** Streams that no session has to do with any more, and that are kept. */
  *idle(): IterableIterator<Group> {
    for (const [group, { timer }] of this.#kept) if (timer !== undefined) yield group;
  }

  /** Ends the streams of an app that is gone. */
  remove(app: App): void {
    for (const group of [...(this.#byApp.get(app)?.values() ?? [])]) this.drop(group);
    this.#byApp.delete(app);
  }

  clear(): void {
    for (const group of [...this.#kept.keys()]) this.drop(group);
  }

  /** Writes a stream of which this node is the home through to the engine. */
  #keep(group: Group, key: string, stored: StoredStream | undefined): void {
    const { clock, hub } = this.#context;
    const { app, id, settings, partitions, stream } = group;
    const { epoch, order, mode, overflow, name } = settings;
    const shape = { name, order, mode, overflow, partitions: partitions.length };
    const lives = (stored?.head.lives ?? 0) + 1;
    const nodes = (): ReadonlyArray<readonly [number, number]> => [
      ...(app.elsewhere?.nodes() ?? []),
    ];
    this.#homes.hold(app, key);
    group.store = new StreamStore(
      {
        clock,
        broker: app.broker,
        name: key,
        ttlMs: keptMs(this.#context),
        head: () => ({
          ...shape,
          id,
          epoch,
          lives,
          home: hub.nodes.own,
          nodes: nodes().map(([node]) => node),
          owed: stream.awaited.size > 0 ? (stored?.owed ?? []) : [],
        }),
        refused: () => hub.nodes.homeLost(app, key),
      },
      partitions,
      stored,
    );
    // Events of earlier reports are none of this stream.
    for (const [node, report] of nodes()) void group.store.reported(node, report);
  }

  #make(
    app: App,
    settings: GroupOptions,
    partitions: number,
    epoch: number,
    stored?: StoredStream,
  ): Group {
    const { limits, clock, hub, metrics, log, memory, tracing } = this.#context;
    const group = new Group(
      app,
      {
        ...settings,
        epoch,
        partitions,
        maxEntries: limits.maxPipeUnackedEvents,
        maxBytes: limits.maxPipeUnackedBytes,
        revokeMs: limits.pipeRevokeMs,
      },
      { clock, holdback: hub.holdback, metrics, log, memory, tracing },
      stored,
    );
    app.observers.add(group);
    return group;
  }

  #forget({ app, key }: Kept): void {
    this.#byApp.get(app)?.delete(key);
    if (!app.broker.isAlone) this.#homes.letGo(app, key);
  }

  #clearTimer(group: Group): void {
    const kept = this.#kept.get(group);
    if (kept?.timer === undefined) return;
    this.#context.clock.clearTimeout(kept.timer);
    kept.timer = undefined;
  }
}

/** Time for which the engine keeps a stream that nobody writes. */
export function keptMs({ limits }: Pick<PipeContext, 'limits'>): number {
  return WINDOWS_KEPT * limits.pipeWindowMs;
}

/** The name of a member that HELLO names. A name holds no blank, so that none is taken for the id of a session. */
export function nameOf({ name }: HelloFrame): string {
  return `name ${name}`;
}

/** Key of a stream; undefined when the stream ends with its session. Names and groups are two name spaces. */
export function streamKey(options: GroupOptions | undefined, name: string): string | undefined {
  if (options === undefined) return name === '' ? undefined : `name ${name}`;
  if (options.mode !== 'broadcast') return `group ${options.name}`;
  return name === '' ? undefined : `broadcast ${options.name} ${name}`;
}

function isSame(a: GroupOptions, b: GroupOptions): boolean {
  return a.order === b.order && a.mode === b.mode && a.overflow === b.overflow;
}

/** True when a stream ends with its session: it has no name, and nobody shares it. */
export function isAlone({ settings }: Group, isNamed: boolean): boolean {
  return !isNamed && (settings.name === '' || settings.mode === 'broadcast');
}

/** True for the session of a backend on a gateway that had the stream before this one. */
export function wasOf({ previous }: Group, session: Uint8Array): boolean {
  return session.length > 1 && previous.includes(Buffer.from(session).readUInt16BE());
}
