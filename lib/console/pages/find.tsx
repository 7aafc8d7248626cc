import type { JSX } from 'preact';
import type { ChannelRow, List, SocketRow, UserRow } from '../../gateway/protocols/console/api';
import { api, href } from '../address';
import { useAnswer, useNow } from '../live';
import { Card, ChannelLink, Heading, Name, Nothing, Shown, UserLink } from '../parts/basics';
import { SocketTable } from '../parts/sockets';
import { plural } from '../text';
import type { PageProps } from './page';

/** Sockets, channels and users whose names begin with a text. */
export function FindPage({ app, address: { id = '' } }: PageProps): JSX.Element {
  const query = { prefix: id, limit: '10' };
  const sockets = useAnswer<List<SocketRow>>(api(app, 'sockets', undefined, query));
  const channels = useAnswer<List<ChannelRow>>(api(app, 'channels', undefined, query));
  const users = useAnswer<List<UserRow>>(api(app, 'users', undefined, query));
  const now = useNow();
  return (
    <>
      <Heading title={<Name of={id} />} about="names that begin with it">
        <a class="button quiet" href={href(app, 'why', undefined, { who: id })}>
          Ask why, with this id
        </a>
      </Heading>
      <Card title="Channels">
        <Shown answer={channels}>
          {({ items, total }) =>
            items.length === 0 ? (
              <Nothing>None that is occupied.</Nothing>
            ) : (
              <ul class="chips">
                {items.map(({ name, subscribers }) => (
                  <li key={name}>
                    <ChannelLink app={app} name={name} />{' '}
                    <span class="soft">{plural(subscribers, 'subscriber')}</span>
                  </li>
                ))}
                {total > items.length && (
                  <li>
                    <a href={href(app, 'channels', undefined, { prefix: id })}>all {total}</a>
                  </li>
                )}
              </ul>
            )
          }
        </Shown>
      </Card>
      <Card title="Users">
        <Shown answer={users}>
          {({ items }) =>
            items.length === 0 ? (
              <Nothing>None that is signed in.</Nothing>
            ) : (
              <ul class="chips">
                {items.map(({ id: user, sockets: many }) => (
                  <li key={user}>
                    <UserLink app={app} id={user} />{' '}
                    <span class="soft">{plural(many, 'socket')}</span>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      </Card>
      <Card title="Sockets">
        <Shown answer={sockets}>
          {({ items }) =>
            items.length === 0 ? (
              <Nothing>None that is open. Closed ones are found by their whole id.</Nothing>
            ) : (
              <SocketTable app={app} rows={items} now={now} />
            )
          }
        </Shown>
      </Card>
    </>
  );
}
