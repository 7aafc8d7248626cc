import { type ComponentType, type JSX, render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Me } from '../gateway/protocols/console/api';
import { go, href, useAddress } from './address';
import { type Link, useLink } from './live';
import { Heading } from './parts/basics';
import { BackendsPageAll } from './pages/backends';
import { ChannelPageOne, ChannelsPage } from './pages/channels';
import { ConfigPageAll, NodesPageAll } from './pages/config';
import { FindPage } from './pages/find';
import { FollowPage } from './pages/follow';
import { OverviewPage } from './pages/overview';
import type { PageProps } from './pages/page';
import { PublishPage } from './pages/publish';
import { RefusalsPage } from './pages/refusals';
import { SocketPageOne, SocketsPage } from './pages/sockets';
import { TailPage } from './pages/tail';
import { TokenPage } from './pages/token';
import { UserPageOne, UsersPage } from './pages/users';
import { WebhooksPage } from './pages/webhooks';
import { WhyPage } from './pages/why';
import { forgetToken, hasToken, Refused, takeToken, whoAmI } from './session';
import { shown } from './text';

/** Pages by the word of the address; `x/` is that of one thing. */
const PAGES: ReadonlyMap<string, ComponentType<PageProps>> = new Map<
  string,
  ComponentType<PageProps>
>([
  ['overview', OverviewPage],
  ['why', WhyPage],
  ['channels', ChannelsPage],
  ['channels/', ChannelPageOne],
  ['sockets', SocketsPage],
  ['sockets/', SocketPageOne],
  ['users', UsersPage],
  ['users/', UserPageOne],
  ['backends', BackendsPageAll],
  ['webhooks', WebhooksPage],
  ['tail', TailPage],
  ['follow', FollowPage],
  ['publish', PublishPage],
  ['refusals', RefusalsPage],
  ['config', ConfigPageAll],
  ['nodes', NodesPageAll],
  ['find/', FindPage],
]);

/** Entries of the menu: page, name, and the letter behind `g`. */
const MENU: ReadonlyArray<readonly [page: string, name: string, key: string]> = [
  ['overview', 'Overview', 'o'],
  ['why', 'Why not?', 'y'],
  ['refusals', 'Refusals', 'r'],
  ['channels', 'Channels', 'c'],
  ['sockets', 'Sockets', 's'],
  ['users', 'Users', 'u'],
  ['backends', 'Backends', 'b'],
  ['webhooks', 'Webhooks', 'w'],
  ['tail', 'Live events', 't'],
  ['follow', 'Follow', 'f'],
  ['publish', 'Publish', 'p'],
  ['nodes', 'Nodes', 'n'],
  ['config', 'Config', 'k'],
];
/** Pages about the gateway itself, for tokens that open all apps. */
const WHOLE: ReadonlySet<string> = new Set(['nodes', 'config']);

function Console(): JSX.Element {
  const [me, set] = useState<Me | undefined>();
  const [why, say] = useState('');
  const [isAsking, ask] = useState(hasToken());
  const identify = (): void => {
    ask(true);
    whoAmI().then(set, (error: unknown) => {
      ask(false);
      if (error instanceof Refused && error.status === 401) forgetToken();
      say(error instanceof Refused ? error.message : 'the gateway does not answer');
    });
  };
  useEffect(() => {
    if (hasToken()) identify();
  }, []);
  if (me !== undefined) return <Frame me={me} />;
  if (isAsking) return <div class="waits" role="status" aria-label="Loading" />;
  return <TokenPage why={why} onToken={identify} />;
}

function Frame({ me }: { me: Me }): JSX.Element {
  const address = useAddress();
  const search = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);
  const app = me.apps.includes(address.app) ? address.app : (me.apps[0] ?? '');
  const Page = PAGES.get(address.id === undefined ? address.page : `${address.page}/`);
  const place = `${app} ${address.page} ${address.id ?? ''}`;
  const name = MENU.find(([page]) => page === address.page)?.[1] ?? 'Find';
  useKeys(app, search, main);
  useEffect(() => {
    document.title = `${shown(address.id ?? name)} · Standpipe console`;
    window.scrollTo(0, 0);
  }, [place]);
  const find = (submitted: Event): void => {
    submitted.preventDefault();
    const text = search.current?.value.trim() ?? '';
    if (text === '') return;
    go(/^\d+\.\d+$/.test(text) ? href(app, 'sockets', text) : href(app, 'find', text));
    search.current?.blur();
  };
  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        To the content
      </a>
      <header class="top">
        <a class="brand" href={href(app, 'overview')}>
          <img src="icon.svg" alt="" width="28" height="28" />
          <b>Standpipe</b>
        </a>
        {me.apps.length > 1 ? (
          <label class="apps">
            <span class="unseen">App</span>
            <select
              value={app}
              onChange={(event) => go(href(event.currentTarget.value, address.page))}
            >
              {me.apps.map((each) => (
                <option key={each} value={each}>
                  app {each}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <span class="apps soft">app {app}</span>
        )}
        <form role="search" onSubmit={find}>
          <input
            ref={search}
            type="search"
            aria-label="Find a socket, user or channel"
            placeholder="Socket, user or channel    /"
            autoComplete="off"
            spellcheck={false}
          />
        </form>
        <Lamp />
        <span class="who soft" title={`token ${me.name}`}>
          {me.name} ({me.role})
        </span>
      </header>
      <nav class="menu" aria-label="Pages">
        <ul>
          {MENU.filter(([page]) => me.isWhole || !WHOLE.has(page)).map(([page, title, key]) => (
            <li key={page}>
              <a
                href={href(app, page)}
                aria-current={page === address.page ? 'page' : undefined}
                title={`g ${key}`}
              >
                {title}
              </a>
            </li>
          ))}
        </ul>
        <p class="soft version">Standpipe {me.version}</p>
      </nav>
      <main ref={main} id="main" tabIndex={-1}>
        <Away />
        {Page === undefined ? (
          <Heading title="There is no such page" />
        ) : (
          <Page key={place} me={me} app={app} address={address} />
        )}
      </main>
    </div>
  );
}

const STATES: Record<Link['is'], string> = {
  connecting: 'connecting',
  live: 'live',
  hidden: 'asleep',
  away: 'no answer',
  refused: 'refused',
};

function Lamp(): JSX.Element {
  const link = useLink();
  return (
    <span class={`lamp ${link.is}`}>
      <span aria-hidden="true" />
      {STATES[link.is]}
    </span>
  );
}

/** What is shown is old while the stream is broken: said above everything. */
function Away(): JSX.Element {
  const link = useLink();
  return (
    <div role="alert" class="away">
      {'why' in link && (
        <p class="problem">
          What you see is not up to date: {link.why}.{link.is === 'away' && ' Trying again.'}
        </p>
      )}
    </div>
  );
}

/** `/` goes to the search, `g` and a letter to a page, Esc out of a field. */
function useKeys(
  app: string,
  search: { current: HTMLInputElement | null },
  main: { current: HTMLElement | null },
): void {
  useEffect(() => {
    let isGoing = false;
    const pressed = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      const writes = target.matches('input, textarea, select');
      if (event.key === 'Escape' && writes) return target.blur();
      if (writes || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '/') {
        event.preventDefault();
        search.current?.focus();
      } else if (isGoing) {
        const page = MENU.find(([, , key]) => key === event.key)?.[0];
        if (page !== undefined) {
          go(href(app, page));
          main.current?.focus();
        }
      }
      isGoing = event.key === 'g';
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [app]);
}

takeToken();
const page = document.getElementById('page');
if (page !== null) render(<Console />, page);
