import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import type { PipeClient } from '../../../../lib';
import { FORM, askAuth } from '../../../support/auth-request';
import { decided, deciding } from '../../../support/deciding-backend';
import { SECRET, startGateway } from '../../../support/start-gateway';

const NEVER = (): Promise<never> => new Promise(() => undefined);

const codeOf = ({ body }: { body: Record<string, unknown> }): unknown =>
  (body['error'] as { code: string } | undefined)?.code;

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

t.test('the first of several matching patterns decides', async (t) => {
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
  const decide = (name: number) => (client: PipeClient) =>
    client.authorize('private-*', () => calls.push(name) > 0);
  const { gateway } = await decided(t, decide(1));
  await deciding(t, gateway, decide(2));
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
  await deciding(t, gateway, (client) => client.authorize('private-*', () => true));
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

t.test('requests that wait for a backend are bounded', async (t) => {
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

t.test('auth endpoints stand below the path of the gateway too', async (t) => {
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

t.test('JSONP and every other method are refused', async (t) => {
  const gateway = await startGateway(t);
  const path = '/pusher/auth?callback=steal&socket_id=1.2&channel_name=private-a';
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const { status, headers } = await askAuth(gateway, { path, method });
    t.equal(status, 405, method);
    t.equal(headers.get('allow'), 'POST, OPTIONS');
  }
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
