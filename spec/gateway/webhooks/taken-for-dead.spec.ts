import t from 'tap';
import { FAILED, offlineEndpoint, shared, TAKEN } from '../../support/offline-endpoint';

t.test('a gateway that was taken for dead sends nothing again that others tell', async (t) => {
  const { clock, receiver, posts, metrics, offer } = offlineEndpoint({ webhook: { batch: true } });
  let settled = 0;
  receiver.offer(shared('refused', () => settled++));
  clock.advance(50);
  posts[0]?.end(FAILED);
  receiver.offer(shared('on its way', () => settled++));
  offer('own');
  clock.advance(50);
  t.strictSame(posts[1]?.channels, ['on its way', 'own']);
  receiver.offer(shared('waiting', () => settled++));
  receiver.leave();
  t.equal(settled, 2, 'what was refused or waits is left');
  posts[1]?.end(FAILED);
  t.equal(settled, 3, 'and what is not taken');
  clock.advance(1000);
  t.strictSame(posts[2]?.channels, ['own'], 'what nobody else tells is sent again');
  t.not(posts[2]?.signature, posts[1]?.signature, 'and signed anew');
  posts[2]?.end(TAKEN);
  clock.advance(600_000);
  t.equal(posts.length, 3);
  t.equal(metrics.webhookEventsWaiting, 0);
  t.equal(metrics.webhookEventsSent, 1);
});

t.test('a gateway that may be taken for dead sends nothing until it knows', async (t) => {
  const doubt = { isInDoubt: true };
  const { clock, receiver, posts } = offlineEndpoint({ outcome: () => TAKEN, broker: doubt });
  receiver.offer(shared('room'));
  clock.advance(5000);
  t.equal(posts.length, 0);
  doubt.isInDoubt = false;
  clock.advance(1000);
  t.equal(posts.length, 1);
  t.equal(clock.timers, 0);
});
