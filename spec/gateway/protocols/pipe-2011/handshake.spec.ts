import { once } from 'node:events';
import t from 'tap';
import * as Pipe from 'pusher-pipe';
import { verifySignature } from '../../../../lib/gateway/protocols/pipe-2011/signature';
import { createClient } from '../../../../lib/pipe/client';
import { RawSocket } from '../../../support/raw-socket';
import { SECRET, startGateway } from '../../../support/start-gateway';
import { TestSocket } from '../../../support/test-socket';
import { turns, until } from '../../../support/until';
import { optionsFor, signedPath } from './backend';

const KEY = '278d425bdf160c739803';
const APP_SECRET = '7ad3773142a6692b25b8';

t.test(
  'the signature is made over the query in the order sent, without auth_signature',
  async (t) => {
    const vectors = [
      [
        `auth_key=${KEY}&auth_timestamp=1322700000&auth_version=1.0&protocol_version=0.2`,
        '3638430b1080806a202d133c1abb989f2b2b4a7d5eaf5286eca3559ae79dc513',
      ],
      [
        `auth_key=${KEY}&auth_timestamp=1322700000&auth_version=1.0`,
        '16fa7acd6fbfaa2bc9f5111da4b50820f6bc4bc0f11577805e69a1bb10de428d',
      ],
    ];
    for (const [query, signature] of vectors) {
      const verify = (query: string, nowS = 1_322_700_000) =>
        verifySignature({
          query,
          paths: ['/app/3'],
          secretOf: (key) => (key === KEY ? APP_SECRET : undefined),
          nowS,
          toleranceS: 600,
        });
      t.equal(verify(`${query}&auth_signature=${signature}`), undefined);
      t.equal(verify(`auth_signature=${signature}&${query}`), undefined, 'wherever it stands');
      t.equal(verify(`${query}&auth_signature=${signature}`, 1_322_700_599), undefined);
      t.match(verify(`${query}&auth_signature=${signature}`, 1_322_700_600), /600 s away/);
      const sorted = String(query).split('&').reverse().join('&');
      t.match(verify(`${sorted}&auth_signature=${signature}`), /does not match/, 'another order');
    }
  },
);

t.test('bad credentials are refused in the HTTP handshake', async (t) => {
  const { port } = await startGateway(t, {
    apps: [
      { id: '1', key: 'key', secret: SECRET },
      { id: '2', key: 'off', secret: SECRET, enabled: false },
      { id: '3', key: 'no-pipe', secret: SECRET, pipe: false },
    ],
  });
  const now = Math.floor(Date.now() / 1000);
  const table: Array<[status: number, path: string, why: RegExp]> = [
    [101, signedPath(), /^/],
    [101, signedPath({ version: undefined }), /^/],
    [101, signedPath({ timestampS: now - 590 }), /^/],
    [401, signedPath({ secret: 'wrong' }), /check the secret/],
    [401, signedPath({ key: 'other' }), /no such auth_key/],
    [401, signedPath({ key: 'off' }), /no such auth_key/],
    [401, signedPath({ timestampS: now - 660 }), /s away/],
    [401, signedPath({ timestampS: now + 660 }), /s away/],
    [401, `${signedPath()}&auth_key=key`, /exactly once/],
    [401, '/app/1?protocol_version=0.2', /auth_key must be given/],
    [401, '/app/1?auth_signature=00', /auth_key must be given/],
    [
      401,
      '/app/1?auth_key=key&auth_timestamp=NaN&auth_version=1.0&auth_signature=00',
      /whole seconds/,
    ],
    [401, '/app/1?auth_key=key&auth_timestamp=1&auth_version=2.0&auth_signature=00', /1\.0/],
    [400, signedPath({ version: '0.3' }), /must be 0\.2/],
    [403, signedPath({ appId: '2', key: 'off' }), /switched off/],
    [403, signedPath({ appId: '3', key: 'no-pipe' }), /\r\n\r\nPipe off/],
    [401, signedPath({ appId: '3', key: 'no-pipe', secret: 'wrong' }), /check the secret/],
    [404, signedPath({ appId: '4' }), /no app has this id/],
    [404, signedPath({ appId: '1/' }), /no app has this id/],
    [404, signedPath({ appId: '' }), /no app has this id/],
  ];
  for (const [status, path, why] of table) {
    const raw = await RawSocket.upgrade(port, path);
    t.match(raw.head, new RegExp(`^HTTP/1.1 ${status} `), path);
    if (status !== 101) t.match(raw.head, why, path);
    t.notMatch(raw.head, SECRET);
    raw.destroy();
  }
});

t.test('a browser on the same path is not taken for a backend', async (t) => {
  const { port } = await startGateway(t);
  const socket = await TestSocket.connect(t, port, { query: 'protocol=7&client=js&version=8.6.0' });
  t.match(socket.id, /^\d+\.\d+$/);
});

t.test('the client of 2011 with a wrong secret makes one attempt and gets one error', async (t) => {
  const gateway = await startGateway(t);
  const client = Pipe.createClient(optionsFor(gateway, { secret: 'wrong' }));
  const errors: unknown[] = [];
  client.on('error', (error) => errors.push(error));
  client.connect();
  await until(() => errors.length > 0);
  t.match(errors[0], /non-101 status: 401/);
  // A second attempt would come at once.
  await turns(100);
  t.equal(errors.length, 1);
  t.notOk(client.connected);
});

t.test('backends of both protocols share the limits of their app', async (t) => {
  const { port } = await startGateway(t, { limits: { maxPipes: 1 } });
  const client = createClient({ host: '127.0.0.1', port, key: 'key', secret: SECRET, appId: '1' });
  t.teardown(() => client.disconnect());
  await client.connect();
  const second = await RawSocket.upgrade(port, signedPath());
  t.equal(second.head, '', 'without an answer, which the client of 2011 would take for final');
  await client.disconnect();
  // The gateway may hear of the end a moment later.
  let third = await RawSocket.upgrade(port, signedPath());
  while (third.status !== 101) third = await RawSocket.upgrade(port, signedPath());
  third.destroy();
});

t.test(
  'at the limit of connections a backend of 2011 gets no answer, which it would take for final',
  async (t) => {
    const gateway = await startGateway(t, { limits: { maxConnections: 1 } });
    const first = await RawSocket.upgrade(gateway.port, signedPath());
    t.teardown(() => first.destroy());
    t.equal(first.status, 101);
    t.equal((await RawSocket.upgrade(gateway.port, signedPath())).head, '');
    t.equal((await RawSocket.upgrade(gateway.port)).status, 503, 'browsers are told');
  },
);

for (const [limit, limits] of Object.entries({
  'backends of its app': { maxPipes: 1 },
  'connections of the gateway': { maxConnections: 1 },
  'connections of its address': { maxConnectionsPerAddress: 1 },
})) {
  t.test(`above the limit of ${limit} the client of 2011 comes back by itself`, async (t) => {
    const gateway = await startGateway(t, { limits });
    const first = await RawSocket.upgrade(gateway.port, signedPath());
    t.equal(first.status, 101);
    const client = Pipe.createClient(optionsFor(gateway));
    client.on('error', (error) => t.fail(String(error)));
    t.teardown(() => client.disconnect());
    client.connect();
    await until(() => client.reconnection_attempts > 0);
    first.destroy();
    await once(client, 'connected');
  });
}
