import t from 'tap';
import { FORM, askAuth } from '../../../support/auth-request';
import { decided } from '../../../support/deciding-backend';

const codeOf = ({ body }: { body: Record<string, unknown> }): unknown =>
  (body['error'] as { code: string } | undefined)?.code;

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

t.test(
  'a name that is no private or presence channel, or an id that is no socket, is refused',
  async (t) => {
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
  },
);

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
