import type Pusher from 'pusher-js';
import type { Options } from 'pusher-js';
import type { attachBackChannel, BackChannel } from '../../lib/back-channel';

export type StockPusher = Pusher & { back_channel: BackChannel };

/** A code of the protocol, in a close or in band. */
interface Told {
  code: number;
  message?: string;
}

export interface Frame {
  event: string;
  channel?: string;
  data: unknown;
  user_id?: string;
}

interface Emitter {
  bind_global(handler: (event: string, data: unknown) => void): unknown;
}

/** Source (`connection`, `user`, `watchlist` or the channel's name), event and data. */
export type Heard = [from: string, event: string, data: unknown];

/** The argument of a function given to `Tab.run`, where pusher-js lives. */
export interface Probe {
  pusher: StockPusher;
  /** Every state its connection has entered. */
  states: string[];
  /** Errors of pusher-js; after the handshake it tells of a close twice. */
  errors: Array<Told | undefined>;
  /** Every socket id it has had. */
  ids: string[];
  /** The waits before it connects again, in ms, that it has ordered; of several the shortest counts. */
  retries(): number[];
  /** Every message that came, as pusher-js has decoded it. */
  frames: Frame[];
  /** Events of the connection's errors, the user, the watchlist and the channels given to `hear`. */
  heard: Heard[];
  /** Keeps what is told of a channel from now on; again after it was unsubscribed from. */
  hear(channel: string): void;
  /** Notes something for `Tab.take`. */
  tell(...what: unknown[]): void;
  /** Notes, in order. */
  told: unknown[][];
  /** Resolves when the check holds; looked at again when something is told or the connection changes. */
  until(check: () => boolean): Promise<void>;
}

/**
 * Puts an unmodified pusher-js, or Standpipe's subscriber in its place, on a probe. Its source text is carried into other
 * processes, so it must stand on nothing
 * but its arguments.
 */
export function makeProbe(
  stock: typeof Pusher,
  attach: typeof attachBackChannel,
  key: string,
  options: Options,
): Probe {
  const waits: number[] = [];
  // pusher-js keeps its waits in a timeline of its own; Standpipe's subscriber tells them to a logger.
  const logger = {
    debug(details: { delayMs?: number }, message: string) {
      if (message === 'Connecting again') waits.push(details.delayMs ?? 0);
    },
    info() {},
    warn() {},
    error() {},
  };
  const pusher = attach(new stock(key, { ...options, logger } as Options));
  const waiting = new Set<() => void>();
  const look = (): void => waiting.forEach((check) => check());
  // As plain values, and as they were when they were told.
  const keep = (from: string, emitter: Emitter): void => {
    emitter.bind_global((event: string, data: unknown = null) => {
      probe.heard.push([from, event, JSON.parse(JSON.stringify(data))]);
      look();
    });
  };
  const probe: Probe = {
    pusher,
    // pusher-js connects as soon as it is made.
    states: [pusher.connection.state],
    errors: [],
    ids: [],
    told: [],
    frames: [],
    heard: [],
    hear: (channel) => keep(channel, pusher.channel(channel)),
    retries: () => [
      ...waits,
      ...(pusher.timeline?.events ?? [])
        .filter(({ action }) => action === 'retry')
        .map(({ delay }) => Number(delay)),
    ],
    tell(...what) {
      probe.told.push(what);
      look();
    },
    until: (check) =>
      new Promise((resolve, reject) => {
        const settle = (how: () => void): void => {
          clearTimeout(timer);
          waiting.delete(again);
          how();
        };
        const again = (): void => {
          if (check()) settle(resolve);
        };
        const gaveUp = (): Error => {
          const { states, told } = probe;
          return new Error(`waited in vain; ${JSON.stringify({ states, told: told.slice(-5) })}`);
        };
        const timer = setTimeout(() => settle(() => reject(gaveUp())), 20_000);
        waiting.add(again);
        again();
      }),
  };
  pusher.connection.bind('state_change', ({ current }: { current: string }) => {
    probe.states.push(current);
    if (current === 'connected') probe.ids.push(pusher.connection.socket_id);
    look();
  });
  keep('user', pusher.user);
  keep('watchlist', pusher.user.watchlist);
  pusher.connection.bind('message', (frame: Frame) => {
    probe.frames.push(frame);
    look();
  });
  pusher.connection.bind('error', (error: { data?: Told; error?: { data?: Told } }) => {
    const told = error.data ?? error.error?.data;
    probe.errors.push(told);
    probe.heard.push(['connection', 'error', told]);
    // pusher-js reacts after it has told its handlers.
    setTimeout(look);
  });
  pusher.connection.bind('connecting_in', look);
  return probe;
}
