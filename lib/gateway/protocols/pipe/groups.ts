import type { Timer } from '../../../util/timers';
import type { Group as GroupOptions } from '../../../wire/frames';
import { GROUP_NAME_RULE, isGroupName } from '../../../wire/group-name';
import type { App } from '../../core/model/app';
import { Group } from '../../core/streams/group';
import type { PipeContext } from './context';

/** A backend without a group has a stream of its own: one partition, since nobody shares it. */
const ALONE: GroupOptions = { name: '', order: 'socket', mode: 'sticky', overflow: 'gap' };

/** The groups of backends, by app and name. */
export class Groups {
  readonly #context: PipeContext;
  readonly #byApp = new Map<App, Map<string, Group>>();
  /** Groups without a member, until they are dropped. */
  readonly #empty = new Map<Group, Timer>();
  /** Groups with a name that were ever made. */
  #made = 0;

  constructor(context: PipeContext) {
    this.#context = context;
  }

  /** Why a group cannot be joined; undefined when it can. */
  refuse(app: App, options: GroupOptions | undefined): string | undefined {
    if (options === undefined) return undefined;
    const { name, order, mode, overflow } = options;
    if (!isGroupName(name)) return `a group's name must be ${GROUP_NAME_RULE}`;
    const groups = this.#byApp.get(app);
    const known = groups?.get(name)?.settings;
    const same = known?.order === order && known.mode === mode && known.overflow === overflow;
    if (known !== undefined && !same) {
      const { order, mode, overflow } = known;
      return `group ${name} has order ${order}, mode ${mode} and overflow ${overflow}; all its members must say so`;
    }
    const { maxPipeGroups } = this.#context.limits;
    if (known === undefined && (groups?.size ?? 0) >= maxPipeGroups) {
      return `this app has ${maxPipeGroups} groups, which is its limit`;
    }
    return undefined;
  }

  /** The group of that name, or a new one; without a name, or when every member gets everything, one of its own. */
  get(app: App, options: GroupOptions | undefined): Group {
    if (options === undefined || options.mode === 'broadcast') {
      return this.#make(app, { ...ALONE, overflow: options?.overflow ?? 'gap' }, 1);
    }
    const groups = this.#byApp.get(app) ?? new Map<string, Group>();
    this.#byApp.set(app, groups);
    let group = groups.get(options.name);
    if (group === undefined) {
      this.#made += 1;
      group = this.#make(app, options, this.#context.limits.pipePartitions);
      groups.set(options.name, group);
    }
    const dropped = this.#empty.get(group);
    if (dropped !== undefined) this.#context.clock.clearTimeout(dropped);
    this.#empty.delete(group);
    return group;
  }

  /** A member has left: a group without any is kept for the window, so that a restarted backend goes on with it. */
  left(group: Group): void {
    // It may be said again, by a session that others took over from long ago.
    if (group.members.size > 0 || this.#empty.has(group)) return;
    if (group.settings.name === '') return this.#drop(group);
    const { clock, limits } = this.#context;
    this.#empty.set(
      group,
      clock.setTimeout(() => this.#drop(group), limits.pipeWindowMs),
    );
  }

  clear(): void {
    for (const group of this.#empty.keys()) this.#drop(group);
  }

  #make(app: App, options: GroupOptions, partitions: number): Group {
    const { limits, clock, hub, metrics } = this.#context;
    const group = new Group(
      app,
      {
        ...options,
        // Offsets begin anew, and a client that knew an earlier group of the name must not take them for those it has had.
        epoch: Math.max(1, this.#made),
        partitions,
        maxEntries: limits.maxPipeUnackedEvents,
        maxBytes: limits.maxPipeUnackedBytes,
        revokeMs: limits.pipeRevokeMs,
      },
      { clock, holdback: hub.holdback, metrics },
    );
    app.observers.add(group);
    return group;
  }

  #drop(group: Group): void {
    const timer = this.#empty.get(group);
    if (timer !== undefined) this.#context.clock.clearTimeout(timer);
    this.#empty.delete(group);
    this.#byApp.get(group.app)?.delete(group.settings.name);
    group.app.observers.delete(group);
    group.dispose();
  }
}
