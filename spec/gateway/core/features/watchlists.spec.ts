import fc from 'fast-check';
import t from 'tap';
import { OfflineChannels, type OfflineBrowser } from '../../../support/offline-channels';
import type { Message } from '../../../support/test-socket';

interface Lists {
  online?: string[];
  offline?: string[];
}

/** Contents of watchlist messages, in their order. */
function listsOf(messages: Message[]): Lists[] {
  return messages
    .filter(({ event }) => event === 'pusher_internal:watchlist_events')
    .map(({ data }) => {
      const { events } = JSON.parse(data as string) as {
        events: Array<{ name: string; user_ids: string[] }>;
      };
      return Object.fromEntries(events.map(({ name, user_ids }) => [name, user_ids]));
    });
}

function signedIn(node: OfflineChannels, id: string): OfflineBrowser {
  const browser = node.browser();
  browser.signIn({ id });
  return browser;
}

t.test('the present state comes once, after signin_success, without empty lists', async (t) => {
  const node = new OfflineChannels();
  signedIn(node, 'bob');
  const messages = node.browser().signIn({ id: 'ann', watchlist: ['bob', 'cid', 'bob'] });
  t.strictSame(messages.slice(1), [
    {
      event: 'pusher_internal:watchlist_events',
      data: '{"events":[{"name":"online","user_ids":["bob"]},{"name":"offline","user_ids":["cid"]}]}',
    },
  ]);
  const only = (watchlist: string[]): Lists[] =>
    listsOf(node.browser().signIn({ id: 'eve', watchlist }));
  t.strictSame(only(['bob']), [{ online: ['bob'] }]);
  t.strictSame(only(['cid']), [{ offline: ['cid'] }]);
  t.strictSame(only([]), []);
});

t.test('online is the first connection of a user, offline the last one gone for 3 s', async (t) => {
  const node = new OfflineChannels();
  const ann = node.browser();
  ann.signIn({ id: 'ann', watchlist: ['bob'] });
  const one = signedIn(node, 'bob');
  t.strictSame(listsOf(ann.read()), [{ online: ['bob'] }]);
  const two = signedIn(node, 'bob');
  one.leave();
  node.clock.advance(10_000);
  t.strictSame(ann.read(), [], 'another connection is still there');
  two.leave();
  node.clock.advance(2999);
  t.strictSame(ann.read(), []);
  node.clock.advance(1);
  t.strictSame(listsOf(ann.read()), [{ offline: ['bob'] }]);
  t.equal(node.clock.timers, 0);
});

t.test('a user who is back within 3 s was never gone for its watchers', async (t) => {
  const node = new OfflineChannels();
  const ann = node.browser();
  ann.signIn({ id: 'ann', watchlist: ['bob'] });
  const bob = signedIn(node, 'bob');
  ann.read();
  bob.leave();
  node.clock.advance(2000);
  const cid = node.browser();
  const first = cid.signIn({ id: 'cid', watchlist: ['bob'] });
  t.strictSame(listsOf(first), [{ online: ['bob'] }]);
  signedIn(node, 'bob');
  node.clock.advance(10_000);
  t.strictSame([...ann.read(), ...cid.read()], []);
});

t.test('4302: the first 100 are accepted, signin_success comes all the same', async (t) => {
  const node = new OfflineChannels();
  const ids = Array.from({ length: 101 }, (_, i) => `u${i}`);
  const messages = node.browser().signIn({ id: 'ann', watchlist: ids });
  t.match(messages, [
    { event: 'pusher:signin_success' },
    {
      event: 'pusher:error',
      data: {
        code: 4302,
        message: 'Watchlist limit exceeded. Only the first 100 user IDs are accepted',
      },
    },
    { event: 'pusher_internal:watchlist_events' },
  ]);
  t.strictSame(listsOf(messages), [{ offline: ids.slice(0, 100) }]);
  t.equal(node.app.watched.size, 100);
  const enough = node.browser().signIn({ id: 'bob', watchlist: ids.slice(0, 100) });
  t.notOk(enough.some(({ event }) => event === 'pusher:error'));
});

t.test('a second sign-in brings another watchlist', async (t) => {
  const node = new OfflineChannels();
  const ann = node.browser();
  ann.signIn({ id: 'ann', watchlist: ['bob'] });
  t.strictSame(listsOf(ann.signIn({ id: 'ann', watchlist: ['cid'] })), [{ offline: ['cid'] }]);
  signedIn(node, 'bob');
  t.strictSame(ann.read(), []);
  signedIn(node, 'cid');
  t.strictSame(listsOf(ann.read()), [{ online: ['cid'] }]);
});

t.test('an app may switch watchlists off', async (t) => {
  const node = new OfflineChannels({ app: { watchlists: false } });
  const messages = node.browser().signIn({ id: 'ann', watchlist: ['bob'] });
  t.match(messages, [{ event: 'pusher:signin_success' }]);
  t.equal(messages.length, 1);
  t.equal(node.app.watched.size, 0);
});

t.test('nothing stays behind when watchers and watched are gone', async (t) => {
  const node = new OfflineChannels();
  const browsers = [0, 1, 2].map((i) => {
    const browser = node.browser();
    browser.signIn({ id: `u${i}`, watchlist: ['u0', 'u1', 'u2', 'x'] });
    return browser;
  });
  for (const browser of browsers) browser.leave();
  node.clock.advance(3000);
  t.equal(node.app.watched.size, 0);
  t.equal(node.app.users.size, 0);
  t.equal(node.clock.timers, 0);
});

t.test(
  'after any actions of users each watcher knows the present users and has heard only changes',
  async () => {
    const USERS = ['a', 'b', 'c'];
    const step = fc.oneof(
      fc.record({ do: fc.constant('in' as const), user: fc.constantFrom(...USERS) }),
      fc.record({ do: fc.constant('out' as const), user: fc.constantFrom(...USERS) }),
      fc.record({ do: fc.constant('pass' as const), ms: fc.nat(5000) }),
      fc.record({ do: fc.constant('watch' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const node = new OfflineChannels();
        const present = new Map<string, OfflineBrowser[]>(USERS.map((user) => [user, []]));
        const watchers: Array<{ browser: OfflineBrowser; online: Map<string, boolean> }> = [];
        const hear = (
          { browser, online }: (typeof watchers)[number],
          first = browser.read(),
        ): void => {
          for (const lists of listsOf(first)) {
            for (const [name, is] of [
              ['online', true],
              ['offline', false],
            ] as const) {
              for (const user of lists[name] ?? []) {
                if (online.get(user) === is) throw new Error(`${user} was ${name} before`);
                online.set(user, is);
              }
            }
          }
        };
        for (const each of steps) {
          if (each.do === 'pass') node.clock.advance(each.ms);
          else if (each.do === 'in') present.get(each.user)?.push(signedIn(node, each.user));
          else if (each.do === 'out') present.get(each.user)?.pop()?.leave();
          else {
            const watcher = { browser: node.browser(), online: new Map<string, boolean>() };
            watchers.push(watcher);
            hear(watcher, watcher.browser.signIn({ id: 'watcher', watchlist: USERS }));
          }
          watchers.forEach((watcher) => hear(watcher));
        }
        node.clock.advance(3000);
        return watchers.every((watcher) => {
          hear(watcher);
          return USERS.every(
            (user) => watcher.online.get(user) === (present.get(user)?.length ?? 0) > 0,
          );
        });
      }),
    );
  },
);

t.test('a long watchlist counts towards the share of its connection', async (t) => {
  const node = new OfflineChannels();
  const unitsOf = (users: number): number => {
    const before = node.budget.spent;
    const watchlist = Array.from({ length: users }, (_, i) => `user-${i}`);
    node.browser().signIn({ id: 'ann', watchlist });
    return node.budget.spent - before;
  };
  t.ok(unitsOf(100) - unitsOf(0) >= 10, 'as much as ten messages');
});
