import * as fc from 'fast-check';
import t from 'tap';
import * as messages from '../../lib/pusher/messages';
import { codePoint } from '../support/code-point';

interface Frame {
  event: string;
  channel?: string;
  data?: unknown;
  user_id?: string;
}

function decode(text: string): Frame {
  return JSON.parse(text) as Frame;
}

function decodeData(text: string): unknown {
  const { data } = decode(text);
  if (typeof data !== 'string') throw new Error(`data is no string: ${text}`);
  return JSON.parse(data);
}

const anyText = fc.string({ unit: codePoint, maxLength: 40 });

t.test('the handshake has its data as a string and an activity timeout', async (t) => {
  t.equal(
    messages.connectionEstablished('123.456', 120),
    '{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"123.456\\",\\"activity_timeout\\":120}"}',
  );
});

t.test('a pong has empty data', async (t) => {
  t.equal(messages.PONG, '{"event":"pusher:pong","data":"{}"}');
});

t.test('a subscription succeeds with empty data, or with the members of the channel', async (t) => {
  t.equal(
    messages.subscriptionSucceeded('my-channel'),
    '{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"my-channel"}',
  );
  const members = [
    { userId: '1', userInfo: '{"name":"a"}' },
    { userId: '2', userInfo: undefined },
  ];
  t.equal(
    messages.subscriptionSucceeded('presence-x', members.map(messages.listedMember)),
    '{"event":"pusher_internal:subscription_succeeded","channel":"presence-x",' +
      '"data":"{\\"presence\\":{\\"count\\":2,\\"ids\\":[\\"1\\",\\"2\\"],' +
      '\\"hash\\":{\\"1\\":{\\"name\\":\\"a\\"},\\"2\\":null}}}"}',
  );
  t.same(decodeData(messages.subscriptionSucceeded('presence-x', [])), {
    presence: { count: 0, ids: [], hash: {} },
  });
});

t.test('members come and go with string ids and data that is a string', async (t) => {
  t.equal(
    messages.memberAdded('presence-x', { userId: '1', userInfo: '{"name":"a"}' }),
    '{"event":"pusher_internal:member_added","channel":"presence-x",' +
      '"data":"{\\"user_id\\":\\"1\\",\\"user_info\\":{\\"name\\":\\"a\\"}}"}',
  );
  t.equal(
    messages.memberAdded('presence-x', { userId: '1', userInfo: undefined }),
    '{"event":"pusher_internal:member_added","channel":"presence-x","data":"{\\"user_id\\":\\"1\\"}"}',
  );
  t.equal(
    messages.memberRemoved('presence-x', '1'),
    '{"event":"pusher_internal:member_removed","channel":"presence-x","data":"{\\"user_id\\":\\"1\\"}"}',
  );
});

t.test('counts and cache misses name their channel', async (t) => {
  t.equal(
    messages.subscriptionCount('c', 7),
    '{"event":"pusher_internal:subscription_count","channel":"c","data":"{\\"subscription_count\\":7}"}',
  );
  t.equal(
    messages.cacheMiss('cache-c'),
    '{"event":"pusher:cache_miss","channel":"cache-c","data":"{}"}',
  );
});

t.test('signin and watchlist events have string data and no channel', async (t) => {
  t.equal(
    messages.signinSuccess('{"id":"1"}'),
    '{"event":"pusher:signin_success","data":"{\\"user_data\\":\\"{\\\\\\"id\\\\\\":\\\\\\"1\\\\\\"}\\"}"}',
  );
  t.equal(
    messages.watchlistEvents(['b'], []),
    '{"event":"pusher_internal:watchlist_events",' +
      '"data":"{\\"events\\":[{\\"name\\":\\"online\\",\\"user_ids\\":[\\"b\\"]}]}"}',
  );
  t.same(decodeData(messages.watchlistEvents(['a'], ['b', 'c'])), {
    events: [
      { name: 'online', user_ids: ['a'] },
      { name: 'offline', user_ids: ['b', 'c'] },
    ],
  });
});

t.test('an error is the one message whose data is an object', async (t) => {
  t.equal(
    messages.errorMessage(4301, 'rate "limit"'),
    '{"event":"pusher:error","data":{"code":4301,"message":"rate \\"limit\\""}}',
  );
  t.equal(
    messages.errorMessage(null, 'no code'),
    '{"event":"pusher:error","data":{"code":null,"message":"no code"}}',
  );
});

t.test('a subscription error tells the channel its reason', async (t) => {
  t.equal(
    messages.subscriptionError('private-x', { type: 'AuthError', error: 'no', status: 401 }),
    '{"event":"pusher:subscription_error","channel":"private-x","data":{"type":"AuthError","error":"no","status":401}}',
  );
});

t.test('a channel event has its data as a string, for every kind of data', async (t) => {
  t.equal(
    messages.channelEvent('my-event', 'my-channel', '{"a":1}'),
    '{"event":"my-event","channel":"my-channel","data":"{\\"a\\":1}"}',
  );
  t.equal(messages.channelEvent('e', 'c', '12'), '{"event":"e","channel":"c","data":"12"}');
  t.equal(messages.channelEvent('e', 'c', ''), '{"event":"e","channel":"c","data":""}');
  t.equal(
    messages.channelEvent('e', 'presence-c', 'x', '7'),
    '{"event":"e","channel":"presence-c","data":"x","user_id":"7"}',
  );
  t.equal(messages.socketEvent('e', '{"a":1}'), '{"event":"e","data":"{\\"a\\":1}"}');
});

t.test('a relayed client event has its data as it was received', async (t) => {
  t.equal(
    messages.relayedClientEvent('client-x', 'private-c', '{ "a":1.0 }'),
    '{"event":"client-x","channel":"private-c","data":{ "a":1.0 }}',
  );
  t.equal(
    messages.relayedClientEvent('client-x', 'presence-c', '"text"', 'u'),
    '{"event":"client-x","channel":"presence-c","data":"text","user_id":"u"}',
  );
  t.equal(
    messages.relayedClientEvent('client-x', 'private-c', ''),
    '{"event":"client-x","channel":"private-c"}',
  );
});

t.test('names and data come out of JSON.parse as they went in', async (t) => {
  fc.assert(
    fc.property(anyText, anyText, anyText, anyText, (event, channel, data, userId) => {
      t.strictSame(decode(messages.channelEvent(event, channel, data, userId)), {
        event,
        channel,
        data,
        user_id: userId,
      });
      t.strictSame(decode(messages.socketEvent(event, data)), { event, data });
      t.strictSame(decodeData(messages.signinSuccess(data)), { user_data: data });
      t.strictSame(decode(messages.errorMessage(null, data)).data, { code: null, message: data });
      const error = { type: 'LimitReached', error: data, status: 4100 } as const;
      t.strictSame(decode(messages.subscriptionError(channel, error)), {
        event: 'pusher:subscription_error',
        channel,
        data: error,
      });
    }),
  );
});

t.test('every character of a name is escaped that must be', async (t) => {
  for (let code = 0; code < 0x300; code++) {
    const name = `a${String.fromCharCode(code)}b`;
    const { event, channel } = decode(messages.channelEvent(name, name, ''));
    t.strictSame({ event, channel }, { event: name, channel: name }, `character ${code}`);
  }
});

t.test('every user id is a key of its own in the hash', async (t) => {
  const ids = ['__proto__', 'constructor', 'toString', 'length', '1', '0', '"', '\\'];
  const members = ids.map((userId, i) => ({ userId, userInfo: `{"i":${i}}` }));
  const data = decodeData(
    messages.subscriptionSucceeded('presence-x', members.map(messages.listedMember)),
  ) as {
    presence: { count: number; ids: string[]; hash: object };
  };
  t.equal(data.presence.count, ids.length);
  t.strictSame(data.presence.ids, ids);
  const hash = new Map<string, unknown>(Object.entries(data.presence.hash));
  ids.forEach((id, i) => t.strictSame(hash.get(id), { i }, id));
});

t.test('a relayed message carries the received data byte for byte', async () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (data) => {
      const sent = `{"event":"client-x","data":${data},"channel":"private-y"}`;
      const message = messages.parseClientMessage(sent);
      if (message.type !== 'event') return false;
      const relayed = messages.relayedClientEvent('client-x', 'private-y', message.data);
      return relayed === `{"event":"client-x","channel":"private-y","data":${data}}`;
    }),
  );
});
