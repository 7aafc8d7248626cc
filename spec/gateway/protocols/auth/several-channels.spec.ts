import t from 'tap';
import { askAuth } from '../../../support/auth-request';
import { decided } from '../../../support/deciding-backend';

const several = (...names: string[]): Record<string, string> => ({
  socket_id: '12.34',
  ...Object.fromEntries(names.map((name, at) => [`channel_name[${at}]`, name])),
});

t.test('the channels of one request are decided each, and answered by name', async (t) => {
  const { gateway } = await decided(t, (client) =>
    client
      .authorize('private-*', ({ channel, body }) => channel === `private-${body.get('room')}`)
      .authorize('presence-*', () => ({ userId: 'ada' })),
  );
  const body = { ...several('private-a', 'private-b', 'presence-a', 'public'), room: 'a' };
  const answer = await askAuth(gateway, { body });
  t.equal(answer.status, 200);
  const one = await askAuth(gateway, {
    body: { socket_id: '12.34', channel_name: 'private-a', room: 'a' },
  });
  t.strictSame(answer.body['private-a'], { status: 200, data: one.body });
  t.match(answer.body, {
    'private-b': { status: 403, error: { code: 'forbidden' } },
    'presence-a': { status: 200, data: { channel_data: '{"user_id":"ada"}' } },
    public: { status: 400, error: { code: 'bad_channel_name' } },
  });
  t.equal(gateway.metrics.authRequests, 4, 'each is a question');
});

t.test(
  'several channels count one by one, and each channel above the rate gets its own refusal',
  async (t) => {
    const { gateway } = await decided(t, (client) => client.authorize('*', () => true), {
      limits: { maxAuthRequestsPerSecond: 0.8 },
    });
    const { status, body } = await askAuth(gateway, {
      body: several('private-a', 'private-b', 'private-c'),
    });
    t.equal(status, 200);
    const states = Object.values(body).map((one) => (one as { status: number }).status);
    states.sort();
    t.strictSame(
      states,
      [200, 200, 429],
      'half of a burst of five times the rate, which is one address’s share',
    );
  },
);

t.test('there is a limit to how many are asked for at a time', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true));
  const names = Array.from({ length: 101 }, (_, n) => `private-${n}`);
  t.match(await askAuth(gateway, { body: several(...names) }), {
    status: 400,
    body: { error: { code: 'too_many_channels' } },
  });
  const { body } = await askAuth(gateway, { body: several(...names.slice(1)) });
  t.equal(Object.keys(body).length, 100);
});
