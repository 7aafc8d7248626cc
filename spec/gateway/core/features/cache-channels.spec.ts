import t from 'tap';
import { EventKind } from '../../../../lib/wire/frames';
import { OfflineChannels } from '../../../support/offline-channels';

const SUCCEEDED = 'pusher_internal:subscription_succeeded';

/** Every prefix that makes a cache channel; presence needs a member. */
const CACHE_CHANNELS = ['cache-x', 'private-cache-x', 'private-encrypted-cache-x'];

const missesOf = ({ told }: OfflineChannels): Array<string | undefined> =>
  told.filter(({ kind }) => kind === EventKind.CACHE_MISS).map(({ channel }) => channel);

for (const channel of CACHE_CHANNELS) {
  t.test(`on ${channel} the last event comes after succeeded, with its channel`, async (t) => {
    const node = new OfflineChannels();
    t.strictSame(node.browser().subscribe(channel), [
      { event: SUCCEEDED, data: '{}', channel },
      { event: 'pusher:cache_miss', channel, data: '{}' },
    ]);
    node.publish(channel, 'old', '1');
    node.publish(channel, 'last', '{"a":"ä"}');
    t.strictSame(node.browser().subscribe(channel), [
      { event: SUCCEEDED, data: '{}', channel },
      { event: 'last', channel, data: '{"a":"ä"}' },
    ]);
  });
}

t.test('a presence cache channel tells its members first', async (t) => {
  const node = new OfflineChannels();
  node.publish('presence-cache-x', 'last', '1');
  t.match(node.browser().subscribe('presence-cache-x', { user_id: 1 }), [
    { event: SUCCEEDED, data: /"ids":\["1"\]/ },
    { event: 'last', channel: 'presence-cache-x', data: '1' },
  ]);
});

t.test('names that only contain the word have no cache', async (t) => {
  const node = new OfflineChannels();
  for (const channel of ['my-cache-x', 'Cache-x', 'private-my-cache-x', 'cache', 'cachet-x']) {
    node.publish(channel, 'e', '1');
    t.equal(node.browser().subscribe(channel).length, 1, channel);
  }
});

t.test('the cache outlives the subscribers, and begins before there are any', async (t) => {
  const node = new OfflineChannels();
  node.publish('cache-x', 'e', '1');
  const browser = node.browser();
  browser.subscribe('cache-x');
  browser.leave();
  t.equal(node.app.channels.size, 0);
  t.match(node.browser().subscribe('cache-x'), [{}, { event: 'e', data: '1' }]);
});

t.test('after its time the event is gone and the miss is told again', async (t) => {
  const node = new OfflineChannels();
  node.publish('cache-x', 'e', '1');
  node.clock.advance(1_800_000 - 1);
  t.match(node.browser().subscribe('cache-x'), [{}, { event: 'e' }]);
  node.clock.advance(1);
  t.match(node.browser().subscribe('cache-x'), [{}, { event: 'pusher:cache_miss' }]);
  t.strictSame(missesOf(node), ['cache-x']);
});

t.test('a backend hears of one miss per empty channel, after it was occupied', async (t) => {
  const node = new OfflineChannels();
  node.browser().subscribe('cache-x');
  t.match(
    node.told.map(({ kind }) => kind),
    [EventKind.OPEN, EventKind.OCCUPIED, EventKind.CACHE_MISS],
  );
  const second = node.browser();
  t.match(second.subscribe('cache-x'), [{}, { event: 'pusher:cache_miss' }], 'browsers all hear');
  second.unsubscribe('cache-x');
  second.subscribe('cache-x');
  node.browser().subscribe('cache-y');
  t.strictSame(missesOf(node), ['cache-x', 'cache-y']);
});

t.test('client events do not enter the cache', async (t) => {
  const node = new OfflineChannels();
  const browser = node.browser();
  browser.subscribe('private-cache-x');
  browser.send({ event: 'client-x', channel: 'private-cache-x', data: 1 });
  t.match(node.browser().subscribe('private-cache-x'), [{}, { event: 'pusher:cache_miss' }]);
});

t.test('a socket that joins between two events of a turn gets each once, in order', async (t) => {
  const node = new OfflineChannels();
  const browser = node.browser();
  node.publish('cache-x', 'first', '1');
  browser.send({ event: 'pusher:subscribe', data: { channel: 'cache-x', auth: '' } });
  node.publish('cache-x', 'second', '2');
  t.match(
    browser.read().map(({ event }) => event),
    [SUCCEEDED, 'first', 'second'],
  );
});

t.test('the limits of the cache are settings', async (t) => {
  const node = new OfflineChannels({ limits: { maxCachedChannels: 1, maxCachedBytes: 50 } });
  node.publish('cache-x', 'e', '1');
  node.publish('cache-y', 'e', '1');
  t.match(node.browser().subscribe('cache-x'), [{}, { event: 'pusher:cache_miss' }]);
  node.publish('cache-y', 'e', 'x'.repeat(50));
  t.match(node.browser().subscribe('cache-y'), [{}, { event: 'pusher:cache_miss' }]);
});
