import type { JSX } from 'preact';
import type { CountRow, RecentPage } from '../../gateway/protocols/console/api';
import { api } from '../address';
import { useAnswer, useNow } from '../live';
import { Card, Heading, Name, Nothing, Shown, SocketLink } from '../parts/basics';
import { Table } from '../parts/table';
import { count, shown, time } from '../text';
import type { PageProps } from './page';

/** Who is refused or closed, why, how many? */
export function RefusalsPage({ app }: PageProps): JSX.Element {
  const answer = useAnswer<RecentPage>(api(app, 'recent'));
  const now = useNow();
  return (
    <>
      <Heading
        title="Refusals and closes"
        about="By reason, with the last example and what to do about it."
      />
      <Shown answer={answer}>
        {(page) => (
          <>
            <Card title="Refused">
              {page.refusals.length === 0 && (
                <Nothing>Nobody was refused in the last hour.</Nothing>
              )}
              {page.refusals.length > 0 && (
                <Counts label="Refusals" rows={page.refusals} now={now} app={app} />
              )}
            </Card>
            <Card title="Closed, by code">
              {page.closes.length === 0 && (
                <Nothing>No socket was closed in the last hour.</Nothing>
              )}
              {page.closes.length > 0 && (
                <Counts label="Closes" rows={page.closes} now={now} app={app} />
              )}
            </Card>
            <Card title="Last refusals">
              {page.lastRefusals.length === 0 && <Nothing>None.</Nothing>}
              {page.lastRefusals.length > 0 && (
                <Table
                  label="Last refusals"
                  rows={page.lastRefusals}
                  keyOf={({ at, message }, i) => `${at} ${message} ${i}`}
                  columns={[
                    { name: 'At', cell: ({ at }) => time(at, now) },
                    { name: 'Where', cell: ({ entrance }) => entrance },
                    { name: 'Message', cell: ({ message }) => <Name of={message} /> },
                    { name: 'Channel', cell: ({ channel }) => <Name of={channel} /> },
                    {
                      name: 'Who',
                      cell: ({ socket, address }) =>
                        socket === '' ? (
                          <code>{shown(address)}</code>
                        ) : (
                          <SocketLink app={app} id={socket} />
                        ),
                    },
                  ]}
                />
              )}
            </Card>
            <Card title="Last closes">
              {page.lastCloses.length === 0 && <Nothing>None.</Nothing>}
              {page.lastCloses.length > 0 && (
                <Table
                  label="Last closes"
                  rows={page.lastCloses}
                  keyOf={({ socket }) => socket}
                  columns={[
                    { name: 'At', cell: ({ at }) => time(at, now) },
                    { name: 'Socket', cell: ({ socket }) => <SocketLink app={app} id={socket} /> },
                    { name: 'Code', isNumber: true, cell: ({ code }) => code },
                    { name: 'Reason', cell: ({ reason }) => <Name of={reason} /> },
                  ]}
                />
              )}
            </Card>
            <Card title="Acts of operators">
              {page.acts.length === 0 && (
                <Nothing>Nobody has done anything here since the start.</Nothing>
              )}
              {page.acts.length > 0 && (
                <Table
                  label="Acts"
                  rows={page.acts}
                  keyOf={({ at, on }, i) => `${at} ${on} ${i}`}
                  columns={[
                    { name: 'At', cell: ({ at }) => time(at, now) },
                    { name: 'By', cell: ({ by }) => by },
                    { name: 'Act', cell: ({ act }) => act },
                    { name: 'On', cell: ({ on }) => <Name of={on} /> },
                  ]}
                />
              )}
            </Card>
          </>
        )}
      </Shown>
    </>
  );
}

function Counts({
  label,
  rows,
  now,
  app,
}: {
  label: string;
  rows: readonly CountRow[];
  now: number;
  app: string;
}): JSX.Element {
  return (
    <Table
      label={label}
      rows={rows}
      keyOf={({ what }) => what}
      columns={[
        { name: 'Reason', cell: ({ what }) => <b>{what}</b> },
        { name: '5 min', isNumber: true, cell: ({ last5Minutes }) => count(last5Minutes) },
        { name: '1 h', isNumber: true, cell: ({ lastHour }) => count(lastHour) },
        {
          name: 'Example',
          cell: ({ example }) =>
            example === undefined ? (
              ''
            ) : (
              <>
                <span class="soft">{time(example.at, now)} </span>
                {example.socket !== '' && <SocketLink app={app} id={example.socket} />}{' '}
                <Name of={'message' in example ? example.message : example.reason} />
              </>
            ),
        },
        { name: 'What it means', cell: ({ remedy }) => <span class="remedy">{remedy}</span> },
      ]}
    />
  );
}
