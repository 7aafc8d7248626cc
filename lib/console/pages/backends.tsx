import type { JSX } from 'preact';
import type { BackendsPage, MemberRow, StreamRow } from '../../gateway/protocols/console/api';
import { api } from '../address';
import { useAnswer, useNow } from '../live';
import {
  Card,
  Extent,
  Facts,
  Heading,
  Name,
  Nothing,
  Pill,
  Shown,
  type Tone,
} from '../parts/basics';
import { Meter } from '../parts/chart';
import { letterOf, Partitions } from '../parts/partitions';
import { Table } from '../parts/table';
import { bytes, count, duration, plural, shown, time } from '../text';
import type { PageProps } from './page';

/** What lags, since when: is a backend overloaded, is it stuck, or is nobody there? */
export function BackendsPageAll({ app }: PageProps): JSX.Element {
  const answer = useAnswer<BackendsPage>(api(app, 'backends'));
  const now = useNow();
  return (
    <Shown answer={answer}>
      {(page) => (
        <>
          <Heading
            title="Backends"
            about={`${plural(page.backends, 'backend')} connected, ${plural(page.streams.length, 'stream')}, ${plural(page.gaps, 'gap')} told since the start`}
          />
          {page.streams.length === 0 && (
            <Card>
              <Nothing>
                No backend has connected yet. Events of browsers go to other browsers and webhooks.
              </Nothing>
            </Card>
          )}
          {page.streams.map((stream) => (
            <Stream key={stream.id} stream={stream} now={now} />
          ))}
          <History page={page} now={now} />
        </>
      )}
    </Shown>
  );
}

function Stream({ stream, now }: { stream: StreamRow; now: number }): JSX.Element {
  const { group, isShared, order, overflow, lag, full, oldestAt, unattendedSince, members } =
    stream;
  const percent = full === 0 ? '0 %' : full < 0.01 ? 'under 1 %' : `${Math.round(full * 100)} %`;
  const about = isShared ? `order ${order}, overflow ${overflow}` : `overflow ${overflow}`;
  return (
    <Card
      title={<Name of={group} />}
      aside={about}
      kind={unattendedSince !== undefined && lag > 0 ? 'alarm' : ''}
    >
      {unattendedSince !== undefined && (
        <p class="state bad">
          <Pill tone="bad">no backend</Pill> Nobody is connected since {time(unattendedSince, now)}{' '}
          ({duration(now - unattendedSince)}).{' '}
          {lag > 0 ? `${plural(lag, 'event')} wait.` : 'Nothing waits.'}
        </p>
      )}
      <Facts
        of={[
          ['Events waiting', count(lag)],
          ['Oldest', oldestAt === undefined ? 'none' : duration(now - oldestAt)],
          [
            'Log',
            <>
              {percent} full{' '}
              <Meter
                share={full}
                label={`Log of ${shown(group)}`}
                tone={full > 0.8 ? 'bad' : full > 0.5 ? 'warn' : 'good'}
              />
            </>,
          ],
        ]}
      />
      {members.length > 0 && <Members stream={stream} now={now} />}
      {isShared && (
        <>
          <h3>Partitions</h3>
          <Partitions stream={stream} />
        </>
      )}
    </Card>
  );
}

const TONES: Record<MemberRow['word'], Tone> = {
  well: 'good',
  behind: 'warn',
  away: 'bad',
  'handles nothing': 'bad',
};

function Members({ stream, now }: { stream: StreamRow; now: number }): JSX.Element {
  const { members, group } = stream;
  return (
    <Table
      label={`Backends of ${shown(group)}`}
      rows={members}
      keyOf={({ name }) => name}
      toneOf={({ word }) => (TONES[word] === 'bad' ? 'tinted' : '')}
      columns={[
        {
          name: 'Backend',
          cell: (row) => (
            <>
              {stream.isShared && (
                <span class={`letter hue-${members.indexOf(row) % 8}`} aria-hidden="true">
                  {letterOf(members.indexOf(row))}
                </span>
              )}
              <b>
                <Name of={row.name} />
              </b>{' '}
              {row.address !== undefined && <code class="soft">{shown(row.address)}</code>}
            </>
          ),
        },
        {
          name: 'State',
          cell: ({ word, since }) => (
            <Pill tone={TONES[word]}>
              {word}
              {since !== undefined && ` for ${duration(now - since)}`}
            </Pill>
          ),
        },
        { name: 'Owns', isNumber: true, cell: ({ partitions }) => count(partitions) },
        { name: 'Waiting', isNumber: true, cell: ({ lag }) => count(lag) },
        { name: 'In its hands', isNumber: true, cell: ({ inFlight }) => count(inFlight) },
        { name: 'Unsent', isNumber: true, cell: ({ unsentBytes }) => bytes(unsentBytes) },
      ]}
    />
  );
}

function History({ page, now }: { page: BackendsPage; now: number }): JSX.Element {
  return (
    <Card title="Coming and going">
      {page.history.length === 0 && <Nothing>No backend has come or gone since the start.</Nothing>}
      {page.history.length > 0 && (
        <Table
          label="Coming and going of backends"
          rows={page.history}
          keyOf={({ at, backend, what }, i) => `${at} ${backend} ${what} ${i}`}
          columns={[
            { name: 'At', cell: ({ at }) => time(at, now) },
            { name: 'Backend', cell: ({ backend }) => <Name of={backend} /> },
            { name: 'Group', cell: ({ group }) => <Name of={group === '' ? 'alone' : group} /> },
            {
              name: 'What',
              cell: ({ what, code, why }) => (
                <>
                  <Pill tone={what === 'connected' ? 'good' : 'plain'}>{what}</Pill>{' '}
                  {code !== undefined && <span class="soft">{code} </span>}
                  <Name of={why} />
                </>
              ),
            },
          ]}
        />
      )}
      <Extent
        shown={page.history.length}
        total={page.history.length}
        what="change"
        nodes={page.nodes}
      />
    </Card>
  );
}
