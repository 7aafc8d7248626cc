import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Followed } from '../../gateway/protocols/console/api';
import { live, useNodes, useNow } from '../live';
import { Card, Heading, Name, Nothing, Pill } from '../parts/basics';
import { Choice, Filter, useQuery } from '../parts/filters';
import { bytes, milliseconds, plural, time } from '../text';
import type { PageProps } from './page';

const COUNTS = [
  ['1', 'the next event'],
  ['5', 'the next 5'],
  ['20', 'the next 20'],
] as const;

type Filtered = { channel: string; event: string; socket: string; count: number; probe: boolean };

/** Where did this event go, and how long was each hop? */
export function FollowPage({ app, address, me }: PageProps): JSX.Element {
  const query = useQuery(address);
  const [channel, event, socket] = ['channel', 'event', 'socket'].map(query.get) as [
    string,
    string,
    string,
  ];
  const [count, setCount] = useState('1');
  const [probe, setProbe] = useState(me.role === 'operator');
  const [armed, arm] = useState<Filtered | undefined>();
  const [followed, set] = useState<readonly Followed[]>([]);
  const now = useNow();
  const nodes = useNodes();
  useEffect(() => {
    if (armed === undefined) return undefined;
    set([]);
    return live.follow(app, armed, set);
  }, [app, armed]);
  const start = (submitted: Event): void => {
    submitted.preventDefault();
    arm({ channel, event, socket, count: Number(count), probe });
  };
  return (
    <>
      <Heading title="Follow" about="The way of the next events that fit, hop by hop." />
      <Card>
        <form class="tools" onSubmit={start}>
          <Filter
            label="Channel"
            value={channel}
            onChange={(value) => query.set('channel', value)}
          />
          <Filter label="Event" value={event} onChange={(value) => query.set('event', value)} />
          <Filter label="Socket" value={socket} onChange={(value) => query.set('socket', value)} />
          <Choice label="How many" value={count} options={COUNTS} onChange={setCount} />
          {me.role === 'operator' && (
            <label class="check">
              <input type="checkbox" checked={probe} onChange={() => setProbe(!probe)} />
              Ask pages whether they have read it
            </label>
          )}
          <button type="submit">Follow</button>
        </form>
      </Card>
      {armed !== undefined && followed.length === 0 && (
        <Card>
          <p class="nothing" role="status">
            <span class="beat" aria-hidden="true" /> Waits for an event that fits …
            {nodes.asked > 1 && ` ${nodes.answered} of ${nodes.asked} nodes look.`}
          </p>
        </Card>
      )}
      {followed.map((each) => (
        <Way key={each.id} followed={each} now={now} isOfMany={nodes.asked > 1} />
      ))}
      {armed === undefined && (
        <Card>
          <Nothing>
            Say which event, or leave all fields empty for any, and press Follow before it happens.
          </Nothing>
        </Card>
      )}
    </>
  );
}

interface WayProps {
  followed: Followed;
  now: number;
  /** The gateway is one of several. */
  isOfMany: boolean;
}

function Way({ followed, now, isOfMany }: WayProps): JSX.Element {
  const { way, event, channel, socket, at, node, hops, isOver } = followed;
  const most = Math.max(1, ...hops.map(({ ms }) => ms ?? 0));
  const arrow = way === 'in' ? '<' : '>';
  return (
    <Card
      title={
        <>
          <Name of={event} /> {arrow} <Name of={channel ?? socket ?? 'backends'} />
        </>
      }
      aside={[bytes(followed.bytes), time(at, now)].join(', ')}
    >
      <ol class="hops" aria-label={plural(hops.length, 'hop')}>
        {hops.map(({ name, ms, text, is }) => (
          <li key={name} class={is}>
            <span class="ms mono">{ms === undefined ? '…' : milliseconds(ms)}</span>
            <b>
              <Name of={name} />
            </b>
            <span>
              <Name of={text} />
            </span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${((ms ?? most) / most) * 100}%` }} />
            </span>
          </li>
        ))}
      </ol>
      <p role="status">
        {isOver ? (
          <Pill tone="plain">all that there is to see</Pill>
        ) : (
          <Pill tone="warn">on its way</Pill>
        )}
        {isOfMany && (
          <span class="soft">
            {` These are the hops at node ${node}, which accepted it. Sockets and streams of other nodes are not followed.`}
          </span>
        )}
      </p>
    </Card>
  );
}
