import { request } from 'node:http';
import t from 'tap';
import { signPipeRequest } from '../../../../lib/pusher/pipe-signature';
import { ManualClock } from '../../../support/manual-clock';
import { SECRET, startGateway } from '../../../support/start-gateway';
import { WireClient } from '../../../support/wire-client';

interface Answer {
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

/** Asks for an upgrade and gives the HTTP answer, 101 included. */
function upgrade(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      path,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol': 'standpipe.v1',
        ...headers,
      },
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: 101, body: '', headers: response.headers });
    });
    asked.on('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

const now = (): number => Math.floor(Date.now() / 1000);

function signed(
  path = '/pipe/1',
  { key = 'key', secret = SECRET, timestampS = now() } = {},
): string {
  return signPipeRequest({ key, secret, path, timestampS });
}

function codeOf({ body }: Answer): string {
  return (JSON.parse(body) as { error: { code: string } }).error.code;
}

t.test('a signed request is upgraded, in the query or in a header, and gets a nonce', async (t) => {
  const { port } = await startGateway(t);
  const inQuery = await upgrade(port, `/pipe/1?${signed()}`);
  t.equal(inQuery.status, 101);
  t.equal(inQuery.headers['sec-websocket-protocol'], 'standpipe.v1');
  t.match(inQuery.headers['standpipe-nonce'], /^[\w-]{22}$/);
  const inHeader = await upgrade(port, '/pipe/1', { Authorization: `Standpipe ${signed()}` });
  t.equal(inHeader.status, 101);
  t.not(inHeader.headers['standpipe-nonce'], inQuery.headers['standpipe-nonce']);
});

t.test('a refused handshake gets an HTTP answer with the fault and its remedy', async (t) => {
  const { port } = await startGateway(t, {
    apps: [
      { id: '1', key: 'key', secret: SECRET },
      { id: '2', key: 'off', secret: SECRET, enabled: false },
      { id: '3', key: 'no-pipe', secret: SECRET, pipe: false },
    ],
  });
  const rows: Array<[string, string, number, string, RegExp]> = [
    ['no signature', '/pipe/1', 401, 'missing_parameter', /auth_key/],
    ['an unknown key', `/pipe/1?${signed('/pipe/1', { key: 'x' })}`, 401, 'unknown_key', /key/],
    [
      'a bad secret',
      `/pipe/1?${signed('/pipe/1', { secret: 'x' })}`,
      401,
      'bad_signature',
      /secret/,
    ],
    ['another path', `/pipe/1?${signed('/pipe/2')}`, 401, 'bad_signature', /\/pipe\/1/],
    ["another app's key", `/pipe/2?${signed('/pipe/2')}`, 401, 'unknown_key', /app id/],
    ['an unknown app', `/pipe/9?${signed('/pipe/9')}`, 404, 'unknown_app', /appId/],
    [
      'an app switched off',
      `/pipe/2?${signed('/pipe/2', { key: 'off' })}`,
      403,
      'app_disabled',
      /off/,
    ],
    [
      'an app whose Pipe is switched off',
      `/pipe/3?${signed('/pipe/3', { key: 'no-pipe' })}`,
      403,
      'pipe_off',
      /Pipe off/,
    ],
  ];
  for (const [what, path, status, code, message] of rows) {
    const answer = await upgrade(port, path);
    t.equal(answer.status, status, what);
    t.equal(codeOf(answer), code, what);
    t.match(answer.body, message, what);
    t.notMatch(answer.body, SECRET, `${what}: no secret in the answer`);
  }
});

t.test('a signature is good for less than 600 seconds on either side', async (t) => {
  const { port } = await startGateway(t);
  for (const [awayS, status] of [
    [-598, 101],
    [598, 101],
    [-601, 401],
    [601, 401],
  ] as const) {
    const answer = await upgrade(
      port,
      `/pipe/1?${signed('/pipe/1', { timestampS: now() + awayS })}`,
    );
    t.equal(answer.status, status, `${awayS} s away`);
  }
});

t.test('another subprotocol is refused with the one to offer', async (t) => {
  const { port } = await startGateway(t);
  const answer = await upgrade(port, `/pipe/1?${signed()}`, { 'Sec-WebSocket-Protocol': 'mqtt' });
  t.equal(answer.status, 400);
  t.match(answer.body, /standpipe\.v1/);
});

t.test(
  'an app with as many backends as it may have refuses one more, and says when to come back',
  async (t) => {
    const { port } = await startGateway(t, { limits: { maxPipes: 1 } });
    const first = await WireClient.open(t, port);
    const answer = await upgrade(port, `/pipe/1?${signed()}`);
    t.equal(answer.status, 503);
    t.equal(codeOf(answer), 'too_many');
    t.equal(answer.headers['retry-after'], '5');
    first.terminate();
  },
);

t.test('backends that reconnect again and again are told to wait', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = Date.now();
  const limits = { maxPipes: 3, maxPipeConnectsPerSecond: 2 };
  const { port } = await startGateway(t, { clock, limits });
  for (let i = 0; i < 3; i++) (await WireClient.attach(t, port)).client.terminate();
  const refused = await upgrade(port, `/pipe/1?${signed()}`);
  t.equal(refused.status, 503);
  t.match(refused.body, /backends of this app connect more often than 2 times a second/);
  t.equal(refused.headers['retry-after'], '1');
  for (let i = 0; i < 5; i++) await upgrade(port, '/pipe/1?a=b');
  clock.advance(500);
  await WireClient.attach(t, port);
});
