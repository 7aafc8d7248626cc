import t from 'tap';
import { startGateway } from '../../../support/start-gateway';
import { type Message, TestSocket } from '../../../support/test-socket';

function succeeded(channel: string): Message {
  return { event: 'pusher_internal:subscription_succeeded', data: '{}', channel };
}

/** Messages of a refused subscription: an error on the connection, and an error on the channel. */
function refusal(channel: string, type: string, error: string, status: number): Message[] {
  return [
    { event: 'pusher:error', data: { code: null, message: error } },
    { event: 'pusher:subscription_error', channel, data: { type, error, status } },
  ];
}

t.test('public channels need no signature, private ones one of the app', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  for (const channel of ['room', 'Private-x', 'private', 'a_-=@,.;Z9', 'private-encrypted-x']) {
    t.strictSame(await socket.subscribe(channel), succeeded(channel), channel);
  }
});

t.test('the data of a subscription may be a string that holds it', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  socket.send({ event: 'pusher:subscribe', data: JSON.stringify({ channel: 'room' }) });
  t.strictSame(await socket.next(), succeeded('room'));
});

t.test('a signature over channel_data is taken on private channels, empty or not', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  for (const channelData of ['', '{"user_id":"1"}', 'no json']) {
    const channel = `private-${channelData.length}`;
    const auth = socket.auth(channel, channelData);
    const data = { auth, channel_data: channelData, channel };
    socket.send({ event: 'pusher:subscribe', data });
    t.strictSame(await socket.next(), succeeded(channel), channelData);
  }
});

t.test('a wrong signature is told with what to sign, never with the digest', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const right = socket.auth('private-x').slice('key:'.length);
  const toSign = `${socket.id}:private-x`;
  const rows: Array<[string, string]> = [
    ['', "Invalid key in subscription auth data: ''"],
    ['key', "Invalid key in subscription auth data: 'key'"],
    [`other:${right}`, "Invalid key in subscription auth data: 'other'"],
    ['key:abc', `Invalid signature: Expected HMAC SHA256 hex digest of ${toSign}, but got abc`],
  ];
  for (const [auth, error] of rows) {
    socket.send({ event: 'pusher:subscribe', data: { auth, channel: 'private-x' } });
    const answer = [await socket.next(), await socket.next()];
    t.strictSame(answer, refusal('private-x', 'AuthError', error, 401), auth);
    t.notOk(JSON.stringify(answer).includes(right) && !auth.includes(right), 'no digest');
  }
  t.strictSame(await socket.subscribe('private-x'), succeeded('private-x'), 'and stays open');
});

t.test('a second subscription to a channel is told and changes nothing', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  await socket.subscribe('room');
  socket.askFor('room');
  t.strictSame(await socket.settled(), [
    {
      event: 'pusher:error',
      data: { code: null, message: 'Existing subscription to channel room' },
    },
  ]);
});

t.test('channel names are held to their characters and their length', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port);
  const longest = 'c'.repeat(164);
  t.strictSame(await socket.subscribe(longest), succeeded(longest));
  const rule = '(1 to 164 of A-Z a-z 0-9 _ - = @ , . ;)';
  for (const name of ['', 'a b', 'a/b', 'é', 'a\n', '#x', 'a:b', '\ud800']) {
    const message = `Invalid channel name: '${name}' ${rule}`;
    t.strictSame(await socket.subscribe(name), {
      event: 'pusher:error',
      data: { code: null, message },
    });
  }
  const { data } = await socket.subscribe(`${longest}c`);
  t.match(data, { message: `Invalid channel name: '${longest}' ${rule}` });
});

t.test(
  'the channel of a user is a legal name, and closed to sockets that are not signed in',
  async (t) => {
    const { port } = await startGateway(t);
    const socket = await TestSocket.connect(t, port);
    const { data } = await socket.subscribe('#server-to-user-1');
    t.notMatch(data, { message: /Invalid channel name/ });
    t.equal((await socket.settled()).length, 1);
  },
);

t.test('a subscription above the limit of a socket is refused', async (t) => {
  const { port } = await startGateway(t, { limits: { maxChannelsPerSocket: 2 } });
  const socket = await TestSocket.connect(t, port);
  await socket.subscribe('a');
  t.strictSame(await socket.subscribe('b'), succeeded('b'));
  const error = 'Too many subscriptions: the limit is 2 per connection';
  t.strictSame(
    [await socket.subscribe('c'), await socket.next()],
    refusal('c', 'LimitReached', error, 4100),
  );
  socket.send({ event: 'pusher:unsubscribe', data: { channel: 'a' } });
  t.strictSame(await socket.subscribe('c'), succeeded('c'), 'a place that was left is free');
});

t.test('unsubscribe has no answer, and an unknown channel is no error', async (t) => {
  const { port } = await startGateway(t);
  const [a, b] = [await TestSocket.connect(t, port), await TestSocket.connect(t, port)];
  await a.subscribe('private-x');
  await b.subscribe('private-x');
  a.send({ event: 'pusher:unsubscribe', data: { channel: 'private-x' } });
  a.send({ event: 'pusher:unsubscribe', data: '{"channel":"private-x"}' });
  a.send({ event: 'pusher:unsubscribe', data: { channel: 'never/heard of' } });
  t.strictSame(await a.settled(), []);
  b.send({ event: 'client-x', channel: 'private-x', data: 1 });
  await b.settled();
  t.strictSame(await a.settled(), [], 'it hears nothing more');
  t.strictSame(await a.subscribe('private-x'), succeeded('private-x'), 'and may come back');
});
