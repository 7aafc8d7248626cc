import type { Sample } from '../../../core/console/series';
import { SAMPLE_S } from '../../../core/console/series';
import type { Point } from '../api';
import type { ConsoleContext } from '../context';

const WINDOW_MS = 2 * SAMPLE_S * 1000;

/** The curves of the last 15 minutes. */
export function points({ series: { samples } }: ConsoleContext): Point[] {
  return samples.slice(1).map((sample, i) => between(samples[i] as Sample, sample));
}

/** The last point, over about ten seconds. */
export function pointNow({ series }: ConsoleContext): Point {
  const last = series.samples.at(-1);
  if (last === undefined) return NOTHING;
  const before = series.before(last.at - WINDOW_MS);
  return before === undefined || before === last
    ? { ...NOTHING, at: last.at, sockets: last.sockets, waiting: last.waiting }
    : between(before, last);
}

const NOTHING: Point = {
  ...{ at: 0, sockets: 0, waiting: 0, received: 0, accepted: 0, delivered: 0, toBackends: 0 },
  ...{ cpu: 0, lateMs: 0 },
};

function between(before: Sample, { at, sockets, waiting, lateMs, ...totals }: Sample): Point {
  const seconds = Math.max(0.001, (at - before.at) / 1000);
  return {
    ...{ at, sockets, waiting, lateMs },
    received: (totals.received - before.received) / seconds,
    accepted: (totals.accepted - before.accepted) / seconds,
    delivered: (totals.delivered - before.delivered) / seconds,
    toBackends: (totals.toBackends - before.toBackends) / seconds,
    cpu: (totals.cpuMs - before.cpuMs) / 1000 / seconds,
  };
}
