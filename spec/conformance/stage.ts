import type Pusher from 'pusher-js';
import type { Options } from 'pusher-js';
import type { attachBackChannel, BackChannel } from '../../lib/back-channel';

export type StockPusher = Pusher & { back_channel: BackChannel };

/** A code of the protocol, in a close or in band. */
interface Told {
  code: number;
  message?: string;
}

/** What a function given to `Tab.run` works with, where pusher-js lives. */
export interface Stage {
  pusher: StockPusher;
  /** Every state its connection has entered. */
  states: string[];
  /** What went wrong, as pusher-js tells it; after the handshake it tells of a close twice. */
  errors: Array<Told | undefined>;
  /** Every socket id it has had. */
  ids: string[];
  /** The waits before it connects again, in ms, that it has ordered; of several the shortest counts. */
  retries(): number[];
  /** Notes something for `Tab.take`. */
  tell(...what: unknown[]): void;
  /** What was told, in order. */
  told: unknown[][];
  /** Resolves when the check holds; looked at again when something is told or the connection changes. */
  until(check: () => boolean): Promise<void>;
}

/**
 * Puts an unmodified pusher-js on a stage. Its source text is carried into other processes, so it must stand on nothing
 * but its arguments.
 */
export function makeStage(
  stock: typeof Pusher,
  attach: typeof attachBackChannel,
  key: string,
  options: Options,
): Stage {
  const pusher = attach(new stock(key, options));
  const waiting = new Set<() => void>();
  const look = (): void => waiting.forEach((check) => check());
  const stage: Stage = {
    pusher,
    // It connects as soon as it is made.
    states: [pusher.connection.state],
    errors: [],
    ids: [],
    told: [],
    retries: () =>
      pusher.timeline.events
        .filter(({ action }) => action === 'retry')
        .map(({ delay }) => Number(delay)),
    tell(...what) {
      stage.told.push(what);
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
          const { states, told } = stage;
          return new Error(`waited in vain; ${JSON.stringify({ states, told: told.slice(-5) })}`);
        };
        const timer = setTimeout(() => settle(() => reject(gaveUp())), 20_000);
        waiting.add(again);
        again();
      }),
  };
  pusher.connection.bind('state_change', ({ current }: { current: string }) => {
    stage.states.push(current);
    if (current === 'connected') stage.ids.push(pusher.connection.socket_id);
    look();
  });
  pusher.connection.bind('error', (error: { data?: Told; error?: { data?: Told } }) => {
    stage.errors.push(error.data ?? error.error?.data);
    // What it makes of it comes after it has told.
    setTimeout(look);
  });
  pusher.connection.bind('connecting_in', look);
  return stage;
}
