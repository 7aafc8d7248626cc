import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TailPart, TailRow } from '../../gateway/protocols/console/api';
import { href } from '../address';
import { live, useNodes, useNow } from '../live';
import { Card, ChannelLink, Heading, Name, Nothing, SocketLink } from '../parts/basics';
import { Choice, Filter, useQuery } from '../parts/filters';
import { Table } from '../parts/table';
import { bytes, count, plural, rate, shownData, time } from '../text';
import type { PageProps } from './page';

const MAX_ROWS = 500;
const WAYS = [
  ['', 'all directions'],
  ['in', 'from browsers'],
  ['out', 'to channels'],
  ['to', 'to one socket'],
] as const;
const SAYS: Record<TailRow['way'], string> = { in: '↑ in', out: '↓ out', to: '→ to' };
/** Parts that the rate is taken over: some seconds. */
const PARTS = 12;
const PART_S = 0.25;

interface Heard {
  readonly rows: ReadonlyArray<TailRow & { key: number }>;
  readonly parts: readonly TailPart[];
  readonly next: number;
  readonly missed: number;
}

const NOTHING: Heard = { rows: [], parts: [], next: 0, missed: 0 };

/** The events that pass by, as many as an eye can follow. */
export function TailPage({ app, address, me }: PageProps): JSX.Element {
  const query = useQuery(address);
  const [channel, event, socket, way] = ['channel', 'event', 'socket', 'way'].map(query.get) as [
    string,
    string,
    string,
    string,
  ];
  const [isPaused, pause] = useState(false);
  const [showsData, showData] = useState(false);
  const [heard, set] = useState(NOTHING);
  const now = useNow();
  const nodes = useNodes();
  useEffect(() => {
    if (isPaused) return undefined;
    const filter = {
      channel,
      event,
      socket,
      data: showsData,
      ...(way !== '' && { way: way as TailRow['way'] }),
    };
    return live.tail(app, filter, (part) => set((before) => withPart(before, part)));
  }, [app, channel, event, socket, way, isPaused, showsData]);
  const sum = (of: (part: TailPart) => number): number =>
    heard.parts.reduce((total, part) => total + of(part), 0);
  const perSecond = (of: (part: TailPart) => number): number =>
    sum(of) / (heard.parts.length * PART_S || 1);
  const [fit, shownRows] = [sum((part) => part.fit), sum((part) => part.rows.length)];
  return (
    <>
      <Heading
        title="Live events"
        about={`Events that pass ${nodes.asked > 1 ? 'the gateways' : 'this gateway'}. Nothing is looked at but while this page is open.`}
      >
        <Filter
          label="Channel begins with"
          value={channel}
          onChange={(value) => query.set('channel', value)}
        />
        <Filter label="Event" value={event} onChange={(value) => query.set('event', value)} />
        <Filter label="Socket" value={socket} onChange={(value) => query.set('socket', value)} />
        <Choice
          label="Direction"
          value={way}
          options={WAYS}
          onChange={(value) => query.set('way', value)}
        />
        <button
          type="button"
          class="quiet"
          aria-pressed={isPaused}
          onClick={() => pause(!isPaused)}
        >
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        {me.role === 'operator' && (
          <button
            type="button"
            class="quiet"
            aria-pressed={showsData}
            onClick={() => showData(!showsData)}
          >
            {showsData ? 'Hide data' : 'Show data'}
          </button>
        )}
      </Heading>
      <Card>
        <p class="extent soft">
          {rate(perSecond((part) => part.seen))}/s pass by, {rate(perSecond((part) => part.fit))}/s
          fit
          {fit > shownRows &&
            shownRows > 0 &&
            `, 1 in ${count(Math.round(fit / shownRows))} is shown`}
          {heard.missed > 0 &&
            `; ${plural(heard.missed, 'event')} left out, since this page was behind`}
          {nodes.asked > 1 && `; ${nodes.answered} of ${nodes.asked} nodes look`}
        </p>
        {heard.rows.length === 0 ? (
          <Nothing>{isPaused ? 'Paused.' : 'Nothing has passed by yet.'}</Nothing>
        ) : (
          <Table
            label="Events"
            rows={heard.rows}
            keyOf={({ key }) => String(key)}
            columns={[
              { name: 'At', cell: ({ at }) => <span class="mono">{preciseTime(at, now)}</span> },
              {
                name: 'Way',
                cell: ({ way: each }) => <span class={`way ${each}`}>{SAYS[each]}</span>,
              },
              {
                name: 'Event',
                cell: ({ event: name }) => (
                  <b>
                    <Name of={name} />
                  </b>
                ),
              },
              {
                name: 'Channel',
                cell: ({ channel: name }) =>
                  name !== undefined && <ChannelLink app={app} name={name} />,
              },
              {
                name: 'Socket',
                cell: ({ socket: id }) => id !== undefined && <SocketLink app={app} id={id} />,
              },
              {
                name: 'Went to',
                cell: ({ sockets, toBackends }) =>
                  [
                    sockets !== undefined &&
                      plural(sockets, 'socket') + (nodes.asked > 1 ? ' there' : ''),
                    toBackends === true && 'backends',
                    toBackends === false && <span class="soft">no backend</span>,
                  ].filter(Boolean),
              },
              ...(nodes.asked > 1
                ? [{ name: 'Node', cell: ({ node }: TailRow) => <span class="mono">{node}</span> }]
                : []),
              { name: 'Bytes', isNumber: true, cell: ({ bytes: size }) => bytes(size) },
              ...(showsData
                ? [
                    {
                      name: 'Data',
                      cell: ({ data = '' }: TailRow) => <code class="cut">{shownData(data)}</code>,
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Card>
      <p class="soft">
        <a href={href(app, 'follow', undefined, { channel, event, socket })}>
          Follow one event from hop to hop
        </a>
      </p>
    </>
  );
}

function withPart({ rows, parts, next, missed }: Heard, part: TailPart): Heard {
  const added = part.rows.map((row, i) => ({ ...row, key: next + i })).reverse();
  return {
    rows: [...added, ...rows].slice(0, MAX_ROWS),
    parts: [...parts, part].slice(-PARTS),
    next: next + part.rows.length,
    missed: missed + part.missed,
  };
}

function preciseTime(at: number, now: number): string {
  return `${time(at, now)}.${String(at % 1000).padStart(3, '0')}`;
}
