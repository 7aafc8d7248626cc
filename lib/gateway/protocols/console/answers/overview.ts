import { groupsOf } from '../../../core/console/progress';
import type { App } from '../../../core/model/app';
import type { AppNumbers, Overview } from '../api';
import { type ConsoleContext, opens, type Viewer } from '../context';
import { pointNow, points } from './points';
import { verdicts } from './verdicts';

const MAX_APPS = 100;

export function overview(context: ConsoleContext, viewer: Viewer): Overview {
  const apps = [...context.apps.all()].filter(({ id }) => opens(viewer, id)).slice(0, MAX_APPS);
  const isWhole = opens(viewer, '');
  const { series, clock, startedAt } = context;
  const last = series.samples.at(-1);
  const minuteAgo = series.before(clock.wall() - 60_000);
  return {
    ...{ at: clock.wall(), startedAt },
    verdicts: verdicts(context, viewer, apps),
    apps: apps.map((app) => numbersOf(context, app)),
    node: isWhole
      ? {
          now: pointNow(context),
          rssBytes: last?.rssBytes ?? 0,
          cutPerMinute: last && minuteAgo ? last.cut - minuteAgo.cut : 0,
          failures: last?.failures ?? 0,
        }
      : undefined,
    points: isWhole ? points(context) : [],
    nodes: { asked: 1, answered: 1 },
  };
}

function numbersOf(context: ConsoleContext, app: App): AppNumbers {
  const groups = [...groupsOf(app)];
  // The users' own channels are none that the app has made.
  const channels = countOf(app.occupied());
  return {
    id: app.id,
    isEnabled: app.options.enabled,
    sockets: app.sockets.size,
    channels,
    users: app.users.size,
    backends: app.backends,
    streams: groups.length,
    lag: groups.reduce((sum, { lag }) => sum + lag.events, 0),
    webhooksWaiting: context.webhooks.states(app).reduce((sum, { waiting }) => sum + waiting, 0),
  };
}

function countOf(items: Iterator<unknown>): number {
  let count = 0;
  while (items.next().done !== true) count++;
  return count;
}
