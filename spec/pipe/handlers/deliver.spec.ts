import fc from 'fast-check';
import t from 'tap';
import { EventKind } from '../../../lib/wire/frames';
import { connectedClient, settled } from '../../support/scripted-client';

/** Names that have broken registries and emitters before. */
const EVIL = [
  ...[
    'error',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '*',
    'event',
  ],
  ...[
    'open',
    'close',
    'connected',
    'disconnected',
    'newListener',
    'removeListener',
    'event:',
    'event:event',
  ],
  ...[
    'push',
    'length',
    'then',
    'catch',
    'emit',
    'on',
    'off',
    'once',
    'all',
    'undefined',
    'null',
    'NaN',
    '0',
    '-1',
  ],
  ...[
    ' ',
    '\0',
    '\n',
    '\u2028',
    '\u{1f600}',
    '',
    '__defineGetter__',
    '{}',
    '[object Object]',
    'x'.repeat(200),
  ],
];

t.test('events of sockets come with the arguments of 2011, and meta last', (t) => {
  const { client, gateway } = connectedClient();
  const calls: unknown[][] = [];
  const note =
    (label: string) =>
    (...args: unknown[]): void =>
      void calls.push([label, ...args.slice(0, -1)]);
  client.sockets
    .on('open', note('open'))
    .on('close', note('close'))
    .on('event', note('sockets event'))
    .on('event:hi', note('sockets event:hi'));
  client
    .socket('1.1')
    .on('close', note('socket close'))
    .on('event', note('socket event'))
    .on('event:hi', note('socket event:hi'));
  gateway.socket.events(
    { kind: EventKind.OPEN },
    { event: 'hi', data: '{"a":1}' },
    { event: 'other', data: '"text"' },
    { event: 'hi', socketId: '2.2', data: '2' },
    { kind: EventKind.CLOSE, code: 1001, reason: 'gone' },
  );
  t.same(calls, [
    ['open', '1.1'],
    ['sockets event', 'hi', '1.1', { a: 1 }],
    ['sockets event:hi', '1.1', { a: 1 }],
    ['socket event', 'hi', { a: 1 }],
    ['socket event:hi', { a: 1 }],
    ['sockets event', 'other', '1.1', 'text'],
    ['socket event', 'other', 'text'],
    ['sockets event', 'hi', '2.2', 2],
    ['sockets event:hi', '2.2', 2],
    ['close', '1.1'],
    ['socket close'],
  ]);
  t.end();
});

t.test('events of channels come with the arguments of 2011, and only to channels', (t) => {
  const { client, gateway } = connectedClient();
  const calls: unknown[][] = [];
  const note =
    (label: string) =>
    (...args: unknown[]): void =>
      void calls.push([label, ...args.slice(0, -1)]);
  client.sockets.on('event', note('sockets'));
  client.socket('1.1').on('event', note('socket'));
  client.channels
    .on('occupied', note('occupied'))
    .on('vacated', note('vacated'))
    .on('event', note('channels event'))
    .on('event:hi', note('channels event:hi'));
  client
    .channel('room')
    .on('occupied', note('channel occupied'))
    .on('vacated', note('channel vacated'))
    .on('event', note('channel event'))
    .on('event:hi', note('channel event:hi'));
  gateway.socket.events(
    { kind: EventKind.OCCUPIED, channel: 'room', socketId: '' },
    { event: 'hi', channel: 'room', data: '1' },
    { event: 'hi', channel: 'hall', data: '2' },
    { kind: EventKind.VACATED, channel: 'room', socketId: '' },
  );
  t.same(calls, [
    ['occupied', 'room'],
    ['channel occupied'],
    ['channels event', 'hi', 'room', '1.1', 1],
    ['channels event:hi', 'room', '1.1', 1],
    ['channel event', 'hi', '1.1', 1],
    ['channel event:hi', '1.1', 1],
    ['channels event', 'hi', 'hall', '1.1', 2],
    ['channels event:hi', 'hall', '1.1', 2],
    ['vacated', 'room'],
    ['channel vacated'],
  ]);
  t.end();
});

t.test('meta says where, when, from whom, and has an id of its own for each event', (t) => {
  const { client, gateway } = connectedClient();
  const ids = new Set<string>();
  client.channels.on('event', (_event, _channel, _socket, _data, meta) => {
    ids.add(meta.id);
    t.match(meta, {
      channel: 'room',
      userId: 'u1',
      position: { partition: 0, epoch: 1 },
      redelivered: true,
      time: 5,
    });
  });
  client.sockets.on('close', (_id, meta) => {
    ids.add(meta.id);
    t.match(meta, { channel: undefined, redelivered: false, code: 4100, reason: 'slow' });
  });
  const from = { channel: 'room', event: 'e', userId: 'u1', redelivered: true, time: 5 };
  gateway.socket.events(from, from, { kind: EventKind.CLOSE, code: 4100, reason: 'slow' });
  t.equal(ids.size, 3);
  t.end();
});

t.test('data that is absent or no JSON is undefined', (t) => {
  const { client, gateway } = connectedClient();
  const got: unknown[] = [];
  client.sockets.on('event:e', (_id, data) => void got.push(data));
  gateway.socket.events({ event: 'e' }, { event: 'e', data: '{bad' }, { event: 'e', data: 'null' });
  t.same(got, [undefined, undefined, null]);
  t.end();
});

t.test('names such as error, __proto__ and constructor are ordinary event names', (t) => {
  const { client, gateway, errors } = connectedClient();
  const heard: string[] = [];
  client.sockets.on('event', (name) => void heard.push(name));
  const sound = EVIL.filter((name) => name !== '');
  const named: string[] = [];
  for (const name of sound) client.sockets.on(`event:${name}`, () => void named.push(name));
  gateway.socket.events(...EVIL.map((event) => ({ event, data: '1' })));
  t.same(heard, EVIL);
  t.same(named, sound);
  t.same(
    sound.filter((name) => !client.channel('room').trigger(name)),
    [],
  );
  t.same(errors, []);
  t.equal(({} as { polluted?: unknown }).polluted, undefined);
  t.end();
});

t.test(
  'names such as error, __proto__ and constructor are ordinary channel names and socket ids',
  (t) => {
    const { client, gateway, errors } = connectedClient();
    const heard: string[] = [];
    const channels = EVIL.filter((name) => /^[\w\-=@,.;]{1,164}$/.test(name));
    for (const name of channels) client.channel(name).on('event', () => void heard.push(name));
    gateway.socket.events(...channels.map((channel) => ({ channel, event: 'e' })));
    t.same(heard, channels);
    const ids = EVIL.filter((name) => name !== '' && name.length <= 100);
    const closed: string[] = [];
    for (const id of ids) client.socket(id).on('close', () => void closed.push(id));
    gateway.socket.events(...ids.map((socketId) => ({ kind: EventKind.CLOSE, socketId })));
    t.same(closed, ids);
    t.same(errors, []);
    t.end();
  },
);

t.test('a handler that throws or rejects is reported and stops nobody else', async (t) => {
  const { client, gateway, errors } = connectedClient();
  const heard: string[] = [];
  client.sockets.on('event:e', () => {
    throw new TypeError('first');
  });
  client.sockets.on('event:e', () => Promise.reject(new RangeError('second')));
  client.sockets.on('event:e', () => void heard.push('third'));
  client.socket('1.1').on('event:e', () => void heard.push('fourth'));
  gateway.socket.events({ event: 'e' });
  await settled();
  t.same(heard, ['third', 'fourth']);
  t.match(errors, [
    { code: 'handler_failed', cause: { name: 'TypeError', message: 'first' } },
    { code: 'handler_failed', cause: { name: 'RangeError', message: 'second' } },
  ]);
});

t.test('a failing handler of error is logged and not told of itself', (t) => {
  const { client, gateway, lines } = connectedClient();
  client.on('error', () => {
    throw new Error('again');
  });
  client.sockets.on('event:e', () => {
    throw new Error('first');
  });
  gateway.socket.events({ event: 'e' });
  t.match(lines, [{ level: 'error', details: { code: 'handler_failed' } }]);
  t.end();
});

t.test(
  'the events of one socket wait for its handlers, those of other sockets do not',
  async (t) => {
    const { client, gateway } = connectedClient();
    const heard: string[] = [];
    const waiting: Array<() => void> = [];
    client.sockets.on('event', (name, id) => {
      heard.push(`${id} ${name}`);
      return id === '1.1' ? new Promise<void>((resolve) => waiting.push(resolve)) : undefined;
    });
    gateway.socket.events({ event: 'a' }, { event: 'b' }, { socketId: '2.2', event: 'c' });
    t.same(heard, ['1.1 a', '2.2 c']);
    waiting.shift()?.();
    await settled();
    t.same(heard, ['1.1 a', '2.2 c', '1.1 b']);
  },
);

t.test('per socket, handlers see what was sent in its order, whatever they await', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('1.1', '2.2', '3.3'), fc.nat(3)), {
        size: 'max',
        maxLength: 60,
      }),
      async (sent) => {
        const { client, gateway, clock } = connectedClient();
        const heard = new Map<string, number[]>([
          ['1.1', []],
          ['2.2', []],
          ['3.3', []],
        ]);
        client.sockets.on('event:e', async (id, data) => {
          const { n, ticks } = data as { n: number; ticks: number };
          for (let i = 0; i < ticks; i += 1) await Promise.resolve();
          heard.get(id)?.push(n);
        });
        const wanted = new Map<string, number[]>([
          ['1.1', []],
          ['2.2', []],
          ['3.3', []],
        ]);
        gateway.socket.events(
          ...sent.map(([socketId, ticks], n) => {
            wanted.get(socketId)?.push(n);
            return { socketId, event: 'e', data: JSON.stringify({ n, ticks }) };
          }),
        );
        await settled();
        t.same(heard, wanted);
        clock.advance(50);
        if (sent.length > 0) t.equal(gateway.socket.find('ack').positions[0]?.offset, sent.length);
      },
    ),
    { numRuns: 30 },
  );
});
