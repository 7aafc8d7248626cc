import t from 'tap';
import { askAuth } from '../../support/auth-request';
import { decided } from '../../support/deciding-backend';
import { startGateway } from '../../support/start-gateway';

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
