import fc from 'fast-check';
import t from 'tap';
import type { WebhookEventName } from '../../../lib/gateway/options/options';
import type { WebhookEvent } from '../../../lib/gateway/webhooks/events';
import { Grace } from '../../../lib/gateway/webhooks/grace';
import { ManualClock } from '../../support/manual-clock';

function event(name: WebhookEventName, channel = 'c', userId?: string): WebhookEvent {
  return { name, channel, userId, source: '', json: '' };
}

function grace(
  maxWaiting = 100,
  isSure?: () => boolean,
): { clock: ManualClock; grace: Grace; told: string[] } {
  const clock = new ManualClock();
  const told: string[] = [];
  const tell = ({ name, channel, userId = '' }: WebhookEvent): void => {
    told.push(`${name} ${channel} ${userId}`.trim());
  };
  return { clock, grace: new Grace(clock, maxWaiting, tell, isSure), told };
}

t.test('only leaves wait, for 3 s', async (t) => {
  const { clock, grace: kept, told } = grace();
  for (const name of ['channel_occupied', 'client_event', 'cache_miss'] as const) {
    kept.offer(event(name));
  }
  t.equal(told.length, 3);
  kept.offer(event('member_removed', 'c', 'u'));
  kept.offer(event('channel_vacated'));
  clock.advance(2999);
  t.equal(told.length, 3);
  clock.advance(1);
  t.strictSame(told.slice(3), ['member_removed c u', 'channel_vacated c']);
});

t.test('a return in time cancels both, of the same channel and user only', async (t) => {
  const { clock, grace: kept, told } = grace();
  kept.offer(event('channel_vacated', 'a'));
  kept.offer(event('member_removed', 'a', 'u'));
  kept.offer(event('channel_occupied', 'b'));
  kept.offer(event('member_added', 'a', 'v'));
  kept.offer(event('member_added', 'b', 'u'));
  t.strictSame(told, ['channel_occupied b', 'member_added a v', 'member_added b u']);
  kept.offer(event('channel_occupied', 'a'));
  kept.offer(event('member_added', 'a', 'u'));
  clock.advance(10_000);
  t.equal(told.length, 3);
});

t.test('a channel that flaps is told at most once in 3 s', async (t) => {
  const { clock, grace: kept, told } = grace();
  for (let i = 0; i < 10_000; i++) {
    kept.offer(event('channel_occupied'));
    kept.offer(event('channel_vacated'));
    clock.advance(1);
  }
  t.strictSame(told, ['channel_occupied c']);
  clock.advance(3000);
  t.strictSame(told, ['channel_occupied c', 'channel_vacated c']);
});

t.test('with its number kept back, further ones are told at once', async (t) => {
  const { grace: kept, told } = grace(2);
  for (const channel of ['a', 'b', 'c']) kept.offer(event('channel_vacated', channel));
  t.strictSame(told, ['channel_vacated c']);
});

t.test('at its end it tells what it kept, and then of nobody who leaves', async (t) => {
  const { clock, grace: kept, told } = grace();
  kept.offer(event('channel_vacated', 'a'));
  kept.end();
  kept.offer(event('channel_vacated', 'b'));
  kept.offer(event('subscription_count', 'b'));
  kept.offer(event('channel_occupied', 'c'));
  clock.advance(10_000);
  t.strictSame(told, ['channel_vacated a', 'channel_occupied c']);
  t.equal(clock.timers, 0);
});

t.test('a change that is offered again under its number is told once', async (t) => {
  const { clock, grace: kept, told } = grace();
  for (let i = 0; i < 3; i++) {
    kept.offer(event('channel_occupied'), 1);
    kept.offer(event('member_added', 'c', 'u'), 2);
    clock.advance(10_000);
  }
  for (let i = 0; i < 3; i++) {
    kept.offer(event('channel_vacated'), 3);
    clock.advance(10_000);
  }
  t.strictSame(told, ['channel_occupied c', 'member_added c u', 'channel_vacated c']);
});

t.test('at any times the told events alternate and end in the present state', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5000), { maxLength: 200, size: 'max' }), (pauses) => {
      const { clock, grace: kept, told } = grace();
      let there = false;
      for (const pause of pauses) {
        there = !there;
        kept.offer(event(there ? 'channel_occupied' : 'channel_vacated'));
        clock.advance(pause);
      }
      clock.advance(3000);
      const alternate = told.every(
        (name, i) => name === (i % 2 === 0 ? 'channel_occupied c' : 'channel_vacated c'),
      );
      return alternate && (told.length % 2 === 1) === there;
    }),
  );
});

t.test('leaves wait on while another node may have told what came behind them', async (t) => {
  let isSure = false;
  const { clock, grace: kept, told } = grace(100, () => isSure);
  kept.offer(event('channel_vacated'), 1);
  clock.advance(10_000);
  t.strictSame(told, []);
  isSure = true;
  clock.advance(3000);
  t.strictSame(told, ['channel_vacated c']);
});

t.test(
  'leaves that are given away are told by the next node, unless it knows better',
  async (t) => {
    const { clock, grace: kept, told } = grace();
    for (const [i, channel] of ['a', 'b', 'c'].entries()) {
      kept.offer(event('channel_vacated', channel), i + 1);
    }
    const next = grace();
    next.grace.offer(event('channel_occupied', 'b'), 5);
    for (const { event: leave, seq } of kept.handOver((channel) => channel !== 'c')) {
      next.grace.offer(leave, seq);
    }
    clock.advance(3000);
    next.clock.advance(3000);
    t.strictSame(told, ['channel_vacated c']);
    t.strictSame(next.told, ['channel_occupied b', 'channel_vacated a']);
  },
);

t.test('a leave that is given away and comes back is told', async (t) => {
  const { clock, grace: kept, told } = grace();
  kept.offer(event('channel_vacated'), 2);
  for (const { event: leave, seq } of kept.handOver(() => true)) kept.offer(leave, seq);
  clock.advance(3000);
  t.strictSame(told, ['channel_vacated c']);
});

t.test('an arrival that is offered again does not undo a later leave', async (t) => {
  const { clock, grace: kept, told } = grace();
  kept.offer(event('channel_occupied'), 1);
  kept.offer(event('channel_vacated'), 2);
  kept.offer(event('channel_occupied'), 1);
  clock.advance(3000);
  t.strictSame(told, ['channel_occupied c', 'channel_vacated c']);
});
