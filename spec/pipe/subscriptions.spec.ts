import t from 'tap';
import { Subscriptions } from '../../lib/pipe/subscriptions';
import { RuleKind, type Frame } from '../../lib/wire/frames';
import { ManualClock } from '../support/manual-clock';

function connectedSubscriptions(): {
  subscriptions: Subscriptions;
  clock: ManualClock;
  sent: Frame[];
} {
  const clock = new ManualClock();
  const sent: Frame[] = [];
  const send = (frame: Frame): boolean => sent.push(frame) > 0;
  return { subscriptions: new Subscriptions(clock, send), clock, sent };
}

t.test('only messages are conflated, and a rule says so only where it is', async (t) => {
  const { subscriptions } = connectedSubscriptions();
  subscriptions.add(['socket_existence', 'socket_message'], { events: ['move'], conflate: true });
  subscriptions.add(['socket_message'], { events: ['fire'], conflate: false });
  t.same(subscriptions.announced(), [
    { kind: RuleKind.SOCKET, channels: [], events: [] },
    { kind: RuleKind.MESSAGE, channels: [], events: ['move'], conflate: true },
    { kind: RuleKind.MESSAGE, channels: [], events: ['fire'] },
  ]);
  t.throws(() => subscriptions.add(['socket_message'], { conflate: 'yes' as never }), {
    code: 'bad_argument',
    message: 'conflate must be true or false',
  });
});

t.test('a client has as many rules as a gateway takes, and one more is refused', async (t) => {
  const { subscriptions, clock, sent } = connectedSubscriptions();
  for (let i = 0; i < 1000; i++) subscriptions.add(['channel_cache'], { channels: [`c${i}`] });
  clock.endTurn();
  t.match(sent, [{ type: 'subscribe', rules: { length: 1000 } }], 'told once');
  const one = (): void => subscriptions.add(['channel_cache'], { channels: ['one-more'] });
  t.throws(one, { code: 'bad_argument', message: 'a client may have 1000 subscriptions' });
  t.equal(subscriptions.announced().length, 1000);
  subscriptions.add(['channel_cache'], { channels: ['c7'] });
  t.equal(subscriptions.announced().length, 1000, 'the same one is one');
});

t.test('all of them fit into a HELLO', async (t) => {
  const { subscriptions } = connectedSubscriptions();
  const long = (n: number): string[] => [`${n}`.padEnd(200, 'x')];
  const fill = (): void => {
    for (let n = 0; n < 1000; n++) subscriptions.add(['channel_cache'], { channels: long(n) });
  };
  t.throws(fill, { code: 'bad_argument', message: /may take 49152 bytes/ });
});
