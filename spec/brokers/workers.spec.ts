import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import t from 'tap';
import type { Operation } from '../../lib/brokers/operation';
import { Channel } from '../../lib/brokers/workers/channel';
import {
  encodeEvent,
  type EventItem,
  type FromHost,
  type FromWorker,
  Outbox,
  readPacket,
} from '../../lib/brokers/workers/messages';
import { HostLink } from '../../lib/brokers/workers/host-link';
import { systemClock } from '../../lib/util/timers';
import { readNodeMessages } from '../../lib/wire/cluster';
import { until } from '../support/until';
import { withoutUndefined } from '../support/without-undefined';

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const text = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(9_000, 262_144, 262_145).map((length) => 'é'.repeat(length)),
  },
);
const options = fc.record(
  {
    except: fc.array(name, { minLength: 1, maxLength: 3 }),
    cacheMs: fc.nat(),
    latest: fc.string(),
    volatile: fc.constant(true),
  },
  { requiredKeys: [] },
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constant('publish' as const),
    channel: name,
    text,
    options: options.map((some) => (Object.keys(some).length === 0 ? undefined : some)),
    receipt: fc.nat(),
  }),
  fc.record({ kind: fc.constant('answer' as const), key: name, answer: text }),
  fc.record({ kind: fc.constant('socket' as const), id: name, count: fc.nat(1) }),
  fc.record({
    kind: fc.constant('member' as const),
    channel: name,
    who: fc.record({ userId: name, userInfo: fc.option(text, { nil: undefined }) }),
    count: fc.nat(),
    max: fc.constantFrom(100, Infinity),
  }),
);
const turn = fc.record({
  app: name,
  node: fc.integer({ min: 1, max: 0xffff }),
  turn: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  operations: fc.array(operation, { maxLength: 6 }),
});
const event: fc.Arbitrary<EventItem> = fc
  .record({ text, from: fc.nat(0xffff), receipt: fc.nat(), seq: fc.nat(), options })
  .map(({ options, ...rest }) => ({
    kind: 'event',
    ...{ except: undefined, cacheMs: undefined, latest: undefined, volatile: undefined },
    ...options,
    ...rest,
  }));

type Said =
  | { kind: 'turn'; call: number; turn: typeof turn extends fc.Arbitrary<infer T> ? T : never }
  | { kind: 'event'; app: string; channel: string; event: EventItem }
  | { kind: 'post'; node: number; messages: Buffer }
  | { kind: 'applied'; call: number };

const call = fc.integer({ min: 1, max: 0xffff_ffff });
const said: fc.Arbitrary<Said> = fc.oneof(
  fc.record({ kind: fc.constant('turn' as const), call, turn }),
  fc.record({ kind: fc.constant('event' as const), app: name, channel: name, event }),
  fc.record({
    kind: fc.constant('post' as const),
    node: fc.nat(0xffff),
    messages: fc.oneof(
      fc.uint8Array({ maxLength: 99 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(70_000, 300_000).map((length) => Buffer.alloc(length, 7)),
    ),
  }),
  fc.record({ kind: fc.constant('applied' as const), call }),
);

/** Says all of it over a channel whose bytes come in pieces of `piece`, and returns what is heard. */
function heard(all: readonly Said[], piece: number): Array<FromWorker | FromHost> {
  const [here] = duplexPair();
  const parts: Buffer[] = [];
  here.write = (bytes: Buffer): boolean => {
    parts.push(bytes);
    return true;
  };
  const ends: Array<() => void> = [];
  const outbox = new Outbox(new Channel(here), (run) => void ends.push(run));
  for (const each of all) say(outbox, each);
  for (const end of ends) end();

  const [there] = duplexPair();
  const messages: Array<FromWorker | FromHost> = [];
  new Channel(there).hear((packet) => readPacket(packet, (message) => void messages.push(message)));
  const bytes = Buffer.concat(parts);
  for (let at = 0; at < bytes.length; at += piece)
    there.emit('data', bytes.subarray(at, at + piece));
  return messages;
}

function say(outbox: Outbox, each: Said): void {
  if (each.kind === 'turn') outbox.turn(each.call, each.turn);
  else if (each.kind === 'applied') outbox.applied(each.call);
  else if (each.kind === 'post') outbox.post(each.node, each.messages);
  else {
    const { app, channel, event } = each;
    const bytes = encodeEvent(app, channel, event);
    if (bytes === undefined) outbox.clone({ kind: 'heard', args: [app, channel, [event]] });
    else outbox.event(bytes);
  }
}

/** The message as it is heard, in one form whether it was short or long. */
function plain(message: FromWorker | FromHost | Said): unknown {
  if (message.kind === 'call') {
    const [app, node, turn, operations] = message.args;
    return withoutUndefined({ kind: 'turn', call: message.call, app, node, turn, operations });
  }
  if (message.kind === 'heard') {
    const [app, channel, [event]] = message.args;
    return withoutUndefined({ kind: 'event', app, channel, event });
  }
  if (message.kind === 'turn' && typeof message.turn === 'object') {
    return withoutUndefined({ ...message.turn, kind: 'turn', call: message.call });
  }
  if (!('messages' in message)) return withoutUndefined(message);
  return { ...message, messages: message.messages.toString('base64') };
}

t.test(
  'a worker and its host hear what the other says, in order, in pieces of any size',
  async (t) => {
    fc.assert(
      fc.property(
        fc.array(said, { maxLength: 8 }),
        fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10_000, max: 100_000 })),
        (all, piece) => {
          const size = all.reduce((sum, each) => sum + JSON.stringify(each).length, 0);
          const found = heard(all, size > 100_000 ? Math.max(piece, 1_000) : piece);
          t.strictSame(found.map(plain), all.map(plain));
        },
      ),
      { numRuns: 60 },
    );
  },
);

t.test('a message that is too long is lost, and those behind it arrive', async (t) => {
  const [here, there] = duplexPair();
  const link = new HostLink(new Channel(here), systemClock);
  const lengths: number[] = [];
  new Channel(there).hear((packet) =>
    readPacket(packet, (message) => {
      if (message.kind !== 'post') return;
      for (const each of readNodeMessages(message.messages)) {
        if (each.kind === 'letter') lengths.push(each.text.length);
      }
    }),
  );
  for (const length of [1_400_000, 5_000_000, 3]) {
    const text = 'x'.repeat(length);
    await link.post(7, [{ kind: 'letter', from: 1, number: 1, first: 1, app: '1', text }]);
  }
  await until(() => lengths.length === 2);
  t.strictSame(lengths, [1_400_000, 3]);
});
