import type { JSX } from 'preact';
import type { ChannelPage, ChannelRow, List } from '../../gateway/protocols/console/api';
import { api, href } from '../address';
import { useAnswer, useNow } from '../live';
import {
  Card,
  ChannelLink,
  Extent,
  Facts,
  Heading,
  Name,
  Nothing,
  Shown,
  UserLink,
} from '../parts/basics';
import { Filter, useQuery } from '../parts/filters';
import { Owners } from '../parts/owners';
import { SocketTable } from '../parts/sockets';
import { Table } from '../parts/table';
import { bytes, count, duration, shown } from '../text';
import type { PageProps } from './page';

export function ChannelsPage({ app, address }: PageProps): JSX.Element {
  const query = useQuery(address);
  const [prefix, sort] = [query.get('prefix'), query.get('sort')];
  const answer = useAnswer<List<ChannelRow>>(api(app, 'channels', undefined, { prefix, sort }));
  const now = useNow();
  return (
    <>
      <Heading
        title="Channels"
        about="Occupied now. Counts of events are since the channel is occupied here."
      >
        <Filter
          label="Beginning of the name"
          value={prefix}
          placeholder="private-"
          onChange={(value) => query.set('prefix', value)}
        />
      </Heading>
      <Shown answer={answer}>
        {({ items, total, nodes }) => (
          <Card>
            {items.length === 0 ? (
              <Nothing>
                {prefix === ''
                  ? 'Nobody is on any channel.'
                  : `No occupied channel begins with ${shown(prefix)}.`}
              </Nothing>
            ) : (
              <Table
                label="Channels"
                rows={items}
                keyOf={({ name }) => name}
                sort={sort === '' ? 'subscribers' : sort}
                onSort={(key) => query.set('sort', key)}
                columns={[
                  {
                    name: 'Channel',
                    sort: 'name',
                    cell: ({ name }) => <ChannelLink app={app} name={name} />,
                  },
                  { name: 'Type', cell: ({ type }) => <span class="soft">{type}</span> },
                  {
                    name: 'Subscribers',
                    isNumber: true,
                    sort: 'subscribers',
                    cell: ({ subscribers }) => count(subscribers),
                  },
                  {
                    name: 'Members',
                    isNumber: true,
                    cell: ({ members }) => (members === undefined ? '' : count(members)),
                  },
                  {
                    name: 'Events',
                    isNumber: true,
                    sort: 'events',
                    cell: ({ events }) => count(events),
                  },
                  {
                    name: 'Last event',
                    isNumber: true,
                    sort: 'latest',
                    cell: ({ lastEventAt }) => ago(lastEventAt, now),
                  },
                ]}
              />
            )}
            <Extent shown={items.length} total={total} what="channel" nodes={nodes} />
          </Card>
        )}
      </Shown>
    </>
  );
}

export function ago(at: number | undefined, now: number): JSX.Element | string {
  if (at === undefined) return <span class="soft">none</span>;
  return `${duration(now - at)} ago`;
}

/** Who is on this channel, and when was something last published? */
export function ChannelPageOne({ app, address: { id = '' } }: PageProps): JSX.Element {
  const answer = useAnswer<ChannelPage>(api(app, 'channels', id));
  const now = useNow();
  return (
    <>
      <Heading title={<Name of={id} />} about="channel">
        <a class="button quiet" href={href(app, 'publish', undefined, { channel: id })}>
          Publish
        </a>
        <a class="button quiet" href={href(app, 'follow', undefined, { channel: id })}>
          Follow next
        </a>
        <a class="button quiet" href={href(app, 'tail', undefined, { channel: id })}>
          Live events
        </a>
        <a class="button quiet" href={href(app, 'why', undefined, { channel: id })}>
          Why not?
        </a>
      </Heading>
      <Shown answer={answer} missing="Nobody is on this channel now. Names are told apart by case.">
        {(channel) => (
          <>
            <Card>
              <Facts
                of={[
                  ['Type', channel.type],
                  ['Subscribers', count(channel.subscribers)],
                  ...(channel.members === undefined
                    ? []
                    : [['Members', count(channel.members)] as [string, string]]),
                  ['Events', count(channel.events)],
                  ['Last event', ago(channel.lastEventAt, now)],
                  ...(channel.cached === undefined
                    ? []
                    : [
                        [
                          'Cached',
                          `${shown(channel.cached.event)}, ${bytes(channel.cached.bytes)}, for ${duration(channel.cached.ttlMs)} more`,
                        ] as [string, string],
                      ]),
                ]}
              />
            </Card>
            {channel.users.length > 0 && (
              <Card title="Members" aside={count(channel.members ?? 0)}>
                <ul class="chips">
                  {channel.users.map((user) => (
                    <li key={user}>
                      <UserLink app={app} id={user} />
                    </li>
                  ))}
                </ul>
              </Card>
            )}
            <Card title="Subscribers" aside="the first ones">
              <SocketTable app={app} rows={channel.sockets.items} now={now} />
              <Extent
                shown={channel.sockets.items.length}
                total={channel.sockets.total}
                what="socket"
                nodes={channel.nodes}
              />
            </Card>
            <Owners app={app} owners={channel.owners} now={now} />
          </>
        )}
      </Shown>
    </>
  );
}
