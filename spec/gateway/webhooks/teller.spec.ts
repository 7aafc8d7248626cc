import t from 'tap';
import type { Answer, Telling } from '../../../lib/brokers/broker';
import type { App } from '../../../lib/gateway/core/model/app';
import type { WebhookEvent } from '../../../lib/gateway/webhooks/events';
import { Teller } from '../../../lib/gateway/webhooks/teller';
import { ManualClock } from '../../support/manual-clock';
import { turns } from '../../support/until';

function event(name: 'channel_occupied' | 'channel_vacated', channel: string): WebhookEvent {
  return { name, channel, userId: undefined, source: '', json: '' };
}

interface Told {
  clock: ManualClock;
  teller: Teller;
  told: string[];
  dropped: () => number;
  /** Questions to the broker. */
  asked: Array<readonly Telling[]>;
}

/** A teller of one app, whose broker answers so. */
function tellerWith(answer: (tellings: readonly Telling[]) => Answer[] | 'unavailable'): Told {
  const clock = new ManualClock();
  const told: string[] = [];
  const asked: Array<readonly Telling[]> = [];
  let dropped = 0;
  const tell = async (tellings: readonly Telling[]): Promise<Answer[] | 'unavailable'> => {
    asked.push(tellings);
    return answer(tellings);
  };
  const teller = new Teller({ broker: { tell, told: () => [] } } as unknown as App, {
    ...{ clock, maxWaiting: 600 },
    isOwn: () => true,
    tell: ({ channel }) => void told.push(channel),
    eventOf: () => undefined,
    dropped: (count) => void (dropped += count),
  });
  return { clock, teller, told, dropped: () => dropped, asked };
}

t.test('changes that no other node has told are told, in their order', async (t) => {
  const { clock, teller, told, asked } = tellerWith((tellings) =>
    tellings.map(({ channel }) => (channel === 'b' ? 'no' : 'yes')),
  );
  teller.offer(event('channel_occupied', 'a'), 1);
  teller.offer(event('channel_occupied', 'b'), 2);
  teller.offer(event('channel_vacated', 'c'), 3);
  teller.offer(event('channel_occupied', 'alone'), undefined);
  t.strictSame(told.splice(0), ['alone'], 'where there is no other node nobody is asked');
  clock.advance(0);
  await teller.idle();
  t.strictSame(told, ['a', 'c']);
  t.strictSame(
    asked.map((tellings) => tellings.map(({ present, seq }) => `${present} ${seq}`)),
    [['true 1', 'true 2', 'false 3']],
  );
});

t.test('debts of another node are told first, as what an endpoint may have', async (t) => {
  const clock = new ManualClock();
  const told: Array<[string, boolean | undefined]> = [];
  const owed = [{ channel: 'owed', userId: undefined, present: true, seq: 1 }];
  const broker = { tell: () => ['yes'], told: () => [], owed: () => owed };
  const teller = new Teller({ broker } as unknown as App, {
    ...{ clock, maxWaiting: 600 },
    isOwn: () => true,
    tell: ({ channel, mayBeTaken }) => void told.push([channel, mayBeTaken]),
    eventOf: ({ channel }) => event('channel_occupied', channel),
    dropped: () => undefined,
  });
  teller.offer(event('channel_vacated', 'new'), 2);
  teller.takeOver();
  clock.advance(0);
  await teller.idle();
  t.strictSame(told, [
    ['owed', true],
    ['new', false],
  ]);
});

t.test('a change behind a state that another node told again takes nothing back', async (t) => {
  const told: Array<boolean | undefined> = [];
  const clock = new ManualClock();
  const broker = { tell: () => ['yes', 'apart', 'no'], told: () => [] };
  const teller = new Teller({ broker } as unknown as App, {
    ...{ clock, maxWaiting: 600 },
    isOwn: () => true,
    tell: ({ mayBeTaken }) => void told.push(mayBeTaken),
    eventOf: () => undefined,
    dropped: () => undefined,
  });
  for (const seq of [1, 2, 3]) teller.offer(event('channel_vacated', 'room'), seq);
  clock.advance(0);
  await teller.idle();
  t.strictSame(told, [false, true]);
});

t.test('changes wait for a broker that is away, up to a limit', async (t) => {
  let isAway = true;
  const { clock, teller, told, dropped, asked } = tellerWith((tellings) =>
    isAway ? 'unavailable' : tellings.map(() => 'yes' as const),
  );
  const names = Array.from({ length: 601 }, (_, i) => String(i));
  names.forEach((name, i) => teller.offer(event('channel_occupied', name), i + 1));
  t.equal(dropped(), 1);
  clock.advance(0);
  await turns(3);
  isAway = false;
  t.strictSame(told, []);
  clock.advance(1_000);
  await teller.idle();
  t.strictSame(told, names.slice(0, 600));
  t.strictSame(
    asked.map(({ length }) => length),
    [500, 500, 100],
  );
});

t.test('the broker knows a state that a review has found from a change', async (t) => {
  const { clock, teller, asked } = tellerWith((tellings) => tellings.map(() => 'yes' as const));
  teller.offer({ ...event('channel_occupied', 'found'), isFound: true }, 7);
  teller.offer(event('channel_occupied', 'changed'), 7);
  clock.advance(0);
  await teller.idle();
  t.strictSame(
    asked.flat().map(({ channel, isFound = false }) => [channel, isFound]),
    [
      ['found', true],
      ['changed', false],
    ],
  );
});

t.test('a teller that is stopped drops what waits, and tells nothing more', async (t) => {
  const { clock, teller, told, dropped } = tellerWith((tellings) =>
    tellings.map(() => 'yes' as const),
  );
  teller.offer(event('channel_occupied', 'a'), 1);
  clock.advance(0);
  teller.stop();
  await teller.idle();
  await turns(3);
  t.strictSame([told, dropped()], [[], 1]);
});
