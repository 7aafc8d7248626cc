import { Ring } from '../../../util/ring';
import type { Clock } from '../../../util/timers';
import type { Channel } from '../model/channel';
import type { Socket } from '../model/socket';
import { MinuteCounts } from './minute-counts';

/** A socket that is gone. Times are wall times in milliseconds. */
export interface ClosedSocket {
  readonly at: number;
  readonly openedAt: number;
  readonly app: string;
  readonly socket: string;
  readonly user: string | undefined;
  readonly address: string;
  readonly code: number;
  readonly reason: string;
  /** Channels that it was on, a few at most. */
  readonly channels: readonly string[];
}

/** A connection, request or message that was refused. */
export interface RefusedPeer {
  readonly at: number;
  readonly app: string;
  readonly entrance: string;
  readonly reason: string;
  readonly message: string;
  readonly address: string;
  readonly socket: string;
  readonly channel: string;
}

/** A backend came or went. */
export interface BackendChange {
  readonly at: number;
  readonly app: string;
  readonly group: string;
  readonly backend: string;
  readonly address: string;
  readonly what: 'connected' | 'disconnected';
  readonly code: number | undefined;
  readonly why: string;
}

/** An act of somebody at the console. */
export interface Act {
  readonly at: number;
  readonly app: string;
  /** Name of the token. */
  readonly by: string;
  readonly act: string;
  readonly on: string;
}

const MAX_CLOSED = 2_000;
const MAX_REFUSED = 500;
const MAX_CHANGES = 500;
const MAX_ACTS = 200;
/** Longest text from outside that is kept. */
const MAX_TEXT_LENGTH = 200;
const MAX_CHANNELS = 10;

/**
 * Keeps what is rare and is asked for afterwards: closes, refusals, backends that came and went, acts of operators. Bounded;
 * there is one only where the console is configured.
 */
export class Recorder {
  readonly closeCounts = new MinuteCounts();
  readonly refusalCounts = new MinuteCounts();
  readonly #clock: Pick<Clock, 'wall'>;
  readonly #closed = new Ring<ClosedSocket>();
  readonly #refused = new Ring<RefusedPeer>();
  readonly #changes = new Ring<BackendChange>();
  readonly #acts = new Ring<Act>();
  /** Wall time in seconds, which is cheap to read. */
  #second = 0;

  constructor(clock: Pick<Clock, 'wall'>) {
    this.#clock = clock;
    this.tick();
  }

  /** A second has gone by. */
  tick(): void {
    this.#second = Math.floor(this.#clock.wall() / 1000);
  }

  /** An event of a channel goes to its sockets here. The time is that of the last second. */
  heard(channel: Channel): void {
    channel.events++;
    channel.lastEventS = this.#second;
  }

  /** A socket leaves everything that it is in. */
  closed(socket: Socket, code: number, reason: string): void {
    const { id, app, user, sink, openedS } = socket;
    const channels = [...(socket.channels?.keys() ?? [])].slice(0, MAX_CHANNELS);
    this.closeCounts.add(`${app.id} ${code}`, this.#clock.wall());
    keep(this.#closed, MAX_CLOSED, {
      ...{
        at: this.#clock.wall(),
        openedAt: openedS * 1000,
        app: app.id,
        socket: id,
        user: user?.userId,
      },
      ...{ address: sink.remoteAddress ?? '', code, reason: short(reason), channels },
    });
  }

  refused(refused: Omit<RefusedPeer, 'at'>): void {
    const { entrance, reason, app, message, channel } = refused;
    this.refusalCounts.add(`${app} ${entrance} ${reason}`, this.#clock.wall());
    const texts = { message: short(message), channel: short(channel) };
    keep(this.#refused, MAX_REFUSED, { ...refused, ...texts, at: this.#clock.wall() });
  }

  backend(change: Omit<BackendChange, 'at'>): void {
    const why = short(change.why);
    keep(this.#changes, MAX_CHANGES, { ...change, why, at: this.#clock.wall() });
  }

  acted(act: Omit<Act, 'at'>): void {
    keep(this.#acts, MAX_ACTS, { ...act, on: short(act.on), at: this.#clock.wall() });
  }

  /** The latest come first, here and below. */
  closes(app: string): Iterable<ClosedSocket> {
    return newest(this.#closed, (each) => each.app === app);
  }

  /** Refusals of an app, and those whose app is not known. */
  refusals(isMeant: (app: string) => boolean): Iterable<RefusedPeer> {
    return newest(this.#refused, (each) => isMeant(each.app));
  }

  backends(app: string): Iterable<BackendChange> {
    return newest(this.#changes, (each) => each.app === app);
  }

  acts(isMeant: (app: string) => boolean): Iterable<Act> {
    return newest(this.#acts, (each) => isMeant(each.app));
  }
}

function keep<T>(ring: Ring<T>, most: number, row: T): void {
  if (ring.length >= most) ring.drop(1);
  ring.push(row);
}

function* newest<T>(ring: Ring<T>, isMeant: (row: T) => boolean): IterableIterator<T> {
  for (let at = ring.length - 1; at >= 0; at--) {
    const row = ring.at(at) as T;
    if (isMeant(row)) yield row;
  }
}

function short(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}
