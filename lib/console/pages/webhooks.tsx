import type { JSX } from 'preact';
import type { WebhookRow } from '../../gateway/protocols/console/api';
import { api } from '../address';
import { useAnswer, useNow } from '../live';
import { Card, Facts, Heading, Name, Nothing, Pill, Shown } from '../parts/basics';
import { Table } from '../parts/table';
import { count, duration, milliseconds, shown, time } from '../text';
import type { PageProps } from './page';

/** Did the webhook arrive; if not, what was answered? */
export function WebhooksPage({ app }: PageProps): JSX.Element {
  const answer = useAnswer<{ items: readonly WebhookRow[] }>(api(app, 'webhooks'));
  const now = useNow();
  return (
    <>
      <Heading
        title="Webhooks"
        about="Endpoints of this app, and the last attempts to reach them."
      />
      <Shown answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <Nothing>This app has no webhooks.</Nothing>
            </Card>
          ) : (
            <>
              {items.map((hook, i) => (
                <Endpoint key={`${hook.host} ${i}`} hook={hook} now={now} />
              ))}
            </>
          )
        }
      </Shown>
    </>
  );
}

function Endpoint({ hook, now }: { hook: WebhookRow; now: number }): JSX.Element {
  const { host, events, waiting, sent, dropped, pausedMs, attempts } = hook;
  const failing = attempts[0]?.why !== undefined;
  return (
    <Card
      title={<Name of={host} />}
      aside={events?.join(', ') ?? 'all events'}
      kind={pausedMs > 0 ? 'alarm' : ''}
    >
      {pausedMs > 0 && (
        <p class="state bad">
          <Pill tone="bad">left alone</Pill> It failed five times in a row: one request tries again
          in {duration(pausedMs)}.
        </p>
      )}
      <Facts
        of={[
          [
            'Last',
            attempts.length === 0 ? (
              'none yet'
            ) : failing ? (
              <Pill tone="bad">{shown(attempts[0]?.why ?? '')}</Pill>
            ) : (
              <Pill tone="good">taken</Pill>
            ),
          ],
          ['Waiting', count(waiting)],
          ['Taken', count(sent)],
          ['Given up', dropped === 0 ? '0' : <b class="wrong">{count(dropped)}</b>],
        ]}
      />
      {attempts.length > 0 && (
        <Table
          label={`Attempts to reach ${shown(host)}`}
          rows={attempts}
          keyOf={({ delivery, attempt }) => `${delivery} ${attempt}`}
          columns={[
            { name: 'At', cell: ({ at }) => time(at, now) },
            {
              name: 'Answer',
              cell: ({ why, goesOn }) =>
                why === undefined ? (
                  <Pill tone="good">taken</Pill>
                ) : (
                  <>
                    <Pill tone="bad">{shown(why)}</Pill>{' '}
                    <span class="soft">{goesOn ? 'tried again later' : 'given up'}</span>
                  </>
                ),
            },
            { name: 'Took', isNumber: true, cell: ({ tookMs }) => milliseconds(tookMs) },
            { name: 'Attempt', isNumber: true, cell: ({ attempt }) => attempt },
            { name: 'Events', isNumber: true, cell: ({ events: many }) => count(many) },
            {
              name: 'First event',
              cell: ({ first }) => first !== undefined && <code class="cut">{shown(first)}</code>,
            },
            {
              name: 'Delivery',
              cell: ({ delivery }) => <code class="soft">{delivery.slice(0, 8)}</code>,
            },
          ]}
        />
      )}
    </Card>
  );
}
