import type { Test } from 'tap';
import type { Telling } from '../../lib/brokers/broker';
import { until } from '../support/until';
import type { TestNode } from './test-node';

/** States that observers outside the cluster are told of, by three nodes of one engine. */
export function holdsTellings(
  t: Test,
  cluster: (t: Test) => Promise<[TestNode, TestNode, TestNode]>,
): void {
  const state = (present: boolean, seq: number, channel = 'room', userId?: string): Telling => ({
    ...{ channel, userId, present, seq },
  });

  t.test('a change is told by one node, and no state twice in a row', async (t) => {
    const [a, b] = await cluster(t);
    const asks = async ({ app }: TestNode, ...tellings: Telling[]): Promise<unknown> =>
      app.tell(tellings);
    t.strictSame(await asks(a, state(true, 5)), ['yes']);
    t.strictSame(await asks(b, state(true, 5)), ['no'], 'another node has told it');
    t.strictSame(await asks(a, state(true, 5)), ['yes'], 'asked again, as after a cut');
    const found = { ...state(true, 5), isFound: true };
    t.strictSame(await asks(a, found), ['no'], 'found as well');
    const other = { ...state(true, 6, 'found'), isFound: true };
    t.strictSame(await asks(a, other, other), ['yes', 'yes'], 'found, and asked again');
    t.strictSame(await asks(a, state(true, 6, 'found')), ['no'], 'its change comes behind');
    t.strictSame(await asks(b, state(true, 8)), ['no'], 'the same state, by a later change');
    t.strictSame(await asks(b, state(true, 8)), ['no']);
    t.strictSame(await asks(b, state(false, 7)), ['no'], 'a change that came before it');
    t.strictSame(await asks(a, state(false, 9), state(true, 10)), ['yes', 'yes']);
    t.strictSame(await asks(b, state(false, 9)), ['no']);
    t.strictSame(await asks(b, state(false, 11)), ['yes']);
    t.strictSame(await asks(a, state(false, 11), state(false, 12)), ['no', 'no']);
    t.strictSame(await asks(a, state(true, 10)), ['no']);
    const ann = state(true, 3, 'room', 'ann');
    t.strictSame(await asks(a, ann, { ...ann, userId: 'bob' }), ['yes', 'yes'], 'each by itself');
    t.strictSame(await asks(b, ann, { ...ann, present: false, seq: 4 }), ['no', 'yes']);
    t.strictSame(await asks(a, state(false, 2, 'unknown')), ['yes']);
  });

  t.test('changes that a node owed when it was gone are given to one other node', async (t) => {
    const [a, b, c] = await cluster(t);
    const all = [state(true, 3, 'b'), state(true, 2, 'a'), state(false, 4, 'a', 'ann')];
    t.strictSame(await a.app.tell(all), ['yes', 'yes', 'yes']);
    t.strictSame(await a.app.tell([state(true, 5, 'taken')]), ['yes']);
    t.strictSame(await a.app.told([{ ...state(true, 5, 'taken'), isLast: true }]), []);
    t.strictSame(await b.app.owed(() => true), [], 'nobody is gone');
    const numbers = [a.broker.node, b.broker.node] as const;
    await a.broker.leave();
    await until(() => [b, c].every(({ broker }) => !broker.nodes.has(numbers[0])));
    const owed = async (
      { app }: TestNode,
      isMeant: (channel: string) => boolean,
    ): Promise<string[]> => {
      const tellings = await app.owed(isMeant);
      if (tellings === 'unavailable') throw new Error('the engine is away');
      return tellings.map(({ channel, userId, present, seq }) =>
        [seq, channel, userId ?? '', present ? 'there' : 'gone'].join(' '),
      );
    };
    t.strictSame(await owed(b, (channel) => channel === 'a'), ['2 a  there', '4 a ann gone']);
    t.strictSame(await owed(c, () => true), ['3 b  there'], 'what no other node has taken');
    t.strictSame(await owed(b, () => true), []);
    await b.broker.leave();
    await until(() => !c.broker.nodes.has(numbers[1]));
    t.strictSame(await owed(c, () => true), ['2 a  there', '4 a ann gone'], 'it owed them, too');
  });

  t.test('a state that is taken late is followed by the one that was told last', async (t) => {
    const [a, b, c] = await cluster(t);
    const settle = async ({ app }: TestNode, telling: Telling, isLast = true): Promise<unknown> =>
      app.told([{ ...telling, isLast }]);
    const ann = (present: boolean, seq: number): Telling => state(present, seq, 'room', 'ann');
    t.strictSame(await a.app.tell([state(true, 1), ann(true, 2)]), ['yes', 'yes']);
    t.strictSame(await b.app.tell([state(false, 3), ann(false, 4)]), ['yes', 'yes']);
    t.strictSame(await settle(b, state(false, 3)), [], 'nothing came behind it');
    t.strictSame(await settle(a, state(true, 1)), [state(false, 3)]);
    t.strictSame(await settle(a, state(true, 1)), [state(false, 3)], 'asked again, as after a cut');
    t.strictSame(await settle(a, ann(true, 2), false), [], 'the node has told more behind it');
    t.strictSame(await settle(c, ann(true, 2)), [], 'it did not owe this');
    const apart = 'what another node told again is taken back by nobody';
    t.strictSame(await b.app.tell([state(true, 5), ann(true, 5)]), ['apart', 'yes'], apart);
    t.strictSame(await b.app.tell([state(true, 5)]), ['apart'], 'asked again');
    t.strictSame(await b.app.tell([state(false, 6)]), ['apart']);
    t.strictSame(await settle(b, state(true, 5)), [state(false, 6)]);
    const number = a.broker.node;
    await a.broker.leave();
    await until(() => [b, c].every(({ broker }) => !broker.nodes.has(number)));
    t.strictSame(await c.app.owed(() => true), [state(false, 3)], 'the node owed it');
    t.strictSame(await settle(c, state(false, 3), false), []);
  });

  t.test('differences to what was told are found', async (t) => {
    const [a, b] = await cluster(t);
    const untold = async ({ app }: TestNode): Promise<string[]> => {
      const found: Telling[] = [];
      for await (const piece of app.untold()) found.push(...piece);
      return found
        .map(({ channel, userId = '', present }) => `${present ? '+' : '-'} ${channel} ${userId}`)
        .sort();
    };
    await a.subscriptions('first', 1);
    await a.member('presence-x', 'first', 1);
    t.strictSame(await untold(b), [], 'nothing is known: all of it was told');
    t.strictSame(await untold(b), []);
    const late = await a.app.tell([state(true, 2, 'presence-x', 'first')]);
    t.strictSame(late, ['yes'], 'a change that was on its way');
    const seq = 1_000;
    for (let i = 0; i < 300; i++) void a.subscriptions(`room-${i}`, 1);
    await a.member('presence-x', 'ann', 1);
    await a.subscriptions('first', 0);
    await a.member('presence-x', 'first', 0);
    const rooms = Array.from({ length: 300 }, (_, i) => `+ room-${i} `);
    const left = ['- first ', '- presence-x first'];
    t.strictSame(await untold(b), [...rooms, '+ presence-x ann', ...left].sort());
    await b.app.tell(Array.from({ length: 300 }, (_, i) => state(true, seq + i, `room-${i}`)));
    await b.app.tell([state(true, seq, 'presence-x', 'ann'), state(false, seq, 'first')]);
    await b.app.tell([state(false, seq, 'presence-x', 'first')]);
    t.strictSame(await untold(a), []);
    await a.subscriptions('room-7', 0);
    t.strictSame(await untold(a), ['- room-7 ']);
  });
}
