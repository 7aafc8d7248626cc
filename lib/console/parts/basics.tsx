import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Asked, Fault } from '../../gateway/protocols/console/api';
import { href } from '../address';
import type { Answer } from '../live';
import { ask } from '../session';
import { plural, shown } from '../text';

type Children = { children: ComponentChildren };

/** A name from outside. */
export function Name({ of }: { of: string }): JSX.Element {
  return <bdi class="name">{shown(of)}</bdi>;
}

export function Heading({
  title,
  about,
  children,
}: {
  title: ComponentChildren;
  about?: ComponentChildren;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="heading">
      <h1 tabIndex={-1}>{title}</h1>
      {about !== undefined && <p class="soft">{about}</p>}
      {children !== undefined && <div class="tools">{children}</div>}
    </div>
  );
}

export function Card({
  title,
  aside,
  children,
  kind = '',
}: Children & {
  title?: ComponentChildren;
  aside?: ComponentChildren;
  kind?: string;
}): JSX.Element {
  return (
    <section class={`card ${kind}`}>
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {aside !== undefined && <span class="soft">{aside}</span>}
        </header>
      )}
      {children}
    </section>
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'plain';

export function Pill({ tone, children }: Children & { tone: Tone }): JSX.Element {
  return <span class={`pill ${tone}`}>{children}</span>;
}

/** Numbers with their names. */
export function Facts({ of }: { of: ReadonlyArray<[string, ComponentChildren]> }): JSX.Element {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Nothing({ children }: Children): JSX.Element {
  return <p class="nothing">{children}</p>;
}

/** The answer when it is there, and otherwise what there is to say. */
export function Shown<T>({
  answer: { value, fault },
  children,
  missing,
}: {
  answer: Answer<T>;
  children: (value: T) => ComponentChildren;
  missing?: ComponentChildren;
}): JSX.Element {
  if (value !== undefined) return <>{children(value)}</>;
  if (fault === undefined) return <div class="waits" role="status" aria-label="Loading" />;
  if (fault.status === 404 && missing !== undefined) return <Nothing>{missing}</Nothing>;
  return <Problem fault={fault} />;
}

export function Problem({ fault }: { fault: Fault }): JSX.Element {
  return (
    <p class="problem" role="alert">
      {fault.status}: {fault.message}
    </p>
  );
}

/** Part of a list, and nodes that are missing in it. */
export function Extent({
  shown: items,
  total,
  what,
  nodes,
}: {
  shown: number;
  total: number;
  what: string;
  nodes: Asked;
}): JSX.Element {
  const all = items < total ? `${items} of ${plural(total, what)}` : plural(total, what);
  return (
    <p class="extent soft">
      {all}
      {nodes.asked > 1 && `, ${nodes.answered} of ${nodes.asked} nodes answered`}
    </p>
  );
}

export function SocketLink({ app, id }: { app: string; id: string }): JSX.Element {
  return (
    <a class="mono" href={href(app, 'sockets', id)}>
      <Name of={id} />
    </a>
  );
}

export function ChannelLink({ app, name }: { app: string; name: string }): JSX.Element {
  return (
    <a href={href(app, 'channels', name)}>
      <Name of={name} />
    </a>
  );
}

export function UserLink({ app, id }: { app: string; id: string }): JSX.Element {
  return (
    <a href={href(app, 'users', id)}>
      <Name of={id} />
    </a>
  );
}

type Outcome = { is: 'idle' | 'asked' } | { is: 'done' | 'failed'; text: string };

interface DoingProps<T> {
  run: () => Promise<T>;
  label: string;
  sure?: string;
  tell: (answer: T) => string;
}

/** A button that does something, and says what came of it. Acts that close anything are asked for twice. */
export function Doing<T>({ run, label, sure, tell }: DoingProps<T>): JSX.Element {
  const [outcome, set] = useState<Outcome>({ is: 'idle' });
  const [isSure, setSure] = useState(sure === undefined);
  const click = (): void => {
    if (!isSure) return setSure(true);
    set({ is: 'asked' });
    run().then(
      (answer) => set({ is: 'done', text: tell(answer) }),
      (error: Error) => set({ is: 'failed', text: error.message }),
    );
    setSure(sure === undefined);
  };
  return (
    <span class="act">
      <button
        type="button"
        class={sure !== undefined && isSure ? 'danger' : 'quiet'}
        disabled={outcome.is === 'asked'}
        onClick={click}
        onBlur={() => setSure(sure === undefined)}
      >
        {sure !== undefined && isSure ? sure : label}
      </button>
      <span role="status" class={outcome.is === 'failed' ? 'wrong' : 'soft'}>
        {outcome.is === 'asked' ? 'asked …' : 'text' in outcome ? outcome.text : ''}
      </span>
    </span>
  );
}

/** A button that posts to one path. */
export function Act<T>({
  path,
  ...rest
}: Omit<DoingProps<T>, 'run'> & { path: string }): JSX.Element {
  return <Doing run={() => ask<T>(path, {})} {...rest} />;
}
