import type { JSX } from 'preact';
import type { StreamRow } from '../../gateway/protocols/console/api';
import { plural } from '../text';

/** Hues of members, which differ enough for most eyes; numbers in the cells say the same. */
const HUES = 8;

/** The partitions of a stream as cells, each with the letter of its owner. */
export function Partitions({ stream }: { stream: StreamRow }): JSX.Element {
  const { partitions, members } = stream;
  return (
    <ul class="partitions" aria-label={`Partitions of ${stream.group}`}>
      {partitions.map(({ number, owner, generation, lag, isRevoking, stuckSince }) => {
        const name = members[owner]?.name ?? 'nobody';
        const state = stuckSince !== undefined ? 'stuck' : owner < 0 ? 'orphan' : '';
        const says = `${number}: ${name}, generation ${generation}, ${plural(lag, 'event')} waiting${isRevoking ? ', being moved' : ''}${state === 'stuck' ? ', stuck' : ''}`;
        return (
          <li
            key={number}
            class={`${state} ${isRevoking ? 'moves' : ''} ${owner < 0 ? '' : `hue-${owner % HUES}`} ${lag > 0 ? 'lags' : ''}`}
            title={says}
          >
            <span aria-hidden="true">{owner < 0 ? '–' : letterOf(owner)}</span>
            <span class="unseen">{says}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** A to Z, then AA. */
export function letterOf(place: number): string {
  const letter = String.fromCharCode(65 + (place % 26));
  return place < 26 ? letter : letterOf(Math.floor(place / 26) - 1) + letter;
}
