import type { JSX } from 'preact';
import type { Overview, Point, Verdict } from '../../gateway/protocols/console/api';
import { href } from '../address';
import { useAnswer, useNow } from '../live';
import { Card, Facts, Heading, Name, Pill, Shown } from '../parts/basics';
import { Chart } from '../parts/chart';
import { Table } from '../parts/table';
import { bytes, count, duration, milliseconds, rate, time } from '../text';
import type { PageProps } from './page';

const SIDES = {
  gateway: 'the gateway',
  backend: 'a backend',
  browsers: 'browsers',
  publishers: 'publishers',
  webhooks: 'a webhook endpoint',
  broker: 'the broker',
} as const;

/** Is it us, the backend or the network? The first line says it. */
export function OverviewPage({ app }: PageProps): JSX.Element {
  const answer = useAnswer<Overview>('/api/overview');
  const now = useNow();
  return (
    <Shown answer={answer}>
      {(overview) => (
        <>
          <Heading
            title="Overview"
            about={`up ${duration(overview.at - overview.startedAt)}${overview.nodes.asked > 1 ? `, ${overview.nodes.answered} of ${overview.nodes.asked} gateways` : ''}`}
          />
          <Verdicts app={app} verdicts={overview.verdicts} now={now} />
          <Numbers app={app} overview={overview} />
          {overview.node !== undefined && <Curves overview={overview} now={now} />}
          {overview.apps.length > 1 && <Apps overview={overview} />}
        </>
      )}
    </Shown>
  );
}

function Verdicts({
  app,
  verdicts,
  now,
}: {
  app: string;
  verdicts: readonly Verdict[];
  now: number;
}): JSX.Element {
  if (verdicts.length === 0) {
    return (
      <section class="verdicts well" role="status">
        <p>
          <b>All is well.</b> No events wait for an absent backend, nobody is refused in numbers,
          every webhook is taken.
        </p>
      </section>
    );
  }
  return (
    <section
      class={`verdicts ${verdicts.some(({ level }) => level === 'bad') ? '' : 'warned'}`}
      role="status"
      aria-label="What is wrong"
    >
      <ol>
        {verdicts.map(({ level, side, text, since, page, app: of }) => (
          <li key={`${of ?? ''} ${text}`} class={level}>
            <Pill tone={level}>{SIDES[side]}</Pill>
            <span class="text">
              <Name of={text} />
              {of !== undefined && of !== app && <span class="soft"> (app {of})</span>}
              {since !== undefined && <span class="soft">, since {time(since, now)}</span>}
            </span>
            <a href={href(of ?? app, page)}>See {page}</a>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Numbers({ app, overview }: { app: string; overview: Overview }): JSX.Element {
  const own = overview.apps.find(({ id }) => id === app);
  if (own === undefined) return <></>;
  const tiles: ReadonlyArray<[string, number, string]> = [
    ['Sockets', own.sockets, 'sockets'],
    ['Channels', own.channels, 'channels'],
    ['Users', own.users, 'users'],
    ['Backends', own.backends, 'backends'],
    ['Events waiting', own.lag, 'backends'],
    ['Webhooks waiting', own.webhooksWaiting, 'webhooks'],
  ];
  return (
    <nav class="tiles" aria-label={`Numbers of app ${app}`}>
      {tiles.map(([name, value, page]) => (
        <a key={name} href={href(app, page)}>
          <b>{count(value)}</b>
          <span>{name}</span>
        </a>
      ))}
    </nav>
  );
}

function Curves({ overview, now }: { overview: Overview; now: number }): JSX.Element {
  const { node, points } = overview;
  const dots = (of: (point: Point) => number): Array<{ at: number; value: number }> =>
    points.map((point) => ({ at: point.at, value: of(point) }));
  const perSecond = (value: number): string => `${rate(value)}/s`;
  return (
    <>
      <Card
        title="This gateway"
        aside={`${duration(Math.min(900_000, overview.at - overview.startedAt))}, all apps`}
      >
        <div class="charts">
          <Chart
            title="Delivered to browsers"
            now={now}
            say={perSecond}
            dots={dots((p) => p.delivered)}
          />
          <Chart title="Events accepted" now={now} say={perSecond} dots={dots((p) => p.accepted)} />
          <Chart
            title="Messages of browsers"
            now={now}
            say={perSecond}
            dots={dots((p) => p.received)}
          />
          <Chart
            title="To backends"
            tone="good"
            now={now}
            say={perSecond}
            dots={dots((p) => p.toBackends)}
          />
          <Chart
            title="Waiting for backends"
            tone="busy"
            now={now}
            say={count}
            dots={dots((p) => p.waiting)}
          />
          <Chart title="Sockets" now={now} say={count} dots={dots((p) => p.sockets)} />
        </div>
        {node !== undefined && (
          <Facts
            of={[
              ['CPU', `${Math.round(node.now.cpu * 100)} % of a core`],
              ['Memory', bytes(node.rssBytes)],
              ['Event loop late by', milliseconds(node.now.lateMs)],
              ['Cut, not reading', `${count(node.cutPerMinute)}/min`],
              ['Faults since the start', count(node.failures)],
            ]}
          />
        )}
      </Card>
    </>
  );
}

function Apps({ overview }: { overview: Overview }): JSX.Element {
  return (
    <Card title="Apps">
      <Table
        label="Apps"
        rows={overview.apps}
        keyOf={({ id }) => id}
        columns={[
          {
            name: 'App',
            cell: ({ id, isEnabled }) => (
              <>
                <a href={href(id, 'overview')}>{id}</a> {!isEnabled && <Pill tone="warn">off</Pill>}
              </>
            ),
          },
          { name: 'Sockets', isNumber: true, cell: ({ sockets }) => count(sockets) },
          { name: 'Channels', isNumber: true, cell: ({ channels }) => count(channels) },
          { name: 'Backends', isNumber: true, cell: ({ backends }) => count(backends) },
          { name: 'Waiting', isNumber: true, cell: ({ lag }) => count(lag) },
        ]}
      />
    </Card>
  );
}
