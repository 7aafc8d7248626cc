import type { JSX } from 'preact';
import type { ConfigPage, NodeRow, NodesPage } from '../../gateway/protocols/console/api';
import { useAnswer, useNow } from '../live';
import { Card, Extent, Heading, Name, Pill, Shown } from '../parts/basics';
import { Filter, useQuery } from '../parts/filters';
import { Table } from '../parts/table';
import { bytes, count, duration, milliseconds, shown } from '../text';
import type { PageProps } from './page';

/** What is really configured? */
export function ConfigPageAll({ address }: PageProps): JSX.Element {
  const query = useQuery(address);
  const name = query.get('name');
  const answer = useAnswer<ConfigPage>('/api/config');
  return (
    <>
      <Heading
        title="Configuration"
        about="Values in force on this gateway. Secrets are told by their length."
      >
        <Filter
          label="Part of the name"
          value={name}
          onChange={(value) => query.set('name', value)}
        />
      </Heading>
      <Shown answer={answer}>
        {({ values }) => {
          const rows = values.filter((each) =>
            each.name.toLowerCase().includes(name.toLowerCase()),
          );
          return (
            <Card>
              <Table
                label="Configuration"
                rows={rows}
                keyOf={(row) => row.name}
                columns={[
                  { name: 'Option', cell: (row) => <code>{shown(row.name)}</code> },
                  {
                    name: 'Value',
                    cell: ({ value, isDefault }) => (
                      <>
                        <Name of={value} /> {isDefault && <span class="soft">(default)</span>}
                      </>
                    ),
                  },
                ]}
              />
              <Extent
                shown={rows.length}
                total={values.length}
                what="value"
                nodes={{ asked: 1, answered: 1 }}
              />
            </Card>
          );
        }}
      </Shown>
    </>
  );
}

/** Are all nodes alike? */
export function NodesPageAll(): JSX.Element {
  const answer = useAnswer<NodesPage>('/api/nodes');
  const now = useNow();
  return (
    <>
      <Heading
        title="Nodes"
        about="Gateways that serve the same apps. Values that differ from this one stand out."
      />
      <Shown answer={answer}>
        {({ rows, nodes }) => {
          const own = rows.find(({ isThis }) => isThis);
          const same = (row: NodeRow, of: 'version' | 'configuration'): JSX.Element =>
            row[of] === own?.[of] ? <span>{row[of]}</span> : <Pill tone="bad">{row[of]}</Pill>;
          return (
            <Card>
              <Table
                label="Nodes"
                rows={rows}
                keyOf={({ node }) => node}
                columns={[
                  {
                    name: 'Node',
                    cell: ({ node, isThis }) => (
                      <>
                        <b>{node}</b> {isThis && <span class="soft">(this one)</span>}
                      </>
                    ),
                  },
                  { name: 'Version', cell: (row) => same(row, 'version') },
                  {
                    name: 'Configuration',
                    cell: (row) => <code>{same(row, 'configuration')}</code>,
                  },
                  {
                    name: 'Broker',
                    cell: ({ broker }) => (
                      <Pill tone={broker === 'up' ? 'good' : 'bad'}>{broker}</Pill>
                    ),
                  },
                  {
                    name: 'Up',
                    isNumber: true,
                    cell: ({ startedAt }) => duration(now - startedAt),
                  },
                  { name: 'Sockets', isNumber: true, cell: ({ sockets }) => count(sockets) },
                  { name: 'CPU', isNumber: true, cell: ({ cpu }) => `${Math.round(cpu * 100)} %` },
                  { name: 'Memory', isNumber: true, cell: ({ rssBytes }) => bytes(rssBytes) },
                  { name: 'Loop late', isNumber: true, cell: ({ lateMs }) => milliseconds(lateMs) },
                ]}
              />
              <Extent shown={rows.length} total={rows.length} what="node" nodes={nodes} />
            </Card>
          );
        }}
      </Shown>
    </>
  );
}
