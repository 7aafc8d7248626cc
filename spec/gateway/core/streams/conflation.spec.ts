import fc from 'fast-check';
import t from 'tap';
import { Group, type GroupMember } from '../../../../lib/gateway/core/streams/group';
import { Metrics } from '../../../../lib/gateway/core/metrics';
import { InFlight } from '../../../../lib/stream/in-flight';
import { EventKind, RuleKind, type PipeEvent, type Rule } from '../../../../lib/wire/frames';
import { silent } from '../../../../lib/util/logger';
import { ROOMY } from '../../../../lib/stream/memory-watch';
import { OfflineChannels } from '../../../support/offline-channels';
import { runs } from '../../../support/depth';

const LATEST_MOVE: Rule = {
  kind: RuleKind.MESSAGE,
  channels: [],
  events: ['move*'],
  conflate: true,
};
const EVERYTHING: Rule = { kind: RuleKind.MESSAGE, channels: [], events: [] };
const OTHERS: Rule = { kind: RuleKind.MESSAGE, channels: [], events: ['fire'] };

interface GroupOptions {
  rules?: Rule[];
  order?: 'socket' | 'channel';
  maxEntries?: number;
}

/** A group with one backend, which is sent what is asked for and acknowledges it. */
function oneBackend({
  rules = [LATEST_MOVE, OTHERS],
  order = 'socket',
  maxEntries = 1000,
}: GroupOptions = {}): {
  group: Group;
  metrics: Metrics;
  offer(kind: EventKind, about: Partial<PipeEvent>): void;
  /** The next events, at most so many. */
  sent(most: number): PipeEvent[];
} {
  const { app, hub, clock } = new OfflineChannels();
  const metrics = new Metrics();
  const settings = {
    epoch: 1,
    partitions: 1,
    maxEntries,
    maxBytes: 1e6,
    revokeMs: 1000,
  };
  const group = new Group(
    app,
    { name: 'g', order, mode: 'sticky', overflow: 'gap', ...settings },
    { clock, holdback: hub.holdback, metrics, log: silent, memory: ROOMY },
  );
  const [partition] = group.partitions;
  if (partition === undefined) throw new Error('a group has a partition');
  const flight = new InFlight();
  flight.grant({ messages: 1e6, bytes: 1e9 });
  const nothing = (): void => undefined;
  const member: GroupMember = {
    name: 'm',
    rules,
    attached: true,
    gained: (partitions) => {
      for (const { log } of partitions) log.attach(log.committed, flight);
    },
    asked: nothing,
    lost: nothing,
    ready: nothing,
  };
  group.join(member);
  return {
    group,
    metrics,
    offer: (kind, about) => group.offer({ kind, socketId: '', time: 0, ...about }),
    sent(most) {
      const taken = partition.log.take(most, 1e9);
      if (taken?.type !== 'run') return [];
      partition.log.ack({ epoch: 1, offset: partition.log.sentUpTo });
      return taken.events;
    },
  };
}

/** `event data`, with what it replaced. */
const shown = (events: PipeEvent[]): string[] =>
  events.map(({ event, data, conflated }) => [event, data, conflated].filter(Boolean).join(' '));

t.test('the latest of several waiting moves is sent, with the number it replaced', async (t) => {
  const { offer, sent, metrics } = oneBackend();
  for (const data of ['1', '2', '3']) {
    offer(EventKind.MESSAGE, { socketId: '1.1', event: 'move', data });
    offer(EventKind.MESSAGE, { socketId: '2.2', event: 'move', data });
  }
  const events = sent(100);
  t.strictSame(shown(events), ['move 3 2', 'move 3 2']);
  t.ok(
    events.every(({ conflatable }) => conflatable === true),
    'the receiver may go on with it',
  );
  t.equal(metrics.pipeEventsConflated, 4);
});

t.test('a move does not overtake another conflated event of its socket', async (t) => {
  const { offer, sent } = oneBackend();
  const say = (event: string, data: string): void =>
    offer(EventKind.MESSAGE, { socketId: '1.1', event, data });
  for (const [event, data] of ['move', 'move-eye', 'move', 'move-eye'].entries()) {
    say(data, String(event + 1));
  }
  say('fire', '5');
  say('move', '6');
  t.strictSame(shown(sent(100)), [
    'move 1',
    'move-eye 2',
    'move 3',
    'move-eye 4',
    'fire 5',
    'move 6',
  ]);
});

t.test('a sent event is never changed', async (t) => {
  const { offer, sent } = oneBackend();
  offer(EventKind.MESSAGE, { socketId: '1.1', event: 'move', data: '1' });
  t.strictSame(shown(sent(100)), ['move 1']);
  offer(EventKind.MESSAGE, { socketId: '1.1', event: 'move', data: '2' });
  offer(EventKind.MESSAGE, { socketId: '1.1', event: 'move', data: '3' });
  t.strictSame(shown(sent(100)), ['move 3 1']);
});

t.test('no move overtakes another event of its socket', async (t) => {
  const { offer, sent } = oneBackend();
  const say = (event: string, data: string): void =>
    offer(EventKind.MESSAGE, { socketId: '1.1', event, data });
  say('move', '1');
  say('fire', '2');
  say('move', '3');
  offer(EventKind.MESSAGE, { socketId: '2.2', event: 'fire', data: '4' });
  say('move', '5');
  t.strictSame(shown(sent(100)), ['move 1', 'fire 2', 'move 5 1', 'fire 4']);
});

t.test('events are not replaced while another subscription wants all of them', async (t) => {
  const { offer, sent } = oneBackend({ rules: [LATEST_MOVE, EVERYTHING] });
  for (const data of ['1', '2']) offer(EventKind.MESSAGE, { socketId: '1.1', event: 'move', data });
  t.strictSame(shown(sent(100)), ['move 1', 'move 2']);
});

t.test("channels tell the same event apart; with order 'channel' they are the key", async (t) => {
  const say = (
    order: 'socket' | 'channel',
    places: Array<[id: string, channel: string]>,
  ): string[] => {
    const { offer, sent } = oneBackend({ order });
    for (const data of ['1', '2']) {
      for (const [socketId, channel] of places) {
        offer(EventKind.MESSAGE, { socketId, channel, event: 'move', data });
      }
    }
    return shown(sent(100));
  };
  const twoSockets: Array<[string, string]> = [
    ['1.1', 'a'],
    ['2.2', 'a'],
  ];
  const twoChannels: Array<[string, string]> = [
    ['1.1', 'a'],
    ['1.1', 'b'],
  ];
  const replaced = ['move 2 1', 'move 2 1'];
  const all = ['move 1', 'move 1', 'move 2', 'move 2'];
  t.strictSame(say('socket', twoSockets), replaced);
  t.strictSame(say('channel', twoChannels), replaced);
  t.strictSame(say('socket', twoChannels), all, 'the other channel came in between');
  t.strictSame(say('channel', twoSockets), all, 'the other socket came in between');
});

t.test('nothing is remembered of a socket that has gone, whoever hears of closes', async (t) => {
  const { offer, sent } = oneBackend();
  offer(EventKind.MESSAGE, { socketId: '1.1', event: 'move', data: '1' });
  offer(EventKind.CLOSE, { socketId: '1.1' });
  offer(EventKind.MESSAGE, { socketId: '1.1', event: 'move', data: '2' });
  t.strictSame(shown(sent(100)), ['move 1', 'move 2']);
});

t.test('an event dropped from a full log is not replaced, and the next one is sent', async (t) => {
  const { offer, sent, group } = oneBackend({ maxEntries: 3 });
  const [partition] = group.partitions;
  offer(EventKind.MESSAGE, { socketId: '1.1', event: 'move', data: '1' });
  for (const socketId of ['2.2', '3.3', '4.4'])
    offer(EventKind.MESSAGE, { socketId, event: 'fire' });
  offer(EventKind.MESSAGE, { socketId: '1.1', event: 'move', data: '2' });
  t.match(partition?.log.take(100, 1e9), { type: 'gap', gap: { count: 2, cause: 'overflow' } });
  t.strictSame(shown(sent(100)), ['fire', 'fire', 'move 2']);
});

const socketIds = ['1.1', '2.2'];
const names = ['move', 'move-eye', 'fire'];
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ socketId: fc.nat(1), name: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ most: fc.integer({ min: 1, max: 4 }) }) },
);

t.test('any order of arrivals and sends keeps order and count', async (t) => {
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 60 }), (steps) => {
      const { offer, sent } = oneBackend();
      const produced: Array<{ socketId: string; event: string }> = [];
      const got: PipeEvent[] = [];
      for (const each of steps) {
        if ('most' in each) {
          got.push(...sent(each.most));
          continue;
        }
        const about = { socketId: socketIds[each.socketId]!, event: names[each.name]! };
        offer(EventKind.MESSAGE, { ...about, data: String(produced.length) });
        produced.push(about);
      }
      got.push(...sent(1e6));
      const replaced = got.reduce((sum, { conflated = 0 }) => sum + conflated, 0);
      if (got.length + replaced !== produced.length) return false;
      return socketIds.every((id) => {
        const mine = got.filter(({ socketId }) => socketId === id);
        // Every stretch of one name is sent as one event at least, and as its last one at the end of it.
        const sentBefore = produced.map((p, n) => ({ ...p, n })).filter((p) => p.socketId === id);
        let at = 0;
        return mine.every(({ event = '', data, conflated = 0 }) => {
          const stretch = sentBefore.slice(at, at + conflated + 1);
          at += conflated + 1;
          const isWhole = stretch.every((p) => p.event === event);
          return (
            isWhole && stretch.at(-1)?.n === Number(data) && (event !== 'fire' || conflated === 0)
          );
        });
      });
    }),
    { numRuns: runs(500) },
  );
  t.pass('nothing overtakes, nothing is lost unsaid');
});
