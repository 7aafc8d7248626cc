import t from 'tap';
import {
  EventKind,
  type Conflated,
  type PartitionPosition,
  type PipeEvent,
} from '../../../lib/wire/frames';
import { connectedClient, settled } from '../../support/scripted-client';

/** Handlers that run until they are told to end, by what they were called with. */
function pending(): {
  started: string[];
  run(what: string): Promise<void>;
  finish(what: string): Promise<void>;
} {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    run: (what) => {
      started.push(what);
      return new Promise<void>((resolve) => ends.set(what, resolve));
    },
    finish: (what) => {
      ends.get(what)?.();
      return settled();
    },
  };
}

t.test('events of a user go by the user, whichever socket brought them', async (t) => {
  const { client, gateway } = connectedClient();
  const { started, run, finish } = pending();
  client.users.on('online', (id) => run(`online ${id}`));
  client.users.on('offline', (id) => run(`offline ${id}`));
  gateway.socket.events(
    { kind: EventKind.USER_OFFLINE, userId: 'ada', socketId: '1.1' },
    { kind: EventKind.USER_ONLINE, userId: 'ada', socketId: '2.2' },
    { kind: EventKind.USER_ONLINE, userId: 'bob', socketId: '1.1' },
  );
  t.same(started, ['offline ada', 'online bob']);
  await finish('offline ada');
  t.same(started, ['offline ada', 'online bob', 'online ada']);
});

t.test(
  'events of a channel’s members go by the channel, whichever socket brought them',
  async (t) => {
    const { client, gateway } = connectedClient();
    const { started, run, finish } = pending();
    client.channels.on('member_added', (name, id) => run(`${name} added ${id}`));
    client.channels.on('member_removed', (name, id) => run(`${name} removed ${id}`));
    client.channels.on('vacated', (name) => run(`${name} vacated`));
    const channel = 'presence-a';
    gateway.socket.events(
      { kind: EventKind.MEMBER_REMOVED, channel, userId: 'ada', socketId: '1.1' },
      { kind: EventKind.MEMBER_ADDED, channel, userId: 'ada', socketId: '2.2' },
      { kind: EventKind.VACATED, channel, socketId: '' },
      { kind: EventKind.MEMBER_ADDED, channel: 'presence-b', userId: 'ada', socketId: '1.1' },
    );
    t.same(started, ['presence-a removed ada', 'presence-b added ada']);
    await finish('presence-a removed ada');
    await finish('presence-a added ada');
    t.equal(started.at(-1), 'presence-a vacated');
  },
);

t.test(
  'slow keys delay only themselves: by default as many run as the credit lets come',
  async (t) => {
    const { client, gateway } = connectedClient();
    const { started, run } = pending();
    client.sockets.on('event', (name, id) => run(`${id} ${name}`));
    const slow = Array.from({ length: 1_000 }, (_, n) => ({ event: 'slow', socketId: `${n}.1` }));
    gateway.socket.events(...slow);
    gateway.socket.events({ event: 'quick', socketId: '2.2' });
    t.equal(started.length, 1_001);
    t.equal(started.at(-1), '2.2 quick');
  },
);

const move = (data: string, change: Partial<PipeEvent> = {}): Partial<PipeEvent> => ({
  event: 'move',
  data,
  conflatable: true,
  ...change,
});

t.test('the latest of conflated events replaces the one before it', async (t) => {
  const { client, gateway, clock } = connectedClient();
  const { started, run, finish } = pending();
  client.sockets.on('event', (name, id, data, { conflated }) =>
    run([id, name, data, conflated].join(' ')),
  );
  gateway.socket.events(move('1'), move('2'), move('3', { conflated: 4 }), move('4'));
  t.same(started, ['1.1 move 1 0'], 'what runs has its place');
  clock.advance(50);
  t.match(
    gateway.socket.find('ack').positions,
    [{ offset: 0, finished: [{ first: 2, last: 3 }], conflated: [{ offset: 4, count: 6 }] }],
    'what was replaced is finished, and counted',
  );
  await finish('1.1 move 1 0');
  t.same(started, ['1.1 move 1 0', '1.1 move 4 6'], 'and counted');
});

t.test(
  'counts of conflated events are told again in HELLO, until their event is finished',
  async (t) => {
    const { client, gateway, clock } = connectedClient();
    const { run, finish } = pending();
    client.sockets.on('event', (name, id, data) => run([id, name, data].join(' ')));
    gateway.socket.events(move('1'), move('2'), move('3'));
    clock.advance(50);
    t.match(gateway.socket.find('ack').positions, [{ conflated: [{ offset: 3, count: 1 }] }]);
    gateway.socket.events(move('4', { socketId: '2.2' }));
    await finish('2.2 move 4');
    clock.advance(50);
    t.equal(gateway.socket.find('ack').positions[0]?.conflated, undefined, 'once a connection');
    const again = (): Conflated[] | undefined => {
      gateway.socket.drop();
      clock.advance(1_000);
      gateway.socket.accept();
      const { conflated } = gateway.socket.hello.positions[0] as PartitionPosition;
      const assigned = [{ partition: 0, generation: 1, epoch: 1, firstOffset: 1 }];
      gateway.socket.welcome({ verdict: 'resumed', assigned });
      return conflated;
    };
    t.same(again(), [{ offset: 3, count: 1 }]);
    await finish('1.1 move 1');
    await finish('1.1 move 3');
    t.equal(again(), undefined);
  },
);

t.test('but nothing overtakes another event of its key', async (t) => {
  const { client, gateway } = connectedClient();
  const { started, run, finish } = pending();
  client.sockets.on('event', (name, id, data) => run([id, name, data].join(' ')));
  client.channels.on('event', (name, channel, _id, data) => run([channel, name, data].join(' ')));
  gateway.socket.events(
    { event: 'first', data: '0' },
    move('1'),
    move('2', { channel: 'room' }),
    move('3'),
    { event: 'stop', data: '4' },
    move('5'),
    move('6', { socketId: '2.2' }),
    { event: 'move', data: '7' },
    move('8'),
  );
  const all = ['1.1 first 0', '1.1 move 1', 'room move 2', '1.1 move 3', '1.1 stop 4'];
  for (const each of all) await finish(each);
  t.same(started, [all[0], '2.2 move 6', ...all.slice(1), '1.1 move 7'], '5 gave way to 7');
  await finish('1.1 move 7');
  t.equal(started.at(-1), '1.1 move 8', '7 is one that must be told');
});

t.test('a wait of hours holds one event of a conflated name', async (t) => {
  const { client, gateway } = connectedClient({ credit: { messages: 100 } });
  const { started, run, finish } = pending();
  client.sockets.on('event', (name, id, data) => run([id, name, data].join(' ')));
  for (let n = 1; n <= 10_000; n += 1) gateway.socket.events(move(`${n}`));
  t.equal(client.state, 'open', 'what was replaced gives its credit back');
  await finish('1.1 move 1');
  t.same(started, ['1.1 move 1', '1.1 move 10000']);
});
