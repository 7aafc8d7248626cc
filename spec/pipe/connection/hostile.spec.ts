import { inspect } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import type { Frame } from '../../../lib/wire/frames';
import { arbitraryEvent, arbitraryFrame } from '../../support/arbitrary-frames';
import { scriptedClient, settled, type ScriptedClient } from '../../support/scripted-client';
import { runs } from '../../support/depth';

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => void unhandled.push(reason));

/** Frames of an honest gateway, so that the client gets further than the first broken rule. */
const plausible: fc.Arbitrary<Frame> = fc.oneof(
  fc.array(arbitraryEvent, { minLength: 1, maxLength: 5 }).chain((events) =>
    fc.integer({ min: 1, max: 8 }).map((firstOffset): Frame => ({
      type: 'events',
      runs: [{ partition: 0, generation: 1, epoch: 1, firstOffset, events }],
    })),
  ),
  fc.nat(3).map((applied): Frame => ({
    type: 'commandAck',
    applied,
    refused: applied === 2 ? [{ seq: 2, code: 4211, message: '' }] : [],
    receipts: [],
  })),
);

/** A client that does everything a client can and has no error listener; or one that does nothing at all. */
function victim(busy: boolean): ScriptedClient {
  const scripted = scriptedClient({ maxOutboxEvents: 50 }, { listenToErrors: false });
  const { client } = scripted;
  void client.connect();
  if (!busy) return scripted;
  client.subscribe(['socket_existence', 'socket_message', 'channel_existence']);
  client.sockets.on('open', (id) => id !== '' && client.socket(id).trigger('hello'));
  client.sockets.on('event', async (name) => {
    await Promise.resolve();
    throw new Error(name);
  });
  client.channels.on('event', (name, channel) => void client.channel(channel).trigger(name));
  void client
    .channel('room')
    .publish('e', 1, { ack: 'delivered' })
    .catch(() => undefined);
  return scripted;
}

t.test(
  'the client neither crashes nor leaves a rejection, whatever frames a gateway sends',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(plausible, arbitraryFrame(), fc.uint8Array({ maxLength: 200 })), {
          size: 'max',
          maxLength: 40,
        }),
        fc.boolean(),
        fc.boolean(),
        async (frames, busy, welcomed) => {
          const { gateway, clock } = victim(busy);
          clock.chance = 0;
          for (const frame of frames) {
            const { socket } = gateway;
            if (socket.sent.length === 0) {
              socket.accept();
              if (welcomed) socket.welcome();
            }
            if (frame instanceof Uint8Array) socket.sayBytes(frame);
            else socket.say(frame);
            clock.advance(100);
          }
          clock.advance(60_000);
          await settled();
        },
      ),
      { numRuns: runs(300) },
    );
    t.same(unhandled, []);
  },
);

t.test('a flood of gaps, pings and welcomes makes no memory grow and no timer leak', (t) => {
  const flood: Frame[] = [
    {
      type: 'gap',
      partition: 0,
      oldEpoch: 1,
      after: 0,
      newEpoch: 1,
      first: 1,
      cause: 'unspecified',
      count: 0,
    },
    { type: 'ping', time: 1 },
    { type: 'subscribed', id: 1, error: { code: 1, message: 'no' } },
  ];
  const { client, gateway, clock } = victim(false);
  gateway.socket.open();
  for (let i = 0; i < 1_000; i += 1) gateway.socket.say(...flood);
  t.equal(client.state, 'open');
  t.ok(clock.timers <= 3);
  gateway.socket.welcome();
  t.match(gateway.socket.closed, { code: 4400 });
  t.end();
});

t.test('the nodes of a GOAWAY are not followed', (t) => {
  const { client, gateway, clock } = victim(false);
  gateway.socket.open();
  gateway.socket.say({
    type: 'goAway',
    deadlineMs: 1,
    reason: 'drain',
    nodes: ['ws://evil.example:1'],
  });
  gateway.socket.drop(4503);
  clock.advance(2_000);
  t.equal(gateway.sockets.length, 2);
  t.equal(gateway.socket.url, gateway.sockets[0]?.url);
  t.equal(client.state, 'dialing');
  t.end();
});

t.test('a gateway that accepts and closes at once is not hammered', (t) => {
  const { gateway, clock } = victim(false);
  clock.chance = 0.5;
  for (let ms = 0; ms < 60_000; ms += 100) {
    if (gateway.socket.sent.length === 0) {
      gateway.socket.open();
      gateway.socket.drop(1000);
    }
    clock.advance(100);
  }
  t.ok(gateway.sockets.length <= 10, `${gateway.sockets.length} connections in a minute`);
  t.end();
});

t.test('neither secret nor signature is in any line of the log or in any error', async (t) => {
  const secret = 'correct-horse-battery-staple';
  const { client, gateway, clock, lines, errors } = scriptedClient({
    secret,
    host: 'example.com',
    useTLS: false,
  });
  const caught: unknown[] = [];
  client.connect().catch((error: unknown) => caught.push(error));
  const { authorization = '' } = gateway.socket.options.headers;
  gateway.socket.fail('read ECONNRESET');
  clock.advance(30_000);
  gateway.socket.open();
  gateway.socket.say({ type: 'error', code: 4500, message: 'broken' });
  gateway.socket.sayBytes(Uint8Array.of(1, 2, 3));
  clock.advance(30_000);
  gateway.socket.refuse(500, 'failed');
  clock.advance(30_000);
  gateway.socket.refuse(401, '{"error":{"code":"bad_signature","message":"no"}}');
  await settled();
  const said = inspect([lines, errors, caught, client], { depth: 10, showHidden: true });
  t.ok(errors.length >= 3);
  t.notMatch(said, secret);
  t.notMatch(said, authorization.split('auth_signature=')[1] ?? 'none');
  t.notMatch(gateway.sockets.map(({ url }) => url).join(), 'auth_');
});
