import { type Eventual, later } from '../../../brokers/eventual';
import * as messages from '../../../pusher/messages';
import type { Clock } from '../../../util/timers';
import type { App } from '../model/app';
import { DelayQueue } from '../timing/delay-queue';
import type { Audience, Batch } from '../fanout/outlet';
import type { Socket } from '../model/socket';
import type { Turn } from '../fanout/turn';

/** A user who comes back within this time was never gone: a page reload is not worth two events. */
const OFFLINE_AFTER_MS = 3000;

/** A user whom somebody watches, signed in or not; its audience are the watching sockets. */
export class Watched implements Audience {
  readonly userId: string;
  readonly sockets = new Set<Socket>();
  batch: Batch | undefined;
  /** Signed in on some node, as far as known; undefined until that is known. */
  isOnline: boolean | undefined;
  /** Number of the latest change that is known. */
  seq = 0;

  constructor(userId: string) {
    this.userId = userId;
  }
}

/**
 * Tells sockets which of the users on their watchlists come and go. A user is online with at least one signed-in
 * connection on any node, and for a short while after its last one.
 */
export class Watchlists {
  readonly #turn: Turn;
  /** Users whose last connection is gone, but who still count as online. */
  readonly #leaving: DelayQueue<Watched>;

  constructor(turn: Turn, clock: Clock) {
    this.#turn = turn;
    this.#leaving = new DelayQueue(clock, OFFLINE_AFTER_MS, (watched) => {
      this.#turn.publish(watched, messages.watchlistEvents([], [watched.userId]));
    });
  }

  /** A user has its first connection, or has lost its last one. */
  changed(app: App, userId: string, isOnline: boolean, seq: number): void {
    const watched = app.watched.get(userId);
    if (watched === undefined || seq <= watched.seq) return;
    watched.seq = seq;
    this.#set(watched, isOnline);
  }

  /** Gives a socket a watchlist in place of the one it had, and tells it who is there. */
  watch(socket: Socket, userIds: readonly string[]): void {
    this.unwatch(socket);
    if (userIds.length === 0) return;
    const { app } = socket;
    const { broker } = app;
    const watching: Watched[] = (socket.watching = []);
    const heard: Array<Promise<void>> = [];
    for (const userId of new Set(userIds)) {
      let watched = app.watched.get(userId);
      if (watched === undefined) {
        watched = new Watched(userId);
        app.watched.set(userId, watched);
        const answer = broker.watchUser(userId);
        if (answer instanceof Promise) heard.push(answer);
      }
      this.#turn.join(watched, socket);
      watching.push(watched);
    }
    const tell = (): void => {
      // The socket may have left, or have another list, by now.
      if (socket.watching === watching) this.#tellAll(socket, watching);
    };
    // Users are looked up once they are watched, so that no change is missed between.
    if (heard.length === 0) void later(this.#lookUp(app, watching), tell);
    else void Promise.all(heard).then(() => later(this.#lookUp(app, watching), tell));
  }

  unwatch(socket: Socket): void {
    const { app } = socket;
    for (const watched of socket.watching ?? []) {
      this.#turn.leave(watched, socket);
      if (watched.sockets.size > 0) continue;
      app.watched.delete(watched.userId);
      app.broker.unwatchUser(watched.userId);
    }
    socket.watching = undefined;
  }

  /** Changes of some users may have been missed: users who came or went meanwhile are told. */
  missed(app: App, userIds: readonly string[]): void {
    const watched = userIds.flatMap((userId) => app.watched.get(userId) ?? []);
    if (watched.length > 0) void later(this.#lookUp(app, watched), () => undefined);
  }

  stop(): void {
    this.#leaving.stop();
  }

  #lookUp(app: App, watched: readonly Watched[]): Eventual<void> {
    const answer = app.broker.online(watched.map(({ userId }) => userId));
    return later(answer, (users) => {
      // The state that is known stays; without one a user counts as offline until the broker tells otherwise.
      if (users === 'unavailable') return;
      for (const each of watched) {
        if (users.seq < each.seq) continue;
        each.seq = users.seq;
        this.#set(each, users.online.has(each.userId));
      }
    });
  }

  #set(watched: Watched, isOnline: boolean): void {
    const before = watched.isOnline;
    watched.isOnline = isOnline;
    if (before === undefined || before === isOnline) return;
    if (!isOnline) return this.#leaving.add(watched);
    if (this.#leaving.delete(watched)) return;
    this.#turn.publish(watched, messages.watchlistEvents([watched.userId], []));
  }

  #tellAll(socket: Socket, watching: readonly Watched[]): void {
    const online: string[] = [];
    const offline: string[] = [];
    for (const watched of watching) {
      const isThere = watched.isOnline === true || this.#leaving.has(watched);
      (isThere ? online : offline).push(watched.userId);
    }
    this.#turn.send(socket, messages.watchlistEvents(online, offline));
  }
}
