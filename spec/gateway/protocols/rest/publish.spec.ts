import t from 'tap';
import { ApiClient } from '../../../support/api-client';
import { startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';

const TOO_LARGE =
  'The data content of this event exceeds the allowed maximum (10240 bytes). ' +
  'See https://pusher.com/docs/channels/server_api/http-api#publishing-events for more info\n';

const event = { name: 'e', channel: 'room', data: 'd' };

t.test('an event reaches its channels and is answered with an empty object', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const [one, two] = [
    await TestSocket.connect(t, gateway.port),
    await TestSocket.connect(t, gateway.port),
  ];
  await one.subscribe('a');
  await two.subscribe('private-b');
  const data = '{"text":"ä \\u0001 \\" 𝄞"}';
  const answer = await api.post('/events', { name: 'hi', channels: ['a', 'private-b'], data });
  t.match(answer, { status: 200, body: '{}', headers: { 'content-type': 'application/json' } });
  t.strictSame(await one.next(), { event: 'hi', channel: 'a', data });
  t.strictSame(await two.next(), { event: 'hi', channel: 'private-b', data });
});

t.test('the one channel may stand in `channel`, and nobody need be there', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  t.match(await api.post('/events', event), { status: 200, body: '{}' });
  t.match(await api.post('/events', { ...event, channel: 'empty' }), { status: 200, body: '{}' });
  t.match(await api.post('/events', { ...event, channels: null, info: null, socket_id: null }), {
    status: 200,
    body: '{}',
  });
  t.strictSame(await socket.settled(), [
    { event: 'e', channel: 'room', data: 'd' },
    { event: 'e', channel: 'room', data: 'd' },
  ]);
});

t.test('a channel that is named twice gets the event once', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await api.post('/events', { name: 'e', channels: ['room', 'room'], data: 'd' });
  t.equal((await socket.settled()).length, 1);
});

t.test('data that is no string is delivered as its JSON text', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  for (const [data, text] of [
    [{ a: [1, null] }, '{"a":[1,null]}'],
    [12, '12'],
    [null, 'null'],
    [false, 'false'],
    ['', ''],
    ['12', '12'],
  ]) {
    await api.post('/events', { ...event, data });
    t.equal((await socket.next()).data, text);
    await api.post('/batch_events', { batch: [{ ...event, data }] });
    t.equal((await socket.next()).data, text);
  }
  const nested = (levels: number): string =>
    `{"name":"e","channel":"room","data":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  t.match(await api.post('/events', nested(1_000)), { status: 200 });
  for (const levels of [1_001, 1e5]) {
    t.match(await api.post('/events', nested(levels)), {
      status: 400,
      body: 'Invalid data: nested too deeply\n',
    });
  }
});

t.test('parameters may stand in the query; parameters of the body win', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await socket.subscribe('b=c');
  const all = await api.post('/events', '', {
    query: [
      ['name', 'from query'],
      ['data', '{"a":"1+1&2"}'],
      ['channels[]', 'room'],
      ['channels[]', 'b=c'],
      ['info', 'user_count'],
    ],
  });
  t.match(all, { status: 200, body: '{"channels":{"room":{},"b=c":{}}}' });
  const some = await api.post('/events', event, { query: [['name', 'other']] });
  t.match(some, { status: 200, body: '{}' });
  t.strictSame(await socket.settled(), [
    { event: 'from query', channel: 'room', data: '{"a":"1+1&2"}' },
    { event: 'from query', channel: 'b=c', data: '{"a":"1+1&2"}' },
    { event: 'e', channel: 'room', data: 'd' },
  ]);
});

t.test('info tells the counts of each channel as far as it has them', async (t) => {
  const gateway = await startGateway(t, { app: { subscriptionCount: true } });
  const api = new ApiClient(t, gateway);
  for (const user_id of ['1', '1', '2']) {
    const socket = await TestSocket.connect(t, gateway.port);
    await socket.subscribe('presence-x', { user_id });
    if (user_id === '2') await socket.subscribe('room');
  }
  const info = 'user_count,subscription_count';
  const channels = ['presence-x', 'room', 'presence-none', '__proto__'];
  const answer = await api.post('/events', { name: 'e', channels, data: 'd', info });
  t.equal(
    answer.body,
    '{"channels":{"presence-x":{"user_count":2,"subscription_count":3},"room":{"subscription_count":1},' +
      '"presence-none":{"user_count":0,"subscription_count":0},"__proto__":{"subscription_count":0}}}',
  );
  const users = await api.post('/events', { ...event, info: 'user_count, cache,other' });
  t.equal(users.body, '{"channels":{"room":{}}}', 'what it does not have is left out');
  const batch = [{ ...event, channel: 'presence-x', info }, event, { ...event, info }];
  t.equal(
    (await api.post('/batch_events', { batch })).body,
    '{"batch":[{"user_count":2,"subscription_count":3},{},{"subscription_count":1}]}',
  );
});

t.test('subscription counts are left out unless the app counts', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const answer = await api.post('/events', { ...event, info: 'subscription_count' });
  t.match(answer, { status: 200, body: '{"channels":{"room":{}}}' });
});

t.test('a socket is excluded by its id; any other string excludes nobody', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const [one, two] = [
    await TestSocket.connect(t, gateway.port),
    await TestSocket.connect(t, gateway.port),
  ];
  await one.subscribe('room');
  await two.subscribe('room');
  await api.post('/events', { ...event, socket_id: one.id });
  await api.post('/batch_events', { batch: [{ ...event, socket_id: one.id }, event] });
  t.equal((await one.settled()).length, 1);
  t.equal((await two.settled()).length, 3);
  for (const socket_id of ['1.1', '123123', '', 'x', 'x'.repeat(200)]) {
    t.match(await api.post('/events', { ...event, socket_id }), { status: 200, body: '{}' });
    t.equal((await one.settled()).length, 1, socket_id);
  }
  for (const socket_id of [1.1, true, ['1.1'], {}, 'x'.repeat(201)]) {
    t.match(await api.post('/events', { ...event, socket_id }), {
      status: 400,
      body: 'Invalid socket_id\n',
    });
  }
});

t.test('sockets of the list except do not get an event, beside the one of socket_id', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const sockets = [];
  for (let i = 0; i < 4; i += 1) sockets.push(await TestSocket.connect(t, gateway.port));
  for (const socket of sockets) await socket.subscribe('room');
  const [one, two, three] = sockets.map(({ id }) => id);
  await api.post('/events', { ...event, socket_id: one, except: [two, three, '1.1'] });
  await api.post('/batch_events', {
    batch: [
      { ...event, except: [one, two] },
      { ...event, except: [] },
    ],
  });
  const heard = [];
  for (const socket of sockets) heard.push((await socket.settled()).length);
  t.strictSame(heard, [1, 1, 2, 3]);
  for (const except of ['1.1', {}, 7, new Array(1001).fill('1.1')]) {
    t.match(await api.post('/events', { ...event, except }), {
      status: 400,
      body: 'Invalid except: expected a list of up to 1000 socket ids\n',
    });
  }
  for (const except of [[7], [null], [['1.1']], ['x'.repeat(201)]]) {
    t.match(await api.post('/events', { ...event, except }), {
      status: 400,
      body: 'Invalid socket_id\n',
    });
  }
});

t.test('an event for a user reaches all connections signed in as it', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const channel = '#server-to-user-ann';
  const sockets = await Promise.all([1, 2, 3].map(() => TestSocket.connect(t, gateway.port)));
  for (const [i, socket] of sockets.entries()) {
    const id = i === 2 ? 'bob' : 'ann';
    await socket.signIn({ id });
    await socket.subscribe(`#server-to-user-${id}`);
  }
  t.match(await api.post('/events', { ...event, channel }), { status: 200, body: '{}' });
  const received = await Promise.all(sockets.map((socket) => socket.settled()));
  const message = { event: 'e', channel, data: 'd' };
  t.strictSame(received, [[message], [message], []]);
  const nobody = await api.post('/events', { ...event, channel: '#server-to-user-nobody' });
  t.match(nobody, { status: 200, body: '{}' });
  t.match(await api.post('/events', { ...event, channel: '#server-to-user-' }), { status: 400 });
});

t.test('the size limit is on the UTF-8 bytes of the data, and a setting', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  for (const [unit, count] of [
    ['x', 10_240],
    ['ä', 5_120],
    ['𝄞', 2_560],
  ] as const) {
    const fits = await api.post('/events', { ...event, data: unit.repeat(count) });
    t.equal(fits.status, 200, unit);
    const large = await api.post('/events', { ...event, data: unit.repeat(count) + 'x' });
    t.match(large, { status: 413, body: TOO_LARGE });
  }
  const small = new ApiClient(t, await startGateway(t, { limits: { maxEventDataBytes: 5 } }));
  t.equal((await small.post('/events', { ...event, data: '12345' })).status, 200);
  t.match(await small.post('/events', { ...event, data: '123456' }), {
    status: 413,
    body: TOO_LARGE.replace('10240', '5'),
  });
});

t.test('a broken rule is told in plain text, and nothing is published', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  for (const channel of ['room', 'a', 'private-encrypted-a']) await socket.subscribe(channel);
  const long = 'c'.repeat(165);
  const hundred = Array.from({ length: 100 }, (_, i) => `c${i}`);
  const encrypted = 'You cannot trigger to multiple channels when using encrypted channels\n';
  const rows: Array<[object | string, string, number?]> = [
    [{ ...event, name: undefined }, 'Missing required parameter: name\n'],
    [{ ...event, name: null }, 'Missing required parameter: name\n'],
    [{ ...event, data: undefined }, 'Missing required parameter: data\n'],
    [{ ...event, channel: undefined }, 'Missing required parameter: channel\n'],
    [{ ...event, channel: null }, 'Missing required parameter: channel\n'],
    [{ ...event, channels: [] }, 'Missing required parameter: channel\n'],
    [{ ...event, channels: 'room' }, 'Invalid channels: expected a list of names\n'],
    [{ ...event, name: '' }, 'Invalid event name: \n'],
    [{ ...event, name: 7 }, 'Invalid event name: expected a string\n'],
    [{ ...event, name: 'n'.repeat(201) }, `Invalid event name: ${'n'.repeat(200)}…\n`],
    [{ ...event, name: 'pusher:e' }, 'Invalid event name: pusher:e\n'],
    [{ ...event, name: 'pusher_internal:e' }, 'Invalid event name: pusher_internal:e\n'],
    [{ ...event, channel: 'a b' }, 'Invalid channel name: a b\n'],
    [{ ...event, channel: '' }, 'Invalid channel name: \n'],
    [{ ...event, channel: '#other' }, 'Invalid channel name: #other\n'],
    [{ ...event, channel: long }, `Invalid channel name: ${long}\n`],
    [{ ...event, channels: ['room', 'ä'] }, 'Invalid channel name: ä\n'],
    [{ ...event, channels: ['room', 1] }, 'Invalid channel name: expected a string\n'],
    [{ ...event, channels: [{ toString: 1 }, []] }, 'Invalid channel name: expected a string\n'],
    [{ ...event, channels: [...hundred, 'room'] }, 'Too many channels (101 > 100)\n'],
    [{ ...event, channels: ['a', 'private-encrypted-a'] }, encrypted],
    [{ ...event, info: 1 }, 'info should be a comma separated list of attributes\n'],
    ['', 'Missing required parameter: channel\n'],
    ['[]', 'Invalid body: expected a JSON object\n'],
    ['{', 'Invalid body: expected a JSON object\n'],
    ['null', 'Invalid body: expected a JSON object\n'],
  ];
  for (const [body, text] of rows) {
    const answer = await api.post('/events', body);
    t.match(answer, {
      status: 400,
      body: text,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
  }
  t.match(await api.post('/events', Buffer.from([0x22, 0xff, 0x22])), {
    status: 400,
    body: 'Invalid body: expected UTF-8\n',
  });
  const batches: Array<[object | string, string, number?]> = [
    [{}, 'Missing required parameter: batch\n'],
    ['', 'Missing required parameter: batch\n'],
    [{ batch: {} }, 'Invalid batch: expected a list of events\n'],
    [{ batch: [event, 1] }, 'Invalid batch: expected each event to be an object\n'],
    [{ batch: new Array(11).fill(event) }, 'Batch too large (11 > 10)\n'],
    [
      { batch: [event, { ...event, channel: undefined, channels: ['a'] }] },
      'Missing required parameter: channel\n',
    ],
    [{ batch: [event, { ...event, name: undefined }] }, 'Missing required parameter: name\n'],
    [{ batch: [event, { ...event, channel: '!' }] }, 'Invalid channel name: !\n'],
    [{ batch: [event, { ...event, data: 'x'.repeat(10_241) }] }, TOO_LARGE, 413],
  ];
  for (const [body, text, status = 400] of batches) {
    t.match(await api.post('/batch_events', body), { status, body: text });
  }
  t.strictSame(await socket.settled(), [], 'nothing of it was published');
});

t.test('a batch is published in its order and answered with an empty object', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  await socket.subscribe('other');
  const batch = Array.from({ length: 10 }, (_, i) => ({
    name: `e${i}`,
    channel: i % 2 === 0 ? 'room' : 'other',
    data: String(i),
  }));
  t.match(await api.post('/batch_events', { batch }), { status: 200, body: '{}' });
  t.strictSame(
    (await socket.settled()).map(({ event }) => event),
    batch.map(({ name }) => name),
  );
  t.match(await api.post('/batch_events', { batch: [] }), { status: 200, body: '{}' });
});

t.test('the numbers of channels and of events in a batch are settings', async (t) => {
  const limits = { maxChannelsPerPublish: 2, maxEventsPerBatch: 1 };
  const api = new ApiClient(t, await startGateway(t, { limits }));
  t.match(await api.post('/events', { ...event, channels: ['a', 'b', 'c'] }), {
    body: 'Too many channels (3 > 2)\n',
  });
  t.match(await api.post('/batch_events', { batch: [event, event] }), {
    body: 'Batch too large (2 > 1)\n',
  });
});

t.test('the last event of a cache channel greets later subscribers', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  await api.post('/events', { name: 'last', channel: 'cache-x', data: '1' });
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('cache-x');
  t.strictSame(await socket.next(), { event: 'last', channel: 'cache-x', data: '1' });
});

t.test('the deprecated publish takes its body as the data and answers 202', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const [one, two] = [
    await TestSocket.connect(t, gateway.port),
    await TestSocket.connect(t, gateway.port),
  ];
  await one.subscribe('room');
  await two.subscribe('room');
  const path = '/channels/room/events';
  const sent = await api.post(path, '{"a":1} ä', {
    query: [
      ['name', 'old'],
      ['socket_id', one.id],
    ],
  });
  t.match(sent, { status: 202, body: '{}' });
  t.strictSame(await two.next(), { event: 'old', channel: 'room', data: '{"a":1} ä' });
  t.strictSame(await one.settled(), []);
  t.match(await api.post(path, 'x'), { status: 400, body: 'Missing required parameter: name\n' });
  t.match(await api.post('/channels/a%20b/events', 'x', { query: [['name', 'n']] }), {
    status: 400,
    body: 'Invalid channel name: a b\n',
  });
});
