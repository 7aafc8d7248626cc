import type { Clock } from '../util/timers';
import type { Hub } from './core/hub';
import type { Live } from './core/metrics';
import type { App } from './core/model/app';

/** Sum of a number of each app. */
export function sumOf(apps: Iterable<App>, of: (app: App) => number): number {
  let sum = 0;
  for (const app of apps) sum += of(app);
  return sum;
}

/** Numbers of a gateway that are counted at each scrape of its metrics. */
export function live(
  apps: () => Iterable<App>,
  hub: () => Hub,
  clock: Clock,
): Omit<Live, 'broker' | 'behind'> {
  /** Unfinished events of connected backends, or of streams that wait for one. */
  const lags = (isWaiting: boolean): Array<{ events: number; since: number }> => {
    const observers = [...apps()].flatMap((app) => [...app.observers]);
    return observers.flatMap(({ lag }) => (lag?.isWaiting === isWaiting ? lag : []));
  };
  return {
    sockets: () => sumOf(apps(), (app) => app.sockets.size),
    channels: () => sumOf(apps(), (app) => app.channels.size),
    pipes: () => sumOf(apps(), (app) => app.backends),
    lag: () => lags(false).reduce((sum, { events }) => sum + events, 0),
    waiting: () => lags(true).length,
    waitingEvents: () => lags(true).reduce((sum, { events }) => sum + events, 0),
    oldestUnackedSeconds: () => {
      const since = Math.min(clock.wall(), ...lags(false).map((lag) => lag.since));
      return (clock.wall() - since) / 1000;
    },
    keyUses: () =>
      [...apps()].flatMap((app) => {
        const keys = app.options.keys.length === 0 ? [] : [...app.keys.all()];
        return keys.map(({ key, uses }) => ({ app: app.id, key, uses }));
      }),
    paused: () => hub().holdback.size,
    overflowCloses: () => hub().holdback.closes,
  };
}
