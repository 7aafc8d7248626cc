import { groupsOf } from '../../../core/console/progress';
import type { App } from '../../../core/model/app';
import type { Group } from '../../../core/streams/group';
import type { Verdict } from '../api';
import { type ConsoleContext, opens, type Viewer } from '../context';
import { groupName, memberName } from './owners';
import { pointNow } from './points';

/** Refusals of one reason in five minutes that are worth a line. */
const MANY_REFUSALS = 10;
/** Age of the oldest event that a backend has, from which it lags. */
const OLD_MS = 10_000;
const FULL = 0.5;
const LATE_MS = 100;
const FIVE_MINUTES_MS = 300_000;
/** Share of the sockets that are cut in a minute. */
const CUT_SHARE = 0.01;
const NEARLY_ALL = 0.8;
/** A backend that has just gone is on its way back. */
const PATIENCE_MS = 2_000;

const grouped = new Intl.NumberFormat('en');
/** Thin spaces between thousands, as on the page. */
const count = (value: number): string => grouped.format(value).replaceAll(',', '\u2009');

/** All faults, the worst first, each with the side that it belongs to. */
export function verdicts(context: ConsoleContext, viewer: Viewer, apps: readonly App[]): Verdict[] {
  const all = [
    ...(opens(viewer, '') ? ofGateway(context) : []),
    ...apps.flatMap((app) => [
      ...ofBackends(context, app),
      ...ofRefusals(context, app),
      ...ofWebhooks(context, app),
    ]),
  ];
  const rank = ({ level }: Verdict): number => (level === 'bad' ? 0 : 1);
  return all.toSorted((a, b) => rank(a) - rank(b));
}

function* ofBackends({ progress, clock }: ConsoleContext, app: App): IterableIterator<Verdict> {
  const about = { level: 'bad', side: 'backend', page: 'backends', app: app.id } as const;
  const wallMs = clock.wall();
  for (const group of groupsOf(app)) {
    const name = groupName(group);
    const { events, since } = group.lag;
    const alone = progress.unattendedSince(group);
    if (alone !== undefined && wallMs - alone >= PATIENCE_MS) {
      const waits = events === 1 ? '1 event waits' : `${count(events)} events wait`;
      const text = `${waits} for ${name} and no backend is connected`;
      yield { ...about, level: events > 0 ? 'bad' : 'warn', text, since: alone };
      continue;
    }
    yield* ofMembers(progress, group, wallMs, about);
    if (group.budget.fill >= FULL) {
      const percent = Math.round(group.budget.fill * 100);
      yield { ...about, text: `The log of ${name} is ${percent} % full` };
    } else if (wallMs - since >= OLD_MS) {
      yield { ...about, text: `${name} is behind: ${count(events)} events wait`, since };
    }
  }
}

function* ofMembers(
  progress: ConsoleContext['progress'],
  group: Group,
  wallMs: number,
  about: Omit<Verdict, 'text'>,
): IterableIterator<Verdict> {
  for (const member of group.members) {
    const pace = progress.paceOf(group, member, wallMs);
    if (pace.word !== 'handles nothing') continue;
    const text = `${memberName(member.name)} of ${groupName(group)} is connected and handles nothing`;
    yield { ...about, text, since: pace.sinceMs };
  }
}

function* ofRefusals(
  { recorder, clock }: ConsoleContext,
  { id: app }: App,
): IterableIterator<Verdict> {
  for (const [key, refused] of recorder.refusalCounts.sums(5, clock.wall())) {
    const [id, entrance, reason] = key.split(' ');
    if (id !== app || refused < MANY_REFUSALS) continue;
    const isPage = entrance === 'channels' || entrance === 'fallback' || entrance === 'pushy';
    const isBackend = entrance === 'pipe' || entrance === 'pipe_2011';
    const side = isPage ? 'browsers' : isBackend ? 'backend' : 'publishers';
    const text = `${count(refused)} refused in 5 min at ${entrance}: ${reason}`;
    yield { level: 'warn', side, text, page: 'refusals', app };
  }
}

function* ofWebhooks(context: ConsoleContext, app: App): IterableIterator<Verdict> {
  const about = { side: 'webhooks', page: 'webhooks', app: app.id } as const;
  for (const { host, waiting, pausedMs, attempts, dropped } of context.webhooks.states(app)) {
    const [last] = attempts;
    if (pausedMs > 0) {
      const text = `${host} fails (${last?.why ?? 'no answer'}): ${count(waiting)} webhooks wait`;
      yield { ...about, level: 'bad', text };
    } else if (last?.why !== undefined) {
      yield { ...about, level: 'warn', text: `${host} did not take the last webhook: ${last.why}` };
    }
    if (dropped > 0) {
      const text = `${count(dropped)} webhooks for ${host} were given up`;
      yield { ...about, level: 'warn', text };
    }
  }
}

function* ofGateway(context: ConsoleContext): IterableIterator<Verdict> {
  const { series, clock, limits } = context;
  const about = { side: 'gateway', page: 'nodes' } as const;
  const state = context.brokerState();
  if (state !== 'up') {
    const text = `The broker is ${state}: the other gateways are not heard`;
    yield { level: 'bad', side: 'broker', text, page: 'nodes' };
  }
  const { lateMs, sockets } = pointNow(context);
  if (lateMs >= LATE_MS) {
    const text = `The event loop was ${Math.round(lateMs)} ms late: this process has too much to do`;
    yield { ...about, level: 'bad', text };
  }
  if (sockets > limits.maxConnections * NEARLY_ALL) {
    const text = `${count(sockets)} of ${count(limits.maxConnections)} connections are taken`;
    yield { ...about, level: 'warn', text };
  }
  const last = series.samples.at(-1);
  const earlier = last && series.before(last.at - FIVE_MINUTES_MS);
  const minuteAgo = last && series.before(clock.wall() - 60_000);
  if (last === undefined || earlier === undefined || minuteAgo === undefined) return;
  const gaps = last.gaps - earlier.gaps;
  if (gaps > 0) {
    const text = `${gaps} ${gaps === 1 ? 'gap was' : 'gaps were'} told to backends in 5 min: events were lost`;
    yield { level: 'bad', side: 'backend', text, page: 'backends' };
  }
  const cut = last.cut - minuteAgo.cut;
  if (cut > 1 && cut > sockets * CUT_SHARE) {
    const text = `${count(cut)} browsers were cut within a minute since they do not read`;
    yield { level: 'warn', side: 'browsers', text, page: 'sockets' };
  }
  const faults = last.failures - earlier.failures;
  if (faults > 0) {
    const text = `${faults} ${faults === 1 ? 'fault' : 'faults'} of the gateway itself in 5 min: see its log`;
    yield { ...about, level: 'bad', text };
  }
}
