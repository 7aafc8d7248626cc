import type { Clock } from '../util/timers';
import type { Hub } from './core/hub';
import type { Live } from './core/metrics';
import type { App, Lag } from './core/model/app';
import type { Limits } from './options/options';

/** Apps with metrics of their own; the others share the label ''. */
const MAX_APPS = 50;

/** Sum of a number of each app. */
export function sumOf(apps: Iterable<App>, of: (app: App) => number): number {
  let sum = 0;
  for (const app of apps) sum += of(app);
  return sum;
}

/** Parts that are asked at a scrape. */
export interface LiveParts {
  readonly apps: () => Iterable<App>;
  readonly hub: () => Pick<Hub, 'holdback'>;
  readonly webhooks: () => { readonly oldestMs: number };
  readonly connections: () => { readonly behind: number; readonly unsentBytes: number };
  readonly limits: Pick<Limits, 'maxConnections'>;
  readonly clock: Clock;
}

/** Numbers of a gateway that are counted at each scrape of its metrics. */
export function live(parts: LiveParts): Omit<Live, 'broker'> {
  const { apps, hub, webhooks, connections, limits, clock } = parts;
  const allLags = (): Lag[] =>
    [...apps()].flatMap((app) => [...app.observers].flatMap(({ lag }) => lag ?? []));
  /** Unfinished events of connected backends, or of streams that wait for one. */
  const lags = (isWaiting: boolean): Lag[] =>
    allLags().filter((lag) => lag.isWaiting === isWaiting);
  return {
    sockets: () => sumOf(apps(), (app) => app.sockets.size),
    maxSockets: () => limits.maxConnections,
    users: () => sumOf(apps(), (app) => app.users.size),
    unsentBytes: () => connections().unsentBytes,
    appSockets: () => byApp(apps(), (app) => app.sockets.size),
    appEvents: () => byApp(apps(), (app) => app.eventsAccepted),
    channels: () => sumOf(apps(), (app) => app.channels.size),
    pipes: () => sumOf(apps(), (app) => app.backends),
    lag: () => lags(false).reduce((sum, { events }) => sum + events, 0),
    lagRatio: () => Math.max(0, ...allLags().map(({ ratio }) => ratio)),
    unowned: () => allLags().reduce((sum, { unowned }) => sum + unowned, 0),
    streams: () => lags(false).length,
    waiting: () => lags(true).length,
    waitingEvents: () => lags(true).reduce((sum, { events }) => sum + events, 0),
    oldestUnackedSeconds: () => {
      const since = Math.min(clock.wall(), ...lags(false).map((lag) => lag.since));
      return (clock.wall() - since) / 1000;
    },
    oldestWebhookSeconds: () => webhooks().oldestMs / 1000,
    keyUses: () =>
      [...apps()].flatMap((app) => {
        const keys = app.options.keys.length === 0 ? [] : [...app.keys.all()];
        return keys.map(({ key, uses }) => [{ app: app.id, key }, uses] as const);
      }),
    paused: () => hub().holdback.size,
    behind: () => connections().behind,
    overflowCloses: () => hub().holdback.closes,
  };
}

/** A number of each of the first apps, and that of the others together. */
function* byApp(
  apps: Iterable<App>,
  of: (app: App) => number,
): Generator<readonly [{ app: string }, number]> {
  let [count, rest] = [0, 0];
  for (const app of apps) {
    if (count++ < MAX_APPS) yield [{ app: app.id }, of(app)];
    else rest += of(app);
  }
  if (count > MAX_APPS) yield [{ app: '' }, rest];
}
