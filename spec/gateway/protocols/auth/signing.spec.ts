import t from 'tap';
import { channelStringToSign, hmacHex, userStringToSign } from '../../../../lib/pusher/signature';
import { askAuth } from '../../../support/auth-request';
import { decided } from '../../../support/deciding-backend';
import { SECRET } from '../../../support/start-gateway';

const signature = (text: string): string => `key:${hmacHex(SECRET, text)}`;

const codeOf = ({ body }: { body: Record<string, unknown> }): unknown =>
  (body['error'] as { code: string } | undefined)?.code;

t.test('a yes is signed with the secret of the app', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('private-*', () => true));
  const { status, body, headers } = await askAuth(gateway);
  t.equal(status, 200);
  t.strictSame(body, { auth: signature(channelStringToSign('12.34', 'private-room')) });
  t.match(Object.fromEntries(headers), {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
});

t.test('a member of a presence channel is signed as the handler named it', async (t) => {
  const { gateway } = await decided(t, (client) =>
    client.authorize('presence-*', async () => ({ userId: 7, userInfo: { name: 'Zoë' } })),
  );
  const body = { socket_id: '1.2', channel_name: 'presence-room' };
  const data = '{"user_id":"7","user_info":{"name":"Zoë"}}';
  t.strictSame((await askAuth(gateway, { body })).body, {
    auth: signature(channelStringToSign('1.2', 'presence-room', data)),
    channel_data: data,
  });
});

t.test('an encrypted channel gets its key, and nothing without one', async (t) => {
  const secret = Buffer.alloc(32, 7);
  const { gateway, errors } = await decided(t, (client) =>
    client
      .authorize('private-encrypted-open', () => true)
      .authorize('private-encrypted-*', () => ({ sharedSecret: secret })),
  );
  const ask = (name: string): ReturnType<typeof askAuth> =>
    askAuth(gateway, { body: { socket_id: '1.2', channel_name: `private-encrypted-${name}` } });
  t.strictSame((await ask('room')).body, {
    auth: signature(channelStringToSign('1.2', 'private-encrypted-room')),
    shared_secret: secret.toString('base64'),
  });
  t.equal((await ask('open')).status, 502);
  t.match(errors, [/sharedSecret/]);
});

t.test('a sign-in is signed as the user that the handler named', async (t) => {
  const user = { id: 'u1', userInfo: { name: 'A' }, watchlist: ['u2'] };
  const { gateway } = await decided(t, (client) => client.authenticate(() => user));
  const data = '{"id":"u1","user_info":{"name":"A"},"watchlist":["u2"]}';
  const answer = await askAuth(gateway, { path: '/pusher/user-auth', body: { socket_id: '1.2' } });
  t.equal(answer.status, 200);
  t.strictSame(answer.body, { auth: signature(userStringToSign('1.2', data)), user_data: data });
  t.equal(codeOf(await askAuth(gateway)), 'no_backend', 'it decides nothing else');
});

t.test('any answer but a clear yes is a refusal', async (t) => {
  let answer: unknown;
  const { gateway, errors } = await decided(t, (client) =>
    client.authorize('*', () => answer as boolean).authenticate(() => answer as false),
  );
  const signIn = { path: '/pusher/user-auth', body: { socket_id: '1.2' } };
  for (answer of [false, undefined, null]) {
    t.equal((await askAuth(gateway)).status, 403, `channel: ${String(answer)}`);
    t.equal((await askAuth(gateway, signIn)).status, 403, `sign-in: ${String(answer)}`);
  }
  t.strictSame(errors, []);
  for (answer of [1, 'true', [], 0, '']) {
    t.equal((await askAuth(gateway)).status, 502, `channel: ${JSON.stringify(answer)}`);
  }
  for (answer of [true, {}, { id: 7 }, { id: 'a b' }, [], { id: 'a', watchlist: [7] }]) {
    t.equal((await askAuth(gateway, signIn)).status, 502, `sign-in: ${JSON.stringify(answer)}`);
  }
  const body = { socket_id: '1.2', channel_name: 'presence-a' };
  for (answer of [
    { userId: '' },
    { userId: {} },
    { userInfo: {} },
    { userId: 'a', userInfo: [] },
  ]) {
    t.equal((await askAuth(gateway, { body })).status, 502, JSON.stringify(answer));
  }
  t.equal(errors.length, 15);
});
