import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { api, href } from '../address';
import { Card, Heading, Nothing } from '../parts/basics';
import { ask } from '../session';
import { plural } from '../text';
import type { PageProps } from './page';

export function PublishPage({ app, address: { query }, me }: PageProps): JSX.Element {
  const [channel, setChannel] = useState(query.get('channel') ?? '');
  const [event, setEvent] = useState('');
  const [data, setData] = useState('{}');
  const [except, setExcept] = useState('');
  const [said, say] = useState<{ isWrong: boolean; text: string } | undefined>();
  if (me.role !== 'operator') {
    return (
      <>
        <Heading title="Publish" />
        <Card>
          <Nothing>This token may look, and change nothing.</Nothing>
        </Card>
      </>
    );
  }
  const publish = (submitted: Event): void => {
    submitted.preventDefault();
    const body = { channel, event, data, ...(except !== '' && { except }) };
    ask<{ sockets: number }>(api(app, 'events'), body).then(
      ({ sockets }) => say({ isWrong: false, text: `written to ${plural(sockets, 'socket')}` }),
      (error: Error) => say({ isWrong: true, text: error.message }),
    );
  };
  const field = (
    label: string,
    value: string,
    set: (value: string) => void,
    isNeeded = true,
  ): JSX.Element => (
    <label class="field">
      <span>{label}</span>
      <input
        value={value}
        required={isNeeded}
        autoComplete="off"
        spellcheck={false}
        onInput={(input) => set(input.currentTarget.value)}
      />
    </label>
  );
  return (
    <>
      <Heading
        title="Publish"
        about="One event to one channel, by the rules of the HTTP API. It goes to real browsers."
      />
      <Card>
        <form class="form" onSubmit={publish}>
          {field('Channel', channel, setChannel)}
          {field('Event', event, setEvent)}
          <label class="field">
            <span>Data</span>
            <textarea
              rows={5}
              value={data}
              spellcheck={false}
              onInput={(input) => setData(input.currentTarget.value)}
            />
          </label>
          {field('All but this socket', except, setExcept, false)}
          <p class="tools">
            <button type="submit">Publish</button>
            <a class="button quiet" href={href(app, 'follow', undefined, { channel, event })}>
              Follow it
            </a>
            <span role="status" class={said?.isWrong === true ? 'wrong' : 'soft'}>
              {said?.text ?? ''}
            </span>
          </p>
        </form>
      </Card>
    </>
  );
}
