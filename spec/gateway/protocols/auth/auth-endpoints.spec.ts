import { once } from 'node:events';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { createClient, type Pipe } from '../../../../lib';
import type { Gateway } from '../../../../lib/gateway/gateway';
import { channelStringToSign, hmacHex, userStringToSign } from '../../../../lib/pusher/signature';
import { FORM, askAuth } from '../../../support/auth-request';
import { SECRET, startGateway, type StartOptions } from '../../../support/start-gateway';

const NEVER = (): Promise<never> => new Promise(() => undefined);

/** A gateway with a backend that was told what to decide. */
async function decided(
  t: Test,
  decide: (client: Pipe) => void,
  options: StartOptions = {},
): Promise<{ gateway: Gateway; client: Pipe; errors: string[] }> {
  const gateway = await startGateway(t, options);
  const client = await backend(t, gateway, decide);
  const errors: string[] = [];
  client.on('error', ({ message }) => void errors.push(message));
  return { gateway, client, errors };
}

async function backend(t: Test, gateway: Gateway, decide: (client: Pipe) => void): Promise<Pipe> {
  const client = createClient({ key: 'key', secret: SECRET, appId: 1, port: gateway.port });
  t.teardown(() => client.disconnect());
  decide(client);
  await client.connect();
  return client;
}

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

t.test('the handler gets all that a decision may go by', async (t) => {
  let seen: unknown;
  const { gateway } = await decided(t, (client) =>
    client.authorize('private-*', ({ headers, cookies, ...request }) => {
      seen = { ...request, agent: headers.get('user-agent'), cookies };
      return true;
    }),
  );
  await askAuth(gateway, {
    body: `${new URLSearchParams(FORM).toString()}&room=7&__proto__=y`,
    headers: { 'User-Agent': 'curl', Cookie: 'session=a%20b; theme="dark"; session=old; odd' },
  });
  t.strictSame(seen, {
    agent: 'curl',
    socketId: '12.34',
    channel: 'private-room',
    body: new Map([
      ['room', '7'],
      ['__proto__', 'y'],
    ]),
    cookies: new Map([
      ['session', 'a b'],
      ['theme', 'dark'],
    ]),
    remoteAddress: '127.0.0.1',
  });
});

t.test('JSON is read as well as a form, and strings only', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true));
  const headers = { 'Content-Type': 'application/json; charset=utf-8' };
  t.equal((await askAuth(gateway, { body: JSON.stringify(FORM), headers })).status, 200);
  const deep = `{"socket_id":"1.1","channel_name":"private-a","x":${'['.repeat(8000)}${']'.repeat(8000)}}`;
  for (const body of ['[]', '{"socket_id":1}', '{', deep]) {
    t.equal((await askAuth(gateway, { body, headers })).status, 400, body.slice(0, 20));
  }
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

t.test('everything but a clear yes is refused', async (t) => {
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

t.test('a handler that throws refuses, and is told of where the backend looks', async (t) => {
  const { gateway, errors } = await decided(t, (client) =>
    client
      .authorize('private-*', () => {
        throw new Error('the database is gone');
      })
      .authorize('presence-*', () => Promise.reject(new Error('late'))),
  );
  const answer = await askAuth(gateway);
  t.equal(answer.status, 502);
  t.notMatch(JSON.stringify(answer.body), 'database', 'not where a browser does');
  await askAuth(gateway, { body: { socket_id: '1.2', channel_name: 'presence-a' } });
  t.match(errors, [/authorize failed: the database is gone/, /late/]);
});

t.test('of several patterns that fit, the one given first decides', async (t) => {
  const { gateway } = await decided(t, (client) =>
    client
      .authorize(['private-a', 'private-b-*'], () => true)
      .authorize('private-*', () => false)
      .authorize('private-c', () => true),
  );
  const ask = async (channel_name: string): Promise<number> =>
    (await askAuth(gateway, { body: { socket_id: '1.2', channel_name } })).status;
  t.equal(await ask('private-a'), 200);
  t.equal(await ask('private-b-1'), 200);
  t.equal(await ask('private-b'), 403);
  t.equal(await ask('private-c'), 403);
  t.equal(await ask('presence-a'), 503, 'nobody decides');
});

t.test('a backend is asked from the moment it says so', async (t) => {
  const { gateway, client } = await decided(t, () => undefined);
  t.equal(codeOf(await askAuth(gateway)), 'no_backend');
  client.authorize('private-*', () => true);
  // The answer to a question comes after the subscription before it.
  await client.stats();
  t.equal((await askAuth(gateway)).status, 200);
});

t.test('backends take turns', async (t) => {
  const calls: number[] = [];
  const decide = (name: number) => (client: Pipe) =>
    client.authorize('private-*', () => calls.push(name) > 0);
  const { gateway } = await decided(t, decide(1));
  await backend(t, gateway, decide(2));
  for (let i = 0; i < 4; i++) t.equal((await askAuth(gateway)).status, 200);
  t.strictSame(calls.sort(), [1, 1, 2, 2]);
});

t.test('when the asked one is lost, the next one is asked', async (t) => {
  let asked: (() => void) | undefined;
  const wasAsked = new Promise<void>((resolve) => (asked = resolve));
  const { gateway, client } = await decided(t, (client) =>
    client.authorize('private-*', () => {
      asked?.();
      return NEVER();
    }),
  );
  const answer = askAuth(gateway);
  await wasAsked;
  await backend(t, gateway, (client) => client.authorize('private-*', () => true));
  await client.disconnect();
  t.equal((await answer).status, 200);
});

t.test('when the only one is lost, the answer is 503', async (t) => {
  let asked: (() => void) | undefined;
  const wasAsked = new Promise<void>((resolve) => (asked = resolve));
  const { gateway, client } = await decided(t, (client) =>
    client.authorize('private-*', () => {
      asked?.();
      return NEVER();
    }),
  );
  const answer = askAuth(gateway);
  await wasAsked;
  await client.disconnect();
  t.match(await answer, { status: 503, body: { error: { code: 'no_backend' } } });
  t.match(gateway.metrics, { authRequests: 1, authFailures: 1 });
});

t.test('a gateway that stops leaves nobody waiting', async (t) => {
  let asked: (() => void) | undefined;
  const wasAsked = new Promise<void>((resolve) => (asked = resolve));
  const { gateway } = await decided(t, (client) =>
    client.authorize('private-*', () => {
      asked?.();
      return NEVER();
    }),
  );
  const answer = askAuth(gateway);
  await wasAsked;
  await gateway.stop();
  t.equal((await answer).status, 503);
});

t.test('a backend that does not answer in time is not waited for', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('*', NEVER), {
    limits: { authTimeoutMs: 20 },
  });
  t.match(await askAuth(gateway), { status: 504, body: { error: { code: 'timeout' } } });
});

t.test('what waits for a backend is bounded', async (t) => {
  let open: ((yes: boolean) => void) | undefined;
  const { gateway } = await decided(
    t,
    (client) => client.authorize('*', () => new Promise((resolve) => (open = resolve))),
    { limits: { maxOpenAuthRequests: 1 } },
  );
  const [first, second] = [askAuth(gateway), askAuth(gateway)];
  t.match(await Promise.race([first, second]), { status: 503, body: { error: { code: 'busy' } } });
  open?.(true);
  t.strictSame([(await first).status, (await second).status].sort(), [200, 503]);
});

t.test('so is their rate', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true), {
    limits: { maxAuthRequestsPerSecond: 0.001 },
  });
  t.equal((await askAuth(gateway)).status, 200);
  const { status, headers } = await askAuth(gateway);
  t.equal(status, 429);
  t.equal(headers.get('retry-after'), '1');
});

t.test('the app is the only one, or the one whose key is in the path', async (t) => {
  const apps = ['1', '2'].map((id) => ({ id, key: id === '1' ? 'key' : 'other', secret: SECRET }));
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true), { apps });
  t.equal((await askAuth(gateway, { path: '/pusher/auth/key' })).status, 200);
  t.equal(codeOf(await askAuth(gateway, { path: '/pusher/auth/other' })), 'no_backend');
  t.match(await askAuth(gateway, { path: '/pusher/auth/none' }), { status: 404 });
  t.match(await askAuth(gateway), { status: 400, body: { error: { code: 'which_app' } } });
});

t.test('they are below the path of the gateway too', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true), {
    path: '/live',
  });
  t.equal((await askAuth(gateway, { path: '/live/pusher/auth?x=1' })).status, 200);
  t.equal((await askAuth(gateway)).status, 200);
});

t.test('an app that is switched off signs nothing', async (t) => {
  const gateway = await startGateway(t, { app: { enabled: false } });
  t.match(await askAuth(gateway), { status: 403, body: { error: { code: 'app_disabled' } } });
});

t.test('what is no private or presence channel, or no socket, is refused', async (t) => {
  const { gateway } = await decided(t, (client) =>
    client.authorize('*', () => t.fail('nobody is asked')).authenticate(() => ({ id: 'u' })),
  );
  const bad = async (body: Record<string, string>): Promise<unknown> =>
    codeOf(await askAuth(gateway, { body }));
  for (const channel_name of [
    ...['room', 'private room', 'private-a:b', '#server-to-user-1', ''],
    `private-${'a'.repeat(200)}`,
  ]) {
    t.equal(await bad({ ...FORM, channel_name }), 'bad_channel_name', channel_name);
  }
  t.equal(await bad({ socket_id: '1.2' }), 'bad_channel_name');
  for (const socket_id of ['', '1', '1.2:private-a', '1.2\n', `${'1'.repeat(30)}.2`]) {
    t.equal(await bad({ ...FORM, socket_id }), 'bad_socket_id', JSON.stringify(socket_id));
  }
  t.equal(await bad({ channel_name: 'private-a' }), 'bad_socket_id');
});

t.test('bodies are bounded, plain and UTF-8', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true));
  const form = new URLSearchParams(FORM).toString();
  const fill = (bytes: number): string => `${form}&x=`.padEnd(bytes, 'x');
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
  t.equal((await askAuth(gateway, { body: fill(16 * 1024), headers: type })).status, 200);
  t.equal((await askAuth(gateway, { body: fill(16 * 1024 + 1), headers: type })).status, 413);
  const encoded = { ...type, 'Content-Encoding': 'gzip' };
  t.equal((await askAuth(gateway, { body: form, headers: encoded })).status, 415);
  const odd = Buffer.concat([Buffer.from(`${form}&x=`), Buffer.from([0xff])]);
  t.equal((await askAuth(gateway, { body: odd, headers: type })).status, 400);
  t.equal((await askAuth(gateway, { body: '' })).status, 400);
});

t.test('JSONP and every other method are refused', async (t) => {
  const gateway = await startGateway(t);
  const path = '/pusher/auth?callback=steal&socket_id=1.2&channel_name=private-a';
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const { status, headers } = await askAuth(gateway, { path, method });
    t.equal(status, 405, method);
    t.equal(headers.get('allow'), 'POST, OPTIONS');
  }
});

t.test('any page may ask without cookies when the app names no origins', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true));
  const headers = { Origin: 'https://any.example' };
  const answer = await askAuth(gateway, { headers });
  t.equal(answer.status, 200);
  t.equal(answer.headers.get('access-control-allow-origin'), '*');
  t.equal(answer.headers.get('access-control-allow-credentials'), null);
});

t.test('pages of the named origins may ask, with cookies, and no others', async (t) => {
  const origin = 'https://app.example';
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true), {
    app: { allowedOrigins: [origin] },
  });
  const own = await askAuth(gateway, { headers: { Origin: origin } });
  t.equal(own.status, 200);
  t.equal(own.headers.get('access-control-allow-origin'), origin);
  t.equal(own.headers.get('access-control-allow-credentials'), 'true');
  t.equal(own.headers.get('vary'), 'Origin');
  for (const other of ['https://evil.example', 'null', 'https://app.example.evil']) {
    const { status, headers } = await askAuth(gateway, { headers: { Origin: other } });
    t.equal(status, 403, other);
    t.equal(headers.get('access-control-allow-origin'), null);
    t.equal(headers.get('access-control-allow-credentials'), null);
  }
  t.equal((await askAuth(gateway)).status, 200, 'what is no page has no origin');
});

t.test('a preflight allows the headers that the page asks for', async (t) => {
  const gateway = await startGateway(t);
  const preflight = (names: string): ReturnType<typeof askAuth> =>
    askAuth(gateway, {
      method: 'OPTIONS',
      headers: { Origin: 'https://any.example', 'Access-Control-Request-Headers': names },
    });
  const { status, headers } = await preflight('authorization, x-csrf-token');
  t.equal(status, 204);
  t.equal(headers.get('access-control-allow-methods'), 'POST, OPTIONS');
  t.equal(headers.get('access-control-allow-headers'), 'authorization, x-csrf-token');
  const odd = await preflight('"quoted"');
  t.equal(odd.headers.get('access-control-allow-headers'), null);
});

t.test('a browser that goes away before the answer harms nobody', async (t) => {
  let decide: ((yes: boolean) => void) | undefined;
  const { gateway } = await decided(t, (client) =>
    client.authorize('*', () => new Promise((resolve) => (decide = resolve))),
  );
  const form = new URLSearchParams(FORM).toString();
  const socket = connect(gateway.port, '127.0.0.1');
  socket.end(
    `POST /pusher/auth HTTP/1.1\r\nHost: a\r\nContent-Length: ${form.length}\r\n\r\n${form}`,
  );
  while (decide === undefined) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  await once(socket, 'close');
  decide(true);
  const later = askAuth(gateway);
  decide = undefined;
  while (decide === undefined) await new Promise((resolve) => setImmediate(resolve));
  (decide as (yes: boolean) => void)(true);
  t.equal((await later).status, 200);
  t.match(gateway.metrics, { failures: 0, authRequests: 2, authFailures: 0 });
});
