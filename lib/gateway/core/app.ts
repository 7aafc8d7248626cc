import type { PipeEvent } from '../../wire/frames';
import type { AppOptions, Limits } from '../options';
import { Cache } from './cache';
import type { Channel } from './channel';
import type { Group } from './group';
import type { Socket } from './socket';
import { Users } from './users';
import type { Watched } from './watchlists';

/** Hears what happened to an app, after it happened. */
export type Listener = (app: App, event: PipeEvent) => void;

/** One app of the gateway: its credentials, settings and everything that is live in it. */
export class App {
  readonly options: AppOptions;
  readonly sockets = new Map<string, Socket>();
  /** Occupied channels only: a channel without subscribers is dropped at once. */
  readonly channels = new Map<string, Channel>();
  readonly users = new Users();
  /** Users that somebody watches. */
  readonly watched = new Map<string, Watched>();
  readonly cache: Cache;
  /** Sockets that have yet to authorize themselves; 0 unless the app asks for it. */
  unauthorizedSockets = 0;
  /** Streams of events towards backends. */
  readonly groups = new Set<Group>();

  constructor(options: AppOptions, limits: Limits) {
    this.options = options;
    this.cache = new Cache(limits);
  }

  get id(): string {
    return this.options.id;
  }

  get key(): string {
    return this.options.key;
  }

  get secret(): string {
    return this.options.secret;
  }

  /** Occupied channels whose names begin with `prefix`, without the users' own ones, which no app has made. */
  *occupied(prefix = ''): IterableIterator<Channel> {
    for (const channel of this.channels.values()) {
      if (channel.kind.user === undefined && channel.name.startsWith(prefix)) yield channel;
    }
  }
}

/** The apps of a gateway, found by their public key (browsers) or by their id (backends). */
export class Apps {
  readonly #byId = new Map<string, App>();
  readonly #byKey = new Map<string, App>();

  constructor(options: readonly AppOptions[], limits: Limits) {
    for (const each of options) {
      const app = new App(each, limits);
      this.#byId.set(app.id, app);
      this.#byKey.set(app.key, app);
    }
  }

  byId(id: string): App | undefined {
    return this.#byId.get(id);
  }

  byKey(key: string): App | undefined {
    return this.#byKey.get(key);
  }

  all(): IterableIterator<App> {
    return this.#byId.values();
  }
}
