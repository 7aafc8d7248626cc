import type { JSX } from 'preact';
import type { GonePage, List, SocketPage, SocketRow } from '../../gateway/protocols/console/api';
import { api, href } from '../address';
import { useAnswer, useNow } from '../live';
import {
  Act,
  Card,
  ChannelLink,
  Extent,
  Facts,
  Heading,
  Name,
  Nothing,
  Pill,
  Shown,
  SocketLink,
  UserLink,
} from '../parts/basics';
import { Choice, Filter, useQuery } from '../parts/filters';
import { Owners } from '../parts/owners';
import { SocketTable } from '../parts/sockets';
import { bytes, count, duration, milliseconds, shown, time } from '../text';
import type { PageProps } from './page';

const ORDERS = [
  ['age', 'youngest first'],
  ['oldest', 'oldest first'],
  ['unsent', 'most unsent bytes first'],
  ['channels', 'most channels first'],
] as const;

export function SocketsPage({ app, address, me }: PageProps): JSX.Element {
  const query = useQuery(address);
  const [prefix, sort] = [query.get('prefix'), query.get('sort') || 'age'];
  const answer = useAnswer<List<SocketRow>>(api(app, 'sockets', undefined, { prefix, sort }));
  const now = useNow();
  const by = me.role === 'operator' ? 'id, user or address' : 'id or user';
  return (
    <>
      <Heading title="Sockets" about="Connections of browsers and devices, open now.">
        <Filter
          label={`Beginning of ${by}`}
          value={prefix}
          onChange={(value) => query.set('prefix', value)}
        />
        <Choice
          label="Order"
          value={sort}
          options={ORDERS}
          onChange={(value) => query.set('sort', value)}
        />
      </Heading>
      <Shown answer={answer}>
        {({ items, total, nodes }) => (
          <Card>
            {items.length === 0 ? (
              <Nothing>{prefix === '' ? 'Nobody is connected.' : 'No open socket fits.'}</Nothing>
            ) : (
              <SocketTable
                app={app}
                rows={items}
                now={now}
                sort={sort}
                onSort={(key) => query.set('sort', key)}
              />
            )}
            <Extent shown={items.length} total={total} what="socket" nodes={nodes} />
          </Card>
        )}
      </Shown>
    </>
  );
}

export function SocketPageOne({ app, address: { id = '' }, me }: PageProps): JSX.Element {
  const answer = useAnswer<SocketPage | GonePage>(api(app, 'sockets', id));
  const now = useNow();
  return (
    <>
      <Heading title={<Name of={id} />} about="socket">
        {answer.value?.isOpen === true && (
          <>
            <a class="button quiet" href={href(app, 'why', undefined, { who: id })}>
              Why not?
            </a>
            <a class="button quiet" href={href(app, 'tail', undefined, { socket: id })}>
              Its events
            </a>
            {me.role === 'operator' && (
              <>
                <Act
                  path={`${api(app, 'sockets', id)}/probe`}
                  label="Probe"
                  tell={({ tookMs }: { tookMs?: number }) =>
                    tookMs === undefined
                      ? 'no answer in 10 s: busy, asleep, or a client without pings'
                      : `the page has read everything: answered after ${milliseconds(tookMs)}`
                  }
                />
                <Act
                  path={`${api(app, 'sockets', id)}/close`}
                  label="Close"
                  sure="Really close it"
                  tell={() => 'closed; it may come back'}
                />
              </>
            )}
          </>
        )}
      </Heading>
      <Shown
        answer={answer}
        missing="No such socket: it was never here, or was closed too long ago to be remembered."
      >
        {(page) =>
          page.isOpen ? (
            <Open app={app} socket={page} now={now} />
          ) : (
            <Gone app={app} page={page} now={now} />
          )
        }
      </Shown>
    </>
  );
}

function Open({ app, socket, now }: { app: string; socket: SocketPage; now: number }): JSX.Element {
  const { user, address, node, unsentBytes, isBehind, channelNames, entering } = socket;
  return (
    <>
      <Card>
        <Facts
          of={[
            [
              'State',
              isBehind ? <Pill tone="warn">does not keep up</Pill> : <Pill tone="good">open</Pill>,
            ],
            ['Open for', duration(now - socket.openedAt)],
            ['User', user === undefined ? 'not signed in' : <UserLink app={app} id={user} />],
            ...(address === undefined
              ? []
              : [['Address', <code>{shown(address)}</code>] as [string, JSX.Element]]),
            ['Node', node],
            ['Protocol', socket.protocol],
            ['Unsent', unsentBytes === 0 ? 'nothing' : <b class="wrong">{bytes(unsentBytes)}</b>],
          ]}
        />
      </Card>
      <Card title="Channels" aside={count(socket.channels)}>
        {channelNames.length === 0 && <Nothing>It is on no channel.</Nothing>}
        <ul class="chips">
          {channelNames.map((name) => (
            <li key={name}>
              <ChannelLink app={app} name={name} />
            </li>
          ))}
          {entering.map((name) => (
            <li key={name}>
              <Name of={name} /> <Pill tone="warn">waits to be let in</Pill>
            </li>
          ))}
        </ul>
      </Card>
      <Owners app={app} owners={socket.owners} now={now} />
    </>
  );
}

function Gone({ app, page, now }: { app: string; page: GonePage; now: number }): JSX.Element {
  const { closed, backAs } = page;
  if (closed === undefined) return <Nothing>It is gone.</Nothing>;
  return (
    <Card>
      <Facts
        of={[
          ['State', <Pill tone="bad">closed</Pill>],
          ['At', time(closed.at, now)],
          ['Code', closed.code],
          ['Reason', closed.reason === '' ? 'none' : <Name of={closed.reason} />],
          ['Was open for', duration(closed.at - closed.openedAt)],
          [
            'User',
            closed.user === undefined ? 'not signed in' : <UserLink app={app} id={closed.user} />,
          ],
          ['Back as', backAs === undefined ? 'not yet' : <SocketLink app={app} id={backAs} />],
        ]}
      />
      {closed.channels.length > 0 && (
        <p class="soft">was on: {closed.channels.map((name) => shown(name)).join(', ')}</p>
      )}
    </Card>
  );
}
