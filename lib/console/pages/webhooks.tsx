import type { JSX } from 'preact';
import type { GivenUpRow, SentAgain, WebhookRow } from '../../gateway/protocols/console/api';
import { api } from '../address';
import { useAnswer, useNow } from '../live';
import { Act, Card, Doing, Facts, Heading, Name, Nothing, Pill, Shown } from '../parts/basics';
import { ask } from '../session';
import { Table } from '../parts/table';
import { bytes, count, duration, milliseconds, shown, time } from '../text';
import type { PageProps } from './page';

/** Did the webhook arrive; if not, what was answered? */
export function WebhooksPage({ app, me }: PageProps): JSX.Element {
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
                <Endpoint
                  key={`${hook.host} ${i}`}
                  {...{ app, hook, now }}
                  mayAct={me.role === 'operator'}
                />
              ))}
            </>
          )
        }
      </Shown>
    </>
  );
}

interface EndpointProps {
  app: string;
  hook: WebhookRow;
  now: number;
  mayAct: boolean;
}

function Endpoint({ app, hook, now, mayAct }: EndpointProps): JSX.Element {
  const { host, events, waiting, sent, dropped, pausedMs, attempts, givenUp } = hook;
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
      {givenUp.length > 0 && <GivenUp {...{ app, host, givenUp, now, mayAct }} />}
    </Card>
  );
}

interface GivenUpProps {
  app: string;
  host: string;
  givenUp: readonly GivenUpRow[];
  now: number;
  mayAct: boolean;
}

/** Requests that no attempt goes on with; operators may send each of them again. */
function GivenUp({ app, host, givenUp, now, mayAct }: GivenUpProps): JSX.Element {
  return (
    <>
      <div class="subhead">
        <h3>Given up</h3>
        {mayAct && givenUp.length > 1 && (
          <Doing
            run={() => sendAll(app, givenUp)}
            label={`Send all ${givenUp.length} again`}
            tell={({ taken, tried }) => `${taken} of ${tried} taken`}
          />
        )}
      </div>
      <Table
        label={`Given up for ${shown(host)}`}
        rows={givenUp}
        keyOf={({ delivery }) => delivery}
        columns={[
          { name: 'At', cell: ({ at }) => time(at, now) },
          { name: 'Why', cell: ({ why }) => <Pill tone="bad">{shown(why)}</Pill> },
          { name: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
          { name: 'Events', isNumber: true, cell: ({ events }) => count(events) },
          { name: 'Size', isNumber: true, cell: ({ bytes: size }) => bytes(size) },
          {
            name: 'First event',
            cell: ({ first }) => first !== undefined && <code class="cut">{shown(first)}</code>,
          },
          {
            name: 'Delivery',
            cell: ({ delivery }) => <code class="soft">{delivery.slice(0, 8)}</code>,
          },
          ...(mayAct
            ? [
                {
                  name: 'Act',
                  cell: ({ delivery }: GivenUpRow) => (
                    <Act
                      path={replayOf(app, delivery)}
                      label="Send again"
                      tell={({ why }: SentAgain) => why ?? 'taken'}
                    />
                  ),
                },
              ]
            : []),
        ]}
      />
    </>
  );
}

/** One after the other, the oldest first, so that the endpoint hears of them in their order. */
async function sendAll(
  app: string,
  givenUp: readonly GivenUpRow[],
): Promise<{ taken: number; tried: number }> {
  let taken = 0;
  for (const { delivery } of givenUp.toReversed()) {
    // A request that somebody else has sent meanwhile holds up none of the others.
    const sent = await ask<SentAgain>(replayOf(app, delivery), {}).catch(() => undefined);
    if (sent !== undefined && sent.why === undefined) taken++;
  }
  return { taken, tried: givenUp.length };
}

function replayOf(app: string, delivery: string): string {
  return `${api(app, 'webhooks', delivery)}/replay`;
}
