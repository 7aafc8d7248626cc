import t from 'tap';
import { askAuth, FORM } from '../../../support/auth-request';
import { decided } from '../../../support/deciding-backend';

t.test('requests that cannot be granted anyway take nothing from those that can', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true), {
    limits: { maxAuthRequestsPerSecond: 1 },
  });
  for (let n = 0; n < 20; n++) {
    t.equal((await askAuth(gateway, { path: '/pusher/auth/key', body: {} })).status, 400);
  }
  t.equal((await askAuth(gateway)).status, 200);
});

t.test('half of the rate is the share of one address, however much it asks', async (t) => {
  const { gateway } = await decided(t, (client) => client.authorize('*', () => true), {
    trustedProxies: ['127.0.0.1'],
    limits: { maxAuthRequestsPerSecond: 1 },
  });
  const statuses = async (address: string, count: number): Promise<number[]> => {
    const headers = { 'X-Forwarded-For': address };
    const all: number[] = [];
    for (let n = 0; n < count; n++) all.push((await askAuth(gateway, { headers })).status);
    return all;
  };
  const greedy = await statuses('192.0.2.1', 10);
  t.ok(greedy.includes(429));
  t.equal((await statuses('192.0.2.2', 1))[0], 200);
});

t.test('numbers in JSON are read with their digits, and a multipart form is named', async (t) => {
  const asked: unknown[] = [];
  const { gateway } = await decided(t, (client) =>
    client.authorize('*', ({ socketId, body }) => {
      asked.push([socketId, body.get('room')]);
      return true;
    }),
  );
  const json = { 'Content-Type': 'application/json' };
  const body = '{"socket_id":1234.5600,"channel_name":"private-a","room":9007199254740993}';
  t.equal((await askAuth(gateway, { body, headers: json })).status, 200);
  t.strictSame(asked, [['1234.5600', '9007199254740993']]);
  const boundary = 'x'.repeat(20);
  const part = `--${boundary}\r\nContent-Disposition: form-data; name="socket_id"\r\n\r\n${FORM.socket_id}\r\n--${boundary}--\r\n`;
  const multipart = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
  t.match(await askAuth(gateway, { body: part, headers: multipart }), {
    status: 415,
    body: { error: { code: 'bad_body', message: /not multipart/ } },
  });
});
