import t from 'tap';
import { OfflineChannels, type OfflineBrowser } from '../../../support/offline-channels';

const COUNT = 'pusher_internal:subscription_count';

function countsOf(browser: OfflineBrowser): number[] {
  return browser
    .read()
    .filter(({ event }) => event === COUNT)
    .map(
      ({ data }) =>
        (JSON.parse(data as string) as { subscription_count: number }).subscription_count,
    );
}

function counting(): OfflineChannels {
  return new OfflineChannels({ app: { subscriptionCount: true } });
}

/** A number of subscribers of a channel; the first one is given, with nothing left to read. */
function crowd(
  node: OfflineChannels,
  size: number,
): { first: OfflineBrowser; last: OfflineBrowser } {
  const browsers = Array.from({ length: size }, () => {
    const browser = node.browser();
    browser.subscribe('room');
    return browser;
  });
  const first = browsers[0] as OfflineBrowser;
  first.read();
  return { first, last: browsers.at(-1) as OfflineBrowser };
}

t.test('each subscribe and unsubscribe is told to all, the newcomer after succeeded', async (t) => {
  const node = counting();
  const [one, two, three] = [node.browser(), node.browser(), node.browser()];
  t.strictSame(one.subscribe('room').slice(1), [
    { event: COUNT, channel: 'room', data: '{"subscription_count":1}' },
  ]);
  t.strictSame(
    two.subscribe('room').map(({ event }) => event),
    ['pusher_internal:subscription_succeeded', COUNT],
  );
  t.strictSame(countsOf(one), [2]);
  three.subscribe('room');
  two.unsubscribe('room');
  three.leave();
  t.strictSame(countsOf(one), [3, 2, 1]);
  t.strictSame(countsOf(two), [3], 'who has left hears no more');
});

t.test('on cache channels the count comes after the cached event', async (t) => {
  const node = counting();
  node.publish('cache-x', 'e', '1');
  t.strictSame(
    node
      .browser()
      .subscribe('cache-x')
      .map(({ event }) => event),
    ['pusher_internal:subscription_succeeded', 'e', COUNT],
  );
});

t.test('presence channels and apps without the option have no counts', async (t) => {
  const node = counting();
  t.equal(node.browser().subscribe('presence-x', { user_id: 1 }).length, 1);
  t.equal(new OfflineChannels().browser().subscribe('room').length, 1);
});

t.test('with 100 subscribers every change is told at once, above that every 5 s', async (t) => {
  const node = counting();
  const { first } = crowd(node, 99);
  node.browser().subscribe('room');
  t.strictSame(countsOf(first), [100]);
  node.browser().subscribe('room');
  t.strictSame(countsOf(first), [101], 'the first of many is told');
  for (let i = 0; i < 3; i++) node.browser().subscribe('room');
  node.clock.advance(4999);
  t.strictSame(countsOf(first), []);
  node.clock.advance(1);
  t.strictSame(countsOf(first), [104]);
  node.clock.advance(60_000);
  t.strictSame(countsOf(first), [], 'without activity nothing is told');
  t.equal(node.clock.timers, 0);
  node.browser().subscribe('room');
  t.strictSame(countsOf(first), [105], 'after a quiet time the next change is told at once');
});

t.test('back at 100 the change is told at once and the slow one is not told again', async (t) => {
  const node = counting();
  const { first, last } = crowd(node, 102);
  last.leave();
  t.strictSame(countsOf(first), []);
  const leaving = [...node.app.sockets.keys()][1] as string;
  node.hub.close(node.app.sockets.get(leaving) as never, 1006, '');
  t.strictSame(countsOf(first), [100]);
  node.clock.advance(5000);
  t.strictSame(countsOf(first), []);
});

t.test('large channels share a timer, and an empty channel leaves no timer behind', async (t) => {
  const node = counting();
  const browsers = Array.from({ length: 101 }, () => node.browser());
  for (const browser of browsers) {
    browser.subscribe('room');
    browser.subscribe('hall');
  }
  t.equal(node.clock.timers, 1);
  for (const browser of browsers) browser.leave();
  node.clock.advance(5000);
  t.equal(node.app.channels.size, 0);
  t.equal(node.clock.timers, 0);
});

t.test(
  'the count is of connections, not of users: two connections of one user are two',
  async (t) => {
    const node = counting();
    const [one, two] = [node.browser(), node.browser()];
    one.signIn({ id: 'ann' });
    two.signIn({ id: 'ann' });
    one.subscribe('room');
    two.subscribe('room');
    t.strictSame(countsOf(one), [2]);
  },
);
