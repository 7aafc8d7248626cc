import type { AppBroker } from '../../../brokers/broker';
import type { Eventual } from '../../../brokers/eventual';
import type { EventKind, PipeEvent, Rule } from '../../../wire/frames';
import { AllowedOrigins } from '../../options/allowed-origins';
import type { AppOptions } from '../../options/options';
import { AppKeys } from './app-keys';
import type { Channel } from './channel';
import { ChannelRules } from './channel-rules';
import type { Socket } from './socket';
import { Users } from './users';
import type { Watched } from '../features/watchlists';

/** A leave that has happened and is not told yet. */
export interface HeldLeave {
  readonly kind: 'vacated' | 'removed';
  readonly channel: string;
  readonly userId: string | undefined;
  readonly seq: number;
  readonly source: string;
}

/** A stream of events of the browsers of all nodes. */
export interface ClusterStream {
  /** Lists of rules by which its members ask for events. */
  readonly rules: Iterable<readonly Rule[]>;
  /** Events of another node may have been lost: the receivers are told. */
  missed(): void;
  /** All nodes report by the rules of all streams. */
  heard(): void;
  /** Id of the stream. */
  readonly id: string;
  /**
   * Nodes that have yet to pass on events which the stream's gateway before this one may not have had, and what they have
   * reported since: it is among those that are passed on, unless there are none.
   */
  readonly awaited: Map<number, Awaited>;
  /** Answers when the events of a node's report are where the next gateway of the stream finds them; false if they never are. */
  reported(node: number, number: number): Eventual<boolean>;
  /** Nodes came, or were told as gone to the end. */
  nodesChanged(): void;
  /** The engine may have lost what was written of the stream. */
  recordsLost(): void;
}

/** A node that had a stream before, and the last report of each node to it that is in the stream's log. */
export interface TakenOver {
  readonly home: number;
  readonly reports: ReadonlyArray<readonly [node: number, report: number]>;
}

/** Reports of another node that wait until it has passed on what it has kept for a stream. */
export interface Awaited {
  readonly held: PipeEvent[];
  /** Several nodes have had the stream: events that are passed on may have been in its log already. */
  readonly isAgain: boolean;
}

/** The browsers of the other nodes, as far as streams of this one want to hear of them. */
export interface FarBrowsers {
  /** All nodes report by the present rules of the streams here, as far as is known. */
  readonly isHeard: boolean;
  /** The rules of a stream have changed. */
  changed(): void;
  /** The streams end here, and go on elsewhere: nobody is told that they are not heard any more. */
  leave(): void;
  /** Answers when `isHeard`, or when that takes too long. */
  heard(): Eventual<void>;
  /** False for an event of this node that changes nothing in the cluster, since another one has the same channel, member or user. */
  isNews(event: PipeEvent): boolean;
  sockets(): Iterable<string>;
  /** Nodes whose sockets the streams may have heard of, with the number of the last report that was taken. */
  nodes(): Iterable<readonly [node: number, report: number]>;
  /** A stream goes on here that another node had: asks all for the events that the node may not have had in its log. */
  takeOver(stream: ClusterStream, from: readonly TakenOver[]): void;
  /** Occupied channels; one that several nodes have comes several times. */
  channels(): Iterable<string>;
}

/** Events of a stream that wait to be handled. */
export interface Lag {
  events: number;
  /** Time at which the oldest was accepted; Infinity when there is none. */
  since: number;
  /** No backend is there to handle them. */
  isWaiting: boolean;
  /** Fill of the stream, from 0 to 1; more while browsers are held back. */
  ratio: number;
  /** Partitions without a connected owner. */
  unowned: number;
}

/** Hears what happened in an app, after it happened: the stream of a backend, the webhooks. */
export interface AppObserver {
  /** True when the observer would take the event. An event without a taker is never built. */
  wants(kind: EventKind, channel: string | undefined, event: string | undefined): boolean;
  /**
   * Every event of this node is offered, and of all nodes to a stream; the observer picks what it wants. `source` is the
   * address of the socket that caused it, here and below; '' where none of this node did.
   */
  offer(event: PipeEvent, source: string): void;
  /** The observer hears events of all nodes when it is there. */
  readonly stream?: ClusterStream;
  /**
   * A change of the cluster that no other node tells: a channel is occupied or vacated, a member comes or goes. `seq`
   * orders the changes; it is undefined where they come in their order.
   */
  changed?(event: PipeEvent, seq: number | undefined, source: string): void;
  /** Tells at once the leaves that it holds back of the channels that are meant. */
  tellLeaves?(isMeant: (channel: string) => boolean): void;
  /** Gives away the leaves that it holds back of the channels that are meant: another node tells of them. */
  handOver?(isMeant: (channel: string) => boolean): readonly HeldLeave[];
  readonly lag?: Lag;
  /** The channel's subscriber count in the cluster, at the pace of its subscribers and when it falls to 0. */
  counted?(channel: string, subscribers: number, source: string): void;
}

/** An app of the gateway: its credentials, its settings, and its live sockets, channels and users. */
export class App {
  #options: AppOptions;
  #origins: AllowedOrigins;
  #rules: ChannelRules;
  readonly keys: AppKeys;
  readonly sockets = new Map<string, Socket>();
  /** False while no browser has ever been here, so that there is nothing to tell of any. */
  hasHadSockets = false;
  /** Sockets of the app whose close was ordered. */
  readonly closing = new Set<Socket>();
  /** Channels with subscribers, or with sockets that wait to be let in; any other is dropped at once. */
  readonly channels = new Map<string, Channel>();
  readonly users = new Users();
  /** Users that somebody watches. */
  readonly watched = new Map<string, Watched>();
  /** Sockets that have yet to authorize themselves; 0 unless the app asks for it. */
  unauthorizedSockets = 0;
  readonly observers = new Set<AppObserver>();
  /** Apps that were taken out of the gateway before this one was put in, perhaps one of the same id. */
  readonly removals: number;
  /** Events accepted for channels and sockets, from whatever side. */
  eventsAccepted = 0;
  /** Backends connected now, whichever protocol they speak. */
  backends = 0;

  /** The other nodes; undefined where there can be none. */
  elsewhere: FarBrowsers | undefined;

  #broker: AppBroker | undefined;

  constructor(options: AppOptions, removals = 0) {
    this.#options = options;
    this.removals = removals;
    this.#origins = new AllowedOrigins(options.allowedOrigins);
    this.#rules = new ChannelRules(options.channels);
    this.keys = new AppKeys(options);
  }

  /** The app as all nodes share it. */
  get broker(): AppBroker {
    if (this.#broker === undefined) throw new Error(`app ${this.id} was not joined with a broker`);
    return this.#broker;
  }

  /** Name of the gateway process for backends: another one for an app that was put back, since its sockets were closed. */
  nodeIn(process: string): string {
    return this.removals === 0 ? process : `${process}+${this.removals}`;
  }

  join(broker: AppBroker): void {
    this.#broker = broker;
  }

  get options(): AppOptions {
    return this.#options;
  }

  get origins(): AllowedOrigins {
    return this.#origins;
  }

  get rules(): ChannelRules {
    return this.#rules;
  }

  /** Other options of the same app hold from now on. */
  change(options: AppOptions): void {
    this.#options = options;
    this.#origins = new AllowedOrigins(options.allowedOrigins);
    this.#rules = new ChannelRules(options.channels);
    this.keys.change(options);
  }

  get id(): string {
    return this.options.id;
  }

  /** The key by which the gateway itself signs: webhooks, and subscriptions that backends allow. */
  get key(): string {
    return this.options.key;
  }

  get secret(): string {
    return this.options.secret;
  }

  /** Occupied channels whose names begin with `prefix`, without the users' own ones, which no app has made. */
  *occupied(prefix = ''): IterableIterator<Channel> {
    for (const channel of this.channels.values()) {
      if (channel.sockets.size === 0 || channel.kind.user !== undefined) continue;
      if (channel.name.startsWith(prefix)) yield channel;
    }
  }
}

/** Apps that a reload has added, taken out or given other options. */
export interface AppsChange {
  readonly added: readonly App[];
  readonly removed: readonly App[];
  readonly changed: readonly App[];
}

/** The apps of a gateway, found by any of their public keys (browsers) or by their id (backends). */
export class Apps {
  readonly #made: (app: App) => void;
  readonly #byId = new Map<string, App>();
  readonly #byKey = new Map<string, App>();
  /** Apps that were taken out and still have sockets to close. */
  readonly #leaving = new Set<App>();
  #removals = 0;

  /** @param made is told each app when it is made, before anybody finds it */
  constructor(options: readonly AppOptions[], made: (app: App) => void = () => undefined) {
    this.#made = made;
    this.change({ added: options, removed: [], changed: [] });
  }

  byId(id: string): App | undefined {
    return this.#byId.get(id);
  }

  byKey(key: string): App | undefined {
    return this.#byKey.get(key);
  }

  /** The app of a gateway that has no other. */
  get only(): App | undefined {
    const [first, ...others] = this.#byId.values();
    return others.length === 0 ? first : undefined;
  }

  /** Every app, those included whose last sockets are being closed. */
  *all(): IterableIterator<App> {
    yield* this.#byId.values();
    for (const app of this.#leaving) {
      if (app.sockets.size === 0) this.#leaving.delete(app);
      else yield app;
    }
  }

  /** Applies the difference of two configurations. An app that is taken out is found by nobody any more. */
  change({
    added,
    removed,
    changed,
  }: Readonly<Record<keyof AppsChange, readonly AppOptions[]>>): AppsChange {
    const gone = removed.flatMap(({ id }) => this.#byId.get(id) ?? []);
    for (const app of gone) {
      this.#byId.delete(app.id);
      this.#leaving.add(app);
    }
    this.#removals += gone.length;
    const others = changed.flatMap((options) => {
      const app = this.#byId.get(options.id);
      app?.change(options);
      return app ?? [];
    });
    const made = added.map((options) => new App(options, this.#removals));
    for (const app of made) {
      this.#made(app);
      this.#byId.set(app.id, app);
    }
    // Two apps may have exchanged their keys.
    this.#byKey.clear();
    for (const app of this.#byId.values()) {
      for (const { key } of app.keys.all()) this.#byKey.set(key, app);
    }
    return { added: made, removed: gone, changed: others };
  }
}
