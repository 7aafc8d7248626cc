import t from 'tap';
import { hmacHex } from '../../../lib/pusher/signature';
import { GivenUp } from '../../../lib/gateway/webhooks/given-up';
import type { PostOutcome } from '../../../lib/gateway/webhooks/poster';
import {
  FAILED,
  occupied,
  offlineEndpoint,
  type Post,
  SECRET,
  TAKEN,
} from '../../support/offline-endpoint';

t.test('a refused webhook is sent again, byte for byte, 1, 2, 4 … 60 s apart', async (t) => {
  const { clock, posts, metrics, offer } = offlineEndpoint({ outcome: () => FAILED });
  offer('room');
  clock.advance(600_000);
  const waits = posts.map(({ atMs }, i) => atMs - (posts[i - 1]?.atMs ?? 0)).slice(1);
  // The fifth failure in a row leaves the endpoint alone for 30 s.
  t.strictSame(waits, [1000, 2000, 4000, 8000, 30_000, 32_000, 60_000, 60_000, 60_000]);
  t.equal(new Set(posts.map(({ body, signature }) => body + signature)).size, 1);
  t.ok((posts.at(-1) as Post).atMs <= 300_000, 'until five minutes after the first');
  t.equal(metrics.webhookEventsDropped, 1);
  t.equal(metrics.webhookEventsWaiting, 0);
  t.equal(metrics.webhookFailures, posts.length);
  t.equal(clock.timers, 0);
});

t.test('the waits are spread by chance', async (t) => {
  const { clock, posts, offer } = offlineEndpoint({ outcome: () => FAILED });
  clock.chance = 0.25;
  offer('room');
  clock.advance(1750);
  t.strictSame(
    posts.map(({ atMs }) => atMs),
    [0, 250, 750, 1750],
  );
});

t.test('a channel waits for its own events and for no others', async (t) => {
  const { clock, posts, offer } = offlineEndpoint();
  offer('a', 'a', 'b', 'a');
  clock.advance(0);
  t.strictSame(
    posts.map(({ channels }) => channels),
    [['a'], ['b']],
  );
  posts[0]?.end(FAILED);
  clock.advance(0);
  t.equal(posts.length, 2, 'also while it waits for another attempt');
  clock.advance(1000);
  posts[2]?.end(TAKEN);
  posts[3]?.end(TAKEN);
  posts[4]?.end(TAKEN);
  t.strictSame(
    posts.map(({ channels }) => channels[0]),
    ['a', 'b', 'a', 'a', 'a'],
  );
});

t.test('eight requests at most are on the way', async (t) => {
  const { clock, posts, offer } = offlineEndpoint();
  offer(...Array.from({ length: 20 }, (_, i) => `room-${i}`));
  clock.advance(1000);
  t.equal(posts.length, 8);
  for (const { end } of posts.slice(0, 3)) end(TAKEN);
  t.equal(posts.length, 11);
});

t.test('a batch holds the events of 50 ms, a hundred at most', async (t) => {
  const { clock, posts, offer } = offlineEndpoint({
    webhook: { batch: true },
    outcome: () => TAKEN,
  });
  offer('a', 'b');
  clock.advance(49);
  offer('a');
  t.equal(posts.length, 0);
  clock.advance(1);
  t.strictSame(
    posts.map(({ channels }) => channels),
    [['a', 'a', 'b']],
  );
  offer(...Array.from({ length: 550 }, (_, i) => `room-${i}`));
  clock.advance(50);
  t.strictSame(
    posts.slice(1).map(({ channels }) => channels.length),
    [500, 50],
  );
});

t.test(
  'events that come while a batch is on its way share the next one, 50 ms later',
  async (t) => {
    const { clock, posts, offer } = offlineEndpoint({ webhook: { batch: true } });
    offer('a');
    clock.advance(50);
    for (let ms = 0; ms < 20; ms++) {
      offer('a');
      clock.advance(1);
    }
    posts[0]?.end(TAKEN);
    clock.advance(29);
    t.equal(posts.length, 1, 'an answer that comes soon sends no part of them');
    clock.advance(1);
    t.strictSame(
      posts.map(({ atMs, channels }) => [atMs, channels.length]),
      [
        [50, 1],
        [100, 20],
      ],
    );
  },
);

t.test('a batch ends at 64 KiB', async (t) => {
  const { clock, posts, receiver } = offlineEndpoint({ webhook: { batch: true } });
  const json = JSON.stringify({ channel: 'x'.repeat(30_000) });
  for (const channel of ['a', 'b', 'c']) receiver.offer({ ...occupied(channel), json });
  clock.advance(50);
  t.strictSame(
    posts.map(({ channels }) => channels.length),
    [2, 1],
  );
});

t.test('the signature fits the body after filtering and joining', async (t) => {
  const { clock, posts, receiver } = offlineEndpoint({
    webhook: { batch: true, events: ['channel_occupied'], channels: ['a*'] },
  });
  for (const channel of ['a1', 'b', 'a2']) receiver.offer(occupied(channel));
  receiver.offer({ ...occupied('a3'), name: 'cache_miss' });
  clock.advance(50);
  const [post] = posts as [Post];
  t.strictSame(post.channels, ['a1', 'a2']);
  t.equal(post.signature, hmacHex(SECRET, post.body));
  t.match(JSON.parse(post.body), { time_ms: clock.wall() }, 'the time is signed too');
});

t.test('an endpoint that fails is left alone for 30 s, then tried with one', async (t) => {
  let outcome: PostOutcome = FAILED;
  const { clock, posts, warnings, offer } = offlineEndpoint({ outcome: () => outcome });
  offer(...Array.from({ length: 8 }, (_, i) => `room-${i}`));
  clock.advance(29_999);
  const before = posts.length;
  t.equal(before, 8);
  t.strictSame(warnings, [
    'a webhook was not taken; it is sent again',
    'a webhook endpoint fails; it is left alone for 30 s',
  ]);
  clock.advance(1);
  t.equal(posts.length, before + 1);
  clock.advance(29_000);
  t.equal(posts.length, before + 1);
  outcome = TAKEN;
  clock.advance(1000);
  t.equal(posts.length, before + 9, 'and with everything when that succeeds');
});

t.test('the first failed attempt is told of at once, and further ones once a minute', async (t) => {
  let outcome: PostOutcome = FAILED;
  const { clock, told, offer } = offlineEndpoint({ outcome: () => outcome });
  offer('room');
  clock.advance(0);
  const line = { appId: '1', host: 'a.example', why: 'status 500' };
  t.strictSame(told, [line], 'with the host alone, because a path may hold a secret');
  outcome = TAKEN;
  clock.advance(10_000);
  for (let second = 0; second < 50; second++) {
    outcome = second % 2 === 0 ? FAILED : TAKEN;
    offer('room');
    clock.advance(500);
  }
  t.equal(told.length, 1);
  outcome = FAILED;
  clock.advance(30_000);
  offer('room');
  clock.advance(1);
  t.equal(told.length, 2);
});

t.test('an event that is always refused does not keep the endpoint shut', async (t) => {
  const { clock, posts, offer } = offlineEndpoint();
  offer('bad');
  let ended = 0;
  const run = (ms: number): void => {
    for (let turned = 0; turned < ms; turned += 100) {
      clock.advance(100);
      for (; ended < posts.length; ended++) {
        posts[ended]?.end(posts[ended]?.channels[0] === 'bad' ? FAILED : TAKEN);
      }
    }
  };
  run(20_000);
  offer('good-1', 'good-2');
  run(30_000);
  const good = posts.filter(({ channels }) => channels[0] !== 'bad');
  t.equal(good.length, 2);
});

t.test('an endpoint that is down for 10 minutes costs no more than its share', async (t) => {
  const { clock, receiver, posts, metrics, warnings, offer } = offlineEndpoint({
    limits: { maxWebhookEvents: 500 },
    outcome: () => FAILED,
  });
  let most = 0;
  for (let second = 0; second < 600; second++) {
    offer(...Array.from({ length: 10 }, (_, i) => `room-${second}-${i}`));
    most = Math.max(most, metrics.webhookEventsWaiting);
    clock.advance(1000);
  }
  t.equal(most, 500);
  const { webhookEventsDropped: dropped, webhookEventsWaiting: waiting } = metrics;
  t.equal(dropped + waiting, 6000, 'each is waiting or counted');
  t.ok(posts.length < 60, `${posts.length} requests`);
  t.ok(warnings.length < 200, `${warnings.length} warnings`);
  clock.advance(700_000);
  t.equal(metrics.webhookEventsWaiting, 0, 'and is forgotten in the end');
  t.equal(clock.timers, 0);
  await receiver.idle();
});

t.test('bytes are bounded too', async (t) => {
  const { receiver, metrics } = offlineEndpoint({ limits: { maxWebhookBytes: 1000 } });
  const json = JSON.stringify({ data: 'x'.repeat(400) });
  for (const channel of ['a', 'b', 'c']) receiver.offer({ ...occupied(channel), json });
  t.strictSame([metrics.webhookEventsWaiting, metrics.webhookEventsDropped], [2, 1]);
});

t.test('a flood brings one warning, even with room in between', async (t) => {
  const { clock, posts, metrics, warnings, offer } = offlineEndpoint({
    limits: { maxWebhookEvents: 3 },
  });
  offer('a', 'b', 'c');
  clock.advance(0);
  for (let i = 0; i < 20; i++) {
    offer(`x${i}`, `y${i}`);
    posts.at(i)?.end(TAKEN);
  }
  t.ok(metrics.webhookEventsDropped > 10);
  t.equal(warnings.length, 1);
});

t.test('idle waits for the last answer', async (t) => {
  const { clock, receiver, posts, offer } = offlineEndpoint();
  await receiver.idle();
  offer('a');
  let idle = false;
  const wait = receiver.idle().then(() => (idle = true));
  clock.advance(0);
  await Promise.resolve();
  t.equal(idle, false);
  posts[0]?.end(TAKEN);
  await wait;
  t.equal(idle, true);
});

t.test('stopped, it drops and counts what is left, and takes no more', async (t) => {
  const { clock, receiver, posts, metrics, offer } = offlineEndpoint();
  offer('a', 'b');
  clock.advance(0);
  receiver.stop();
  receiver.stop();
  offer('c');
  posts[0]?.end(TAKEN);
  clock.advance(600_000);
  t.equal(posts.length, 2);
  t.strictSame([metrics.webhookEventsDropped, metrics.webhookEventsWaiting], [2, 0]);
  t.equal(clock.timers, 0);
  await receiver.idle();
});

t.test(
  'requests that were given up can be sent again, whether or not they were tried',
  async (t) => {
    let outcome: PostOutcome = FAILED;
    const { clock, receiver, posts, metrics, offer } = offlineEndpoint({ outcome: () => outcome });
    offer('tried');
    clock.advance(30_000);
    // The endpoint is left alone: further events wait, and none of them is tried before it is too old.
    offer(...Array.from({ length: 150 }, (_, i) => `later-${i}`));
    clock.advance(700_000);
    const { givenUp, dropped } = receiver.state;
    t.equal(dropped, 151);
    t.equal(givenUp.length, 100, 'a hundred are kept');
    t.equal(givenUp.filter(({ attempts }) => attempts === 0).length > 0, true);
    const [latest] = givenUp as [(typeof givenUp)[0]];
    outcome = TAKEN;
    const before = posts.length;
    const sent = receiver.sendAgain(latest.delivery);
    t.equal(await receiver.sendAgain(latest.delivery), 'underway', 'once at a time');
    clock.advance(1);
    t.strictSame(await sent, TAKEN);
    t.equal(posts.length, before + 1);
    t.equal(posts.at(-1)?.body, latest.body.toString());
    t.equal(receiver.state.givenUp.length, 99);
    t.equal(metrics.webhookEventsSent, 1);
    t.equal(receiver.sendAgain(latest.delivery), undefined, 'what was taken is gone');
  },
);

t.test('requests that were given up take a mebibyte at most', async (t) => {
  const kept = new GivenUp();
  const owner = {};
  for (let i = 0; i < 20; i++) {
    const about = { delivery: String(i), headers: {}, body: Buffer.alloc(100 * 1024) };
    const what = { events: 1, first: '', at: 0, why: '', attempts: 1, isUnderway: false };
    kept.keep(owner, { ...about, ...what });
  }
  t.strictSame(
    kept.of(owner).map(({ delivery }) => delivery),
    ['19', '18', '17', '16', '15', '14', '13', '12', '11', '10'],
  );
});
