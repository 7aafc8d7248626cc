import t from 'tap';
import { TurnQueue } from '../../lib/brokers/joined/turn-queue';
import { noMetrics } from '../../lib/brokers/metrics';
import type { TurnReply } from '../../lib/brokers/operation';
import { systemClock } from '../../lib/util/timers';

async function someTurns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

t.test('turns that an engine refuses are sent again by a retry only', async (t) => {
  const sent: number[] = [];
  const applied: string[] = [];
  let isFull = true;
  let last = 0;
  const queue = new TurnQueue({
    clock: systemClock,
    limits: { maxTurnsInFlight: 8, maxTurnBytes: 1000, maxTurnOperations: 1 },
    metrics: noMetrics(),
    send(turn): Promise<TurnReply> {
      sent.push(turn);
      if (turn !== last + 1) return Promise.resolve({ kind: 'out_of_turn', last });
      if (isFull) return Promise.reject(new Error('OOM'));
      last = turn;
      return Promise.resolve({ kind: 'applied', results: [] });
    },
    applied: ({ operation }) =>
      void applied.push(operation.kind === 'release' ? operation.key : ''),
    fenced: () => undefined,
    lost: () => t.fail('nothing is lost'),
  });
  const say = (key: string): void => {
    queue.say({ operation: { kind: 'release', key }, answer: undefined, again: false });
  };
  queue.up();
  say('a');
  say('b');
  await someTurns();
  say('c');
  await someTurns();
  t.strictSame(sent, [1, 2], 'once each');
  queue.retry();
  await someTurns();
  t.strictSame(sent, [1, 2, 1, 2, 3], 'and once by a retry');
  isFull = false;
  queue.retry();
  await someTurns();
  queue.retry();
  await someTurns();
  t.strictSame(applied, ['a', 'b', 'c']);
});
