import type { JSX, TargetedPointerEvent } from 'preact';
import { useState } from 'preact/hooks';
import { time } from '../text';

const WIDTH = 320;
const HEIGHT = 72;
const WINDOW_MS = 15 * 60_000;
const MIN_WINDOW_MS = 60_000;

export interface Dot {
  readonly at: number;
  readonly value: number;
}

/** A curve of the last 15 minutes, with its last value in words. */
export function Chart({
  title,
  dots,
  say,
  now,
  tone = 'water',
}: {
  title: string;
  dots: readonly Dot[];
  say: (value: number) => string;
  now: number;
  tone?: 'water' | 'good' | 'busy' | 'bad';
}): JSX.Element {
  const [pointed, point] = useState<Dot | undefined>();
  const most = Math.max(1, ...dots.map(({ value }) => value));
  const [first] = dots;
  // A gateway that has just started fills the width too.
  const end = dots.at(-1)?.at ?? now;
  const windowMs = Math.min(WINDOW_MS, Math.max(MIN_WINDOW_MS, end - (first?.at ?? end)));
  const x = (at: number): number => Math.max(0, WIDTH - ((end - at) / windowMs) * WIDTH);
  const y = (value: number): number => HEIGHT - 2 - (value / most) * (HEIGHT - 8);
  const line = dots.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
  const last = dots.at(-1);
  const seen = pointed ?? last;
  const text = `${title}: ${say(last?.value ?? 0)} now, at most ${say(dots.length === 0 ? 0 : most)} in 15 minutes`;
  const move = (event: TargetedPointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = end - (1 - (event.clientX - box.left) / box.width) * windowMs;
    const near = (a: Dot, b: Dot): Dot => (Math.abs(a.at - at) < Math.abs(b.at - at) ? a : b);
    if (first !== undefined) point(dots.reduce(near, first));
  };
  return (
    <figure class={`chart ${tone}`}>
      <figcaption>
        <span>{title}</span>
        <b>{say(seen?.value ?? 0)}</b>
        <small class="soft">{pointed === undefined ? '' : time(pointed.at, now)}</small>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text}
        onPointerMove={move}
        onPointerLeave={() => point(undefined)}
      >
        <line class="base" x1="0" x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} />
        {first !== undefined && last !== undefined && (
          <>
            <polygon
              points={`${x(first.at)},${HEIGHT} ${line.join(' ')} ${x(last.at)},${HEIGHT}`}
            />
            <polyline points={line.join(' ')} />
          </>
        )}
        {pointed !== undefined && (
          <line class="pointer" x1={x(pointed.at)} x2={x(pointed.at)} y1="0" y2={HEIGHT} />
        )}
      </svg>
    </figure>
  );
}

/** A share of a whole. */
export function Meter({
  share,
  label,
  tone,
}: {
  share: number;
  label: string;
  tone: 'good' | 'warn' | 'bad';
}): JSX.Element {
  const percent = Math.min(100, Math.max(0, share * 100));
  return (
    <span
      class={`meter ${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
    >
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}
