import type { JSX } from 'preact';
import type { SocketRow } from '../../gateway/protocols/console/api';
import { bytes, count, duration, shown } from '../text';
import { SocketLink, UserLink } from './basics';
import { type Column, Table } from './table';

/** Bytes from which a socket is behind with reading, to the eye. */
const MUCH = 16 * 1024;

export function SocketTable({
  app,
  rows,
  now,
  sort,
  onSort,
}: {
  app: string;
  rows: readonly SocketRow[];
  now: number;
  sort?: string;
  onSort?: (key: string) => void;
}): JSX.Element {
  const nodes = new Set(rows.map(({ node }) => node));
  const columns: Array<Column<SocketRow>> = [
    { name: 'Socket', cell: ({ id }) => <SocketLink app={app} id={id} /> },
    { name: 'User', cell: ({ user }) => user !== undefined && <UserLink app={app} id={user} /> },
    ...(rows.some(({ address }) => address !== undefined)
      ? [{ name: 'Address', cell: ({ address = '' }: SocketRow) => <code>{shown(address)}</code> }]
      : []),
    ...(nodes.size > 1 ? [{ name: 'Node', cell: ({ node }: SocketRow) => node }] : []),
    {
      name: 'Channels',
      isNumber: true,
      sort: 'channels',
      cell: ({ channels }) => count(channels),
    },
    {
      name: 'Unsent',
      isNumber: true,
      sort: 'unsent',
      cell: ({ unsentBytes }) =>
        unsentBytes === 0 ? <span class="soft">0</span> : <b class="wrong">{bytes(unsentBytes)}</b>,
    },
    {
      name: 'Open for',
      isNumber: true,
      sort: 'age',
      cell: ({ openedAt }) => duration(now - openedAt),
    },
  ];
  return (
    <Table
      label="Sockets"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      toneOf={({ unsentBytes }) => (unsentBytes > MUCH ? 'tinted' : '')}
      {...(sort !== undefined && { sort })}
      {...(onSort !== undefined && { onSort })}
    />
  );
}
