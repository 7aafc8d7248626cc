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

  constructor(userId: string) {
    this.userId = userId;
  }
}

/**
 * Tells sockets which of the users on their watchlists come and go. A user is online with at least one signed-in
 * connection, and for a short while after its last one.
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

  /** A user has its first connection. */
  online(app: App, userId: string): void {
    const watched = app.watched.get(userId);
    if (watched === undefined || this.#leaving.delete(watched)) return;
    this.#turn.publish(watched, messages.watchlistEvents([userId], []));
  }

  /** A user has lost its last connection. */
  offline(app: App, userId: string): void {
    const watched = app.watched.get(userId);
    if (watched !== undefined) this.#leaving.add(watched);
  }

  /** Gives a socket a watchlist in place of the one it had, and tells it who is there. */
  watch(socket: Socket, userIds: readonly string[]): void {
    this.unwatch(socket);
    if (userIds.length === 0) return;
    const { app } = socket;
    const online: string[] = [];
    const offline: string[] = [];
    socket.watching = [];
    for (const userId of new Set(userIds)) {
      let watched = app.watched.get(userId);
      if (watched === undefined) {
        watched = new Watched(userId);
        app.watched.set(userId, watched);
      }
      this.#turn.join(watched, socket);
      socket.watching.push(watched);
      const there = app.users.has(userId) || this.#leaving.has(watched);
      (there ? online : offline).push(userId);
    }
    this.#turn.send(socket, messages.watchlistEvents(online, offline));
  }

  unwatch(socket: Socket): void {
    for (const watched of socket.watching ?? []) {
      this.#turn.leave(watched, socket);
      if (watched.sockets.size === 0) socket.app.watched.delete(watched.userId);
    }
    socket.watching = undefined;
  }

  stop(): void {
    this.#leaving.stop();
  }
}
