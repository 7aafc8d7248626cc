import type { JSX } from 'preact';
import type { List, UserPage, UserRow } from '../../gateway/protocols/console/api';
import { api, href } from '../address';
import { useAnswer, useNow } from '../live';
import {
  Act,
  Card,
  ChannelLink,
  Extent,
  Heading,
  Name,
  Nothing,
  Shown,
  SocketLink,
  UserLink,
} from '../parts/basics';
import { Filter, useQuery } from '../parts/filters';
import { SocketTable } from '../parts/sockets';
import { Table } from '../parts/table';
import { count, plural, shownData, time } from '../text';
import type { PageProps } from './page';

export function UsersPage({ app, address }: PageProps): JSX.Element {
  const query = useQuery(address);
  const [prefix, sort] = [query.get('prefix'), query.get('sort')];
  const answer = useAnswer<List<UserRow>>(api(app, 'users', undefined, { prefix, sort }));
  return (
    <>
      <Heading
        title="Users"
        about="Signed in with pusher:signin. Members of presence channels stand with their channel."
      >
        <Filter
          label="Beginning of the id"
          value={prefix}
          onChange={(value) => query.set('prefix', value)}
        />
      </Heading>
      <Shown answer={answer}>
        {({ items, total, nodes }) => (
          <Card>
            {items.length === 0 ? (
              <Nothing>
                {prefix === '' ? 'Nobody is signed in.' : 'No signed-in user fits.'}
              </Nothing>
            ) : (
              <Table
                label="Users"
                rows={items}
                keyOf={({ id }) => id}
                sort={sort === '' ? 'sockets' : sort}
                onSort={(key) => query.set('sort', key)}
                columns={[
                  { name: 'User', sort: 'name', cell: ({ id }) => <UserLink app={app} id={id} /> },
                  {
                    name: 'Sockets',
                    isNumber: true,
                    sort: 'sockets',
                    cell: ({ sockets }) => count(sockets),
                  },
                ]}
              />
            )}
            <Extent shown={items.length} total={total} what="user" nodes={nodes} />
          </Card>
        )}
      </Shown>
    </>
  );
}

export function UserPageOne({ app, address: { id = '' }, me }: PageProps): JSX.Element {
  const answer = useAnswer<UserPage>(api(app, 'users', id));
  const now = useNow();
  return (
    <>
      <Heading title={<Name of={id} />} about="user">
        <a class="button quiet" href={href(app, 'why', undefined, { who: id })}>
          Why not?
        </a>
        {me.role === 'operator' && (
          <Act
            path={`${api(app, 'users', id)}/terminate`}
            label="Terminate"
            sure="Really close all connections"
            tell={({ closed }: { closed: number }) => `closed ${plural(closed, 'connection')}`}
          />
        )}
      </Heading>
      <Shown
        answer={answer}
        missing="No socket is signed in as this user, and none was lately. Members of presence channels are no users."
      >
        {({ sockets, channels, closed, info }) => (
          <>
            <Card title="Sockets" aside={count(sockets.length)}>
              {sockets.length === 0 && <Nothing>Not connected now.</Nothing>}
              {sockets.length > 0 && <SocketTable app={app} rows={sockets} now={now} />}
            </Card>
            <Card title="Channels" aside={count(channels.length)}>
              {channels.length === 0 && <Nothing>On no channel.</Nothing>}
              <ul class="chips">
                {channels.map((name) => (
                  <li key={name}>
                    <ChannelLink app={app} name={name} />
                  </li>
                ))}
              </ul>
            </Card>
            {info !== undefined && (
              <Card title="Information of the user">
                <pre>{shownData(info)}</pre>
              </Card>
            )}
            {closed.length > 0 && (
              <Card title="Closed lately">
                <Table
                  label="Closed sockets"
                  rows={closed}
                  keyOf={({ socket }) => socket}
                  columns={[
                    { name: 'Socket', cell: ({ socket }) => <SocketLink app={app} id={socket} /> },
                    { name: 'At', cell: ({ at }) => time(at, now) },
                    { name: 'Code', cell: ({ code }) => code },
                    { name: 'Reason', cell: ({ reason }) => <Name of={reason} /> },
                  ]}
                />
              </Card>
            )}
          </>
        )}
      </Shown>
    </>
  );
}
