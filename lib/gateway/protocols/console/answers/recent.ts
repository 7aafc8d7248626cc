import type { Act, ClosedSocket, CountRow, RecentPage, RefusedPeer } from '../api';
import { type ConsoleContext, opens, type Viewer } from '../context';
import { closeRemedy, refusalRemedy } from './remedies';

const MAX_ROWS = 50;
const MAX_LAST = 30;

/** Refusals and closes of an app, and refusals whose app is not known: counts, examples, remedies. */
export function recentPage(context: ConsoleContext, viewer: Viewer, app: string): RecentPage {
  const { recorder, clock } = context;
  const isMeant = (id: string): boolean => id === app || (id === '' && opens(viewer, ''));
  const hide = <T extends { readonly address: string }>(row: T): T =>
    viewer.role === 'operator' ? row : { ...row, address: '' };
  const refusals = [...recorder.refusals(isMeant)].map(hide);
  const closes = [...recorder.closes(app)].map(hide);
  const counted = (counts: typeof recorder.refusalCounts): Array<[string, number, number]> => {
    const last = counts.sums(5, clock.wall());
    return [...counts.sums(60, clock.wall())].map(([key, hour]) => [key, last.get(key) ?? 0, hour]);
  };
  const acts: Act[] = [];
  for (const act of recorder.acts((id) => id === app)) {
    if (acts.length < MAX_LAST) acts.push(act);
  }
  return {
    refusals: sorted(
      counted(recorder.refusalCounts).flatMap(([key, last5Minutes, lastHour]) => {
        const [id = '', entrance = '', reason = ''] = key.split(' ');
        if (!isMeant(id)) return [];
        const isExample = (each: RefusedPeer): boolean =>
          each.app === id && each.entrance === entrance && each.reason === reason;
        const example = refusals.find(isExample);
        const what = `${entrance}: ${reason}`;
        return { what, last5Minutes, lastHour, remedy: refusalRemedy(reason), example };
      }),
    ),
    closes: sorted(
      counted(recorder.closeCounts).flatMap(([key, last5Minutes, lastHour]) => {
        const [id = '', code = ''] = key.split(' ');
        if (id !== app) return [];
        const example = closes.find((each: ClosedSocket) => String(each.code) === code);
        return { what: code, last5Minutes, lastHour, remedy: closeRemedy(Number(code)), example };
      }),
    ),
    lastRefusals: refusals.slice(0, MAX_LAST),
    lastCloses: closes.slice(0, MAX_LAST),
    acts,
  };
}

function sorted(rows: readonly CountRow[]): CountRow[] {
  return rows
    .toSorted((a, b) => b.last5Minutes - a.last5Minutes || b.lastHour - a.lastHour)
    .slice(0, MAX_ROWS);
}
