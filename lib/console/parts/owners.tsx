import type { JSX } from 'preact';
import type { Owner } from '../../gateway/protocols/console/api';
import { href } from '../address';
import { plural, time } from '../text';
import { Card, Name, Nothing, Pill } from './basics';

/** The backends that own what belongs to a key, and those that did before. */
export function Owners({
  app,
  owners,
  now,
}: {
  app: string;
  owners: readonly Owner[];
  now: number;
}): JSX.Element {
  return (
    <Card title="Backends that own it" aside={<a href={href(app, 'backends')}>all backends</a>}>
      {owners.length === 0 && <Nothing>No backend has asked for its events.</Nothing>}
      <ul class="owners">
        {owners.map((each) => (
          <li key={each.group}>
            <p>
              <Name of={each.group} />
              <span class="soft"> partition {each.partition} → </span>
              {each.owner === undefined ? (
                <Pill tone="bad">nobody</Pill>
              ) : (
                <>
                  <b>
                    <Name of={each.owner} />
                  </b>{' '}
                  {!each.isAttached && <Pill tone="bad">not connected</Pill>}
                </>
              )}
              <span class="soft">
                {' '}
                generation {each.generation}
                {each.since !== undefined && `, since ${time(each.since, now)}`}
                {each.lag > 0 && `, ${plural(each.lag, 'event')} waiting`}
              </span>
            </p>
            {each.before.length > 0 && (
              <p class="soft">
                before:{' '}
                {each.before.map(({ owner, generation, since }, i) => (
                  <span key={generation}>
                    {i > 0 && ', '}
                    <Name of={owner} /> from {time(since, now)}
                  </span>
                ))}
              </p>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
