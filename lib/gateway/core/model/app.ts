import type { EventKind, PipeEvent } from '../../../wire/frames';
import { AllowedOrigins } from '../../options/allowed-origins';
import type { AppOptions, Limits } from '../../options/options';
import { Cache } from './cache';
import type { Channel } from './channel';
import { Idempotency } from './idempotency';
import type { Socket } from './socket';
import { Users } from './users';
import type { Watched } from '../features/watchlists';

/** Hears what happened in an app, after it happened: the stream of a backend, the webhooks. */
export interface AppObserver {
  /** True when the observer would take the event. An event without a taker is never built. */
  wants(kind: EventKind, channel: string | undefined, event: string | undefined): boolean;
  /** Every event is offered; the observer picks what it wants. */
  offer(event: PipeEvent): void;
  /** Events that wait to be handled, and when the oldest was accepted; Infinity when there is none. */
  readonly lag?: { events: number; since: number; isWaiting: boolean };
  /** The channel's subscriber count, at each announcement to its subscribers and when it falls to 0. */
  counted?(channel: string, subscribers: number): void;
}

/** An app of the gateway: its credentials, its settings, and its live sockets, channels and users. */
export class App {
  readonly options: AppOptions;
  readonly origins: AllowedOrigins;
  readonly sockets = new Map<string, Socket>();
  /** Occupied channels only: a channel without subscribers is dropped at once. */
  readonly channels = new Map<string, Channel>();
  readonly users = new Users();
  /** Users that somebody watches. */
  readonly watched = new Map<string, Watched>();
  readonly cache: Cache;
  /** Answers of publishes with an idempotency key. */
  readonly answers: Idempotency;
  /** Sockets that have yet to authorize themselves; 0 unless the app asks for it. */
  unauthorizedSockets = 0;
  readonly observers = new Set<AppObserver>();
  /** Backends connected now, whichever protocol they speak. */
  backends = 0;

  constructor(options: AppOptions, limits: Limits) {
    this.options = options;
    this.origins = new AllowedOrigins(options.allowedOrigins);
    this.cache = new Cache(limits);
    this.answers = new Idempotency(limits);
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
