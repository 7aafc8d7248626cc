import t from 'tap';
import type { PipeOptions } from '../../../lib/pipe/options';
import { EventKind, type GapFrame } from '../../../lib/wire/frames';
import {
  connectedClient,
  scriptedClient,
  settled,
  type ScriptedClient,
} from '../../support/scripted-client';

/** Events delivered to handlers, in order: `open 1.1`, with a star when made from a snapshot. */
function listen({ client }: ScriptedClient): string[] {
  const told: string[] = [];
  const note =
    (what: string) =>
    (name: string, meta: { resync: boolean }): void =>
      void told.push(`${what} ${name}${meta.resync ? '*' : ''}`);
  client.subscribe(['socket_existence', 'socket_message', 'channel_existence']);
  client.sockets.on('open', note('open')).on('close', note('close'));
  client.channels.on('occupied', note('occupied')).on('vacated', note('vacated'));
  client.sockets.on('event', (name, id) => void told.push(`${name} ${id}`));
  client.on('gap', () => void told.push('gap'));
  client.on('reset', ({ reason }) => void told.push(`reset ${reason}`));
  return told;
}

function listening(options: Partial<PipeOptions> = {}): ScriptedClient & { told: string[] } {
  const scripted = scriptedClient(options);
  const told = listen(scripted);
  void scripted.client.connect();
  scripted.gateway.socket.open();
  return { ...scripted, told };
}

const gap = (first: number): GapFrame => ({
  type: 'gap',
  partition: 0,
  oldEpoch: 1,
  after: 0,
  newEpoch: 1,
  first,
  cause: 'overflow',
  count: first - 1,
});

const ANOTHER = new Uint8Array(16).fill(8);

t.test('a new session is told what is there, and acknowledges nothing of it', (t) => {
  const { client, gateway, clock, told } = listening();
  const ids = new Set<string>();
  client.sockets.on('open', (_id, meta) => void ids.add(meta.id));
  client.channels.on('occupied', (_name, meta) => {
    ids.add(meta.id);
    t.match(meta, { resync: true, redelivered: false, channel: 'room' });
    t.same(meta.position, { partition: 0, epoch: 1, offset: 0 });
  });
  gateway.socket.snapshot(['1.1', '2.2'], ['room']);
  gateway.socket.events({ kind: EventKind.OPEN, socketId: '3.3' });
  t.same(told, ['open 1.1*', 'open 2.2*', 'occupied room*', 'open 3.3']);
  t.equal(ids.size, 4, 'each has an id of its own');
  clock.advance(50);
  t.same(
    gateway.socket.find('ack').positions.map(({ offset }) => offset),
    [1],
  );
  t.end();
});

t.test('a snapshot may come in pieces, and is told when it is whole', (t) => {
  const { gateway, told } = listening();
  gateway.socket.snapshot(['1.1'], [], { end: false });
  gateway.socket.snapshot(['2.2'], [], { begin: false, end: false });
  t.same(told, []);
  gateway.socket.snapshot([], ['room'], { begin: false });
  t.same(told, ['open 1.1*', 'open 2.2*', 'occupied room*']);
  t.end();
});

t.test('a snapshot that does not stand where it says is a protocol error', (t) => {
  for (const wrong of [{ offset: 1 }, { offset: 2, epoch: 2 }, { offset: 2, partition: 3 }]) {
    const { gateway } = listening();
    gateway.socket.events({ event: 'a' }, { event: 'b' });
    gateway.socket.snapshot(['1.1'], [], wrong);
    t.match(gateway.socket.closed, { code: 4400 }, JSON.stringify(wrong));
  }
  t.end();
});

t.test('a stranger is introduced, and what was told already is left out but acknowledged', (t) => {
  const { gateway, clock, told } = listening();
  gateway.socket.snapshot(['1.1'], ['room']);
  gateway.socket.events(
    { kind: EventKind.OPEN },
    { kind: EventKind.OCCUPIED, socketId: '', channel: 'room' },
    { event: 'hi', socketId: '2.2' },
    { kind: EventKind.CLOSE, socketId: '3.3' },
    { kind: EventKind.VACATED, socketId: '', channel: 'hall' },
  );
  t.same(told.slice(2), [
    'open 2.2*',
    'hi 2.2',
    'open 3.3*',
    'close 3.3',
    'occupied hall*',
    'vacated hall',
  ]);
  clock.advance(50);
  t.equal(gateway.socket.find('ack').positions[0]?.offset, 5);
  t.end();
});

t.test('after a gap the truth follows, and it alone is told', (t) => {
  const { gateway, told } = listening();
  gateway.socket.snapshot(['1.1', '2.2'], ['room']);
  told.length = 0;
  gateway.socket.say(gap(10)).eventsFrom(10, { event: 'hi', socketId: '3.3' });
  gateway.socket.snapshot(['2.2', '3.3', '4.4'], [], { offset: 10 });
  gateway.socket.eventsFrom(11, { kind: EventKind.CLOSE, socketId: '2.2' });
  t.same(told, [
    'gap',
    'open 3.3*',
    'hi 3.3',
    'close 1.1*',
    'open 4.4*',
    'vacated room*',
    'close 2.2',
  ]);
  t.end();
});

t.test('a close that was made up waits for the handlers of its socket', async (t) => {
  const { client, gateway, told } = listening();
  let finish = (): void => undefined;
  client.socket('1.1').on('event', () => new Promise<void>((resolve) => (finish = resolve)));
  gateway.socket.snapshot(['1.1', '2.2']);
  gateway.socket.eventsFrom(1, { event: 'hi' });
  told.length = 0;
  gateway.socket.say(gap(9)).snapshot([], [], { offset: 8 });
  t.same(told, ['gap', 'close 2.2*']);
  finish();
  await settled();
  t.same(told, ['gap', 'close 2.2*', 'close 1.1*']);
});

t.test('a gateway that is another process has lost every socket: told after the reset', (t) => {
  const { client, gateway, clock, told } = listening();
  const reasons: unknown[] = [];
  client.sockets.on('close', (_id, meta) => void reasons.push(meta.code, meta.reason));
  gateway.socket.snapshot(['1.1', '2.2'], ['room']);
  gateway.socket.drop();
  told.length = 0;
  clock.advance(1_000);
  gateway.socket.accept();
  gateway.socket.welcome({
    verdict: 'reset',
    reason: 'unknown_session',
    session: ANOTHER,
    node: 'node-2',
  });
  t.same(told, ['reset unknown_session', 'vacated room*', 'close 1.1*', 'close 2.2*']);
  t.same(reasons, [undefined, 'node_lost', undefined, 'node_lost']);
  gateway.socket.snapshot(['9.9']);
  t.same(told.slice(4), ['open 9.9*']);
  t.end();
});

t.test('after a reset by the same process the snapshot decides', (t) => {
  const { gateway, clock, told } = listening();
  gateway.socket.snapshot(['1.1', '2.2'], ['room', 'hall']);
  gateway.socket.drop();
  told.length = 0;
  clock.advance(1_000);
  gateway.socket.accept().welcome({ verdict: 'reset', reason: 'expired', session: ANOTHER });
  t.same(told, ['reset expired']);
  gateway.socket.snapshot(['2.2', '3.3'], ['hall']);
  t.same(told, ['reset expired', 'open 3.3*', 'vacated room*', 'close 1.1*']);
  t.end();
});

t.test('disconnect and connect are a reset without the name', async (t) => {
  const { client, gateway, told } = listening();
  gateway.socket.snapshot(['1.1', '2.2']);
  told.length = 0;
  const over = client.disconnect();
  await settled();
  gateway.socket.drop(1000);
  await over;
  void client.connect();
  gateway.socket.open().snapshot(['2.2', '3.3']);
  t.same(told, ['open 3.3*', 'close 1.1*']);
});

t.test(
  'after a reset a member is told that everything moved, and what is still its own opens again',
  (t) => {
    const { client, gateway, clock, told } = listening({ group: 'game' });
    const heard: unknown[] = [];
    gateway.socket.snapshot(['1.1', '2.2'], ['room']);
    client.sockets.on('moved', (id) => void told.push(`moved ${id}`));
    client.channels.on('moved', (name) => void told.push(`moved ${name}`));
    client.socket('1.1').on('event', (name) => void heard.push(name));
    gateway.socket.drop();
    told.length = 0;
    clock.advance(1_000);
    gateway.socket.accept();
    const reset = { verdict: 'reset', reason: 'expired', session: ANOTHER, partitions: 3 } as const;
    gateway.socket.welcome({ ...reset, assigned: [] });
    t.same(told.splice(0), ['reset expired', 'moved 1.1', 'moved 2.2', 'moved room']);
    const assigned = [0, 1].map((partition) => ({
      partition,
      generation: 2,
      epoch: 1,
      firstOffset: 1,
    }));
    gateway.socket.assign(...assigned);
    gateway.socket.snapshot(['2.2', '3.3']).snapshot([], ['room'], { partition: 1 });
    t.same(told, ['open 2.2*', 'open 3.3*', 'occupied room*']);
    gateway.socket.run({ generation: 2 }, { event: 'hi', socketId: '1.1' });
    t.same(heard, [], 'handlers of a socket that moved are gone');
    t.end();
  },
);

t.test('HELLO says which snapshots have not come to their end, so that they come again', (t) => {
  const { gateway, clock, told } = listening();
  gateway.socket.events({ event: 'hi' });
  gateway.socket.snapshot(['1.1'], [], { offset: 1, end: false });
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept();
  t.match(gateway.socket.hello.positions, [{ partition: 0, offset: 1, wantsSnapshot: true }]);
  gateway.socket.welcome({ verdict: 'resumed' }).snapshot(['1.1', '2.2'], [], { offset: 1 });
  t.same(told, ['open 1.1*', 'hi 1.1', 'open 2.2*']);
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept();
  t.match(gateway.socket.hello.positions, [{ partition: 0, offset: 1 }]);
  t.notOk(gateway.socket.hello.positions[0]?.wantsSnapshot);
  t.end();
});

t.test(
  'a snapshot below what has come already counts when the events behind it have come again',
  async (t) => {
    const { client, gateway, clock, told } = listening();
    gateway.socket.snapshot(['1.1'], ['room']);
    const ends: Array<() => void> = [];
    client.sockets.on('event', () => new Promise<void>((resolve) => ends.push(resolve)));
    const events = [
      { event: 'slow', socketId: '1.1' },
      { kind: EventKind.OPEN, socketId: '2.2' },
      { kind: EventKind.CLOSE, socketId: '1.1' },
    ];
    gateway.socket.events(...events);
    client.unsubscribe(['channel_existence']).subscribe(['channel_existence']);
    gateway.socket.drop();
    told.length = 0;
    clock.advance(1_000);
    gateway.socket.accept();
    const finished = [{ first: 2, last: 2 }];
    t.match(gateway.socket.hello.positions, [{ offset: 0, finished, wantsSnapshot: true }]);
    gateway.socket.welcome({ verdict: 'resumed' });
    gateway.socket.snapshot(['1.1', '2.2'], ['hall']).run({}, ...events.slice(0, 1));
    t.same(told, [], '1.1 was open at offset 0, and is not open after offset 3');
    gateway.socket.run({ firstOffset: 3, skipped: 1 }, ...events.slice(2));
    t.same(told, ['occupied hall*'], 'the close is yet to be heard, once');
    ends[0]?.();
    await settled();
    t.same(told.slice(1), ['close 1.1']);
  },
);

t.test('a snapshot says nothing of a kind that it does not cover', (t) => {
  const { client, gateway, clock, told } = listening();
  gateway.socket.snapshot(['1.1'], ['room']);
  gateway.socket.snapshot([], ['room', 'hall'], { coversSockets: false });
  gateway.socket.snapshot(['1.1', '2.2'], [], { coversChannels: false });
  t.same(told, ['open 1.1*', 'occupied room*', 'occupied hall*', 'open 2.2*']);
  client.unsubscribe(['socket_existence']);
  gateway.socket.events({ event: 'hi', socketId: '3.3' });
  client.subscribe(['socket_existence']);
  // The event was on its way when the subscription was made.
  gateway.socket.snapshot([], ['room', 'hall'], { coversSockets: false, offset: 1 });
  t.same(told.slice(4), ['hi 3.3']);
  gateway.socket.drop();
  clock.advance(1_000);
  gateway.socket.accept();
  t.match(gateway.socket.hello.positions, [{ wantsSnapshot: true }], 'the sockets are to come');
  t.end();
});

t.test('without a subscription to opens and closes nothing is made up', (t) => {
  const { client, gateway } = connectedClient();
  const told: string[] = [];
  client.sockets.on('open', (id) => void told.push(`open ${id}`));
  client.sockets.on('close', (id) => void told.push(`close ${id}`));
  gateway.socket.snapshot(['1.1'], ['room']).events({ event: 'hi' }, { kind: EventKind.CLOSE });
  t.same(told, ['close 1.1']);
  client.subscribe(['socket_existence']);
  gateway.socket.events({ event: 'hi', socketId: '2.2' });
  t.same(told, ['close 1.1', 'open 2.2']);
  client.unsubscribe(['socket_existence']);
  gateway.socket.events({ event: 'hi', socketId: '3.3' });
  t.same(told, ['close 1.1', 'open 2.2']);
  t.end();
});
