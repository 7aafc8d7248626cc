import type { JSX } from 'preact';
import type { Explanation, Step } from '../../gateway/protocols/console/api';
import { api, href } from '../address';
import { useAnswer } from '../live';
import { Act, Card, Heading, Name, Shown } from '../parts/basics';
import { Filter, useQuery } from '../parts/filters';
import { milliseconds } from '../text';
import type { PageProps } from './page';

const MARKS: Record<Step['is'], string> = { ok: '✓', no: '✕', unknown: '?' };
const SAYS: Record<Step['is'], string> = { ok: 'well', no: 'not well', unknown: 'not known' };
const TITLES: Record<Step['about'], string> = {
  socket: 'Socket',
  channel: 'Channel',
  published: 'Published',
  written: 'Written',
  read: 'Read',
  backends: 'Backends',
};

/** Why did this browser not get that event on this channel? */
export function WhyPage({ app, address, me }: PageProps): JSX.Element {
  const query = useQuery(address);
  const [who, channel, event] = ['who', 'channel', 'event'].map(query.get) as [
    string,
    string,
    string,
  ];
  return (
    <>
      <Heading
        title="Why not?"
        about="Why did a browser not get an event? The first step that is not well is the reason."
      >
        <Filter
          label="Socket or user"
          value={who}
          placeholder="123.456"
          onChange={(value) => query.set('who', value)}
        />
        <Filter label="Channel" value={channel} onChange={(value) => query.set('channel', value)} />
        <Filter label="Event" value={event} onChange={(value) => query.set('event', value)} />
      </Heading>
      {who === '' ? (
        <Card>
          <p class="nothing">
            Whose event is missing? Give a socket id, which pusher-js has as
            pusher.connection.socket_id, or a user.
          </p>
        </Card>
      ) : (
        <Reason app={app} question={{ who, channel, event }} isOperator={me.role === 'operator'} />
      )}
    </>
  );
}

function Reason({
  app,
  question,
  isOperator,
}: {
  app: string;
  question: { who: string; channel: string; event: string };
  isOperator: boolean;
}): JSX.Element {
  const answer = useAnswer<Explanation>(api(app, 'explain', undefined, question));
  return (
    <Shown
      answer={answer}
      missing="No such socket or user: it was never here, is connected to another environment, or was gone too long ago to be remembered."
    >
      {({ socket, steps, verdict }) => {
        const isWell = steps.every(({ is }) => is !== 'no');
        return (
          <>
            <section class={`verdicts ${isWell ? 'well' : ''}`} role="status">
              <p>
                <b>{isWell ? 'Nothing is wrong here. ' : ''}</b>
                <Name of={verdict} />
              </p>
            </section>
            <Card title="Step by step">
              <ol class="steps">
                {steps.map(({ is, about, text }) => (
                  <li key={about + text} class={is}>
                    <span class="mark" aria-hidden="true">
                      {MARKS[is]}
                    </span>
                    <span class="unseen">{SAYS[is]}: </span>
                    <b>{TITLES[about]}</b>
                    <span>
                      <Name of={text} />
                      {about === 'read' && isOperator && socket !== undefined && (
                        <Act
                          path={`${api(app, 'sockets', socket)}/probe`}
                          label="Probe"
                          tell={({ tookMs }: { tookMs?: number }) =>
                            tookMs === undefined
                              ? 'no answer in 10 s, which proves nothing: busy, asleep, or a client without pings'
                              : `read: the page answered after ${milliseconds(tookMs)}`
                          }
                        />
                      )}
                    </span>
                  </li>
                ))}
              </ol>
              <p class="tools">
                {socket !== undefined && (
                  <a class="button quiet" href={href(app, 'sockets', socket)}>
                    The socket
                  </a>
                )}
                {question.channel !== '' && (
                  <a
                    class="button quiet"
                    href={href(app, 'follow', undefined, {
                      channel: question.channel,
                      event: question.event,
                    })}
                  >
                    Follow the next event
                  </a>
                )}
              </p>
            </Card>
          </>
        );
      }}
    </Shown>
  );
}
