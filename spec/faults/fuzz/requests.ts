import { signedRequest } from '../../support/api-client';
import type { Chance } from '../../support/simulator/chance';
import type { Attempt, Write } from './attempt';
import { inPieces, mutatedBytes, mutatedJson, oddJson } from './mutations';
import { channelsText } from './web-sockets';

const METHODS = [
  'GET',
  'POST',
  'OPTIONS',
  'HEAD',
  'PUT',
  'DELETE',
  'CONNECT',
  'PRI',
  'get',
  '',
] as const;
const TARGETS = [
  ...['/', '/livez', '/readyz', '/metrics', '/apps/1/channels', '/apps/1/events', '/apps/9/events'],
  ...[
    '/app/key',
    '/pipe/1',
    '/pusher/info',
    '/pushy/socket/info',
    '/pushy/socket',
    '*',
    '//',
    '/%',
    '/%00',
  ],
  ...['/pusher/auth/key', '/pusher/user-auth/key', 'http://127.0.0.1/livez', 'example.com:443'],
  ...[
    '/apps/1/channels/presence-a/users',
    '/apps/1/users/1/terminate_connections',
    '/%ff%fe',
    '/?a=%',
  ],
  ...[`/${'a/'.repeat(4_000)}`, `/?${'a=b&'.repeat(3_000)}`, '/apps/1/channels?filter_by_prefix=%'],
] as const;
const HEADERS = [
  ...[
    'Connection: close',
    'Connection: keep-alive',
    'Connection: upgrade',
    'Upgrade: h2c',
    'Upgrade: websocket',
  ],
  ...[
    'Expect: 100-continue',
    'Expect: x',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
  ],
  ...[
    'Content-Length: 0',
    'Content-Length: 5',
    'Content-Length: 99999999999999999999',
    'Content-Length: -1',
  ],
  ...[
    'X-Forwarded-For: 10.0.0.1',
    'X-Forwarded-For: ,,x,[::1]:7',
    'Origin: null',
    'Origin: https://a.example',
  ],
  ...[
    'Content-Type: application/json',
    'Content-Type: multipart/form-data; boundary=x',
    'Cookie: a=b',
    'Host: y',
  ],
  ...[
    'Authorization: Standpipe a=b',
    'Idempotency-Key: 1',
    `X-Long: ${'x'.repeat(20_000)}`,
    'X-Odd: \x7f',
    'X: \xe9',
  ],
  ...['Trailer: x', 'TE: trailers', ' folded', 'no colon', ': no name', 'Range: bytes=0-'],
] as const;
const VERSIONS = ['1.1', '1.1', '1.1', '1.1', '1.0', '0.9', '2.0', '1.9', '11', ''] as const;

function chunked(chance: Chance, body: Buffer): Buffer {
  const size = chance.percent(70)
    ? body.length.toString(16)
    : chance.pick(['0', '-1', 'ffffffff', 'x', '5;a=b', '00000000000000005'] as const);
  const end = chance.pick(['0\r\n\r\n', '0\r\nX-Trailer: y\r\n\r\n', '0\r\n', ''] as const);
  return Buffer.concat([Buffer.from(`${size}\r\n`), body, Buffer.from(`\r\n${end}`)]);
}

function oneRequest(chance: Chance): Buffer {
  const lines = [
    `${chance.percent(70) ? chance.pick(['GET', 'POST'] as const) : chance.pick(METHODS)} ${chance.pick(TARGETS)} HTTP/${chance.pick(VERSIONS)}`,
  ];
  if (chance.percent(90)) lines.push('Host: x');
  for (let left = chance.whole(0, 3); left > 0; left--) lines.push(chance.pick(HEADERS));
  let body: Buffer = chance.percent(50) ? Buffer.alloc(0) : Buffer.from(oddJson(chance));
  const coding = chance.whole(0, 3);
  if (coding === 0) lines.push(`Content-Length: ${body.length}`);
  if (coding === 1) {
    lines.push('Transfer-Encoding: chunked');
    body = chunked(chance, body);
  }
  const head = Buffer.from(`${lines.join(chance.percent(98) ? '\r\n' : '\n')}\r\n\r\n`, 'latin1');
  const whole = Buffer.concat([head, body]);
  return chance.percent(20) ? mutatedBytes(chance, whole) : whole;
}

/** Requests against RFC 9112, one after another without a wait for the answers. */
export function httpRequests(chance: Chance): Attempt {
  const one = oneRequest(chance);
  const count = chance.percent(10) ? chance.pick([20, 300] as const) : chance.whole(1, 3);
  const all = chance.percent(50)
    ? Array<Buffer>(count).fill(one.subarray(0, 2_000))
    : [one, ...Array.from({ length: Math.min(count, 5) }, () => oneRequest(chance))];
  const writes = inPieces(chance, Buffer.concat(all)).map((bytes) => ({
    line: 0,
    bytes,
    answered: true,
  }));
  return {
    entrance: 'HTTP requests',
    ...(chance.percent(10) && { port: 'metrics' as const }),
    writes,
    end: chance.percent(50) ? 'end' : 'reset',
  };
}

const EVENT = { name: 'said', channel: 'room', data: '{"n":1}' };
const CALLS: ReadonlyArray<{
  method: string;
  path: string;
  body?: object;
  query?: Array<[string, string]>;
}> = [
  { method: 'POST', path: '/events', body: EVENT },
  {
    method: 'POST',
    path: '/events',
    body: { ...EVENT, socket_id: '1.1', info: 'subscription_count' },
  },
  {
    method: 'POST',
    path: '/events',
    body: { name: 'said', channels: ['room', 'presence-a'], data: { a: 1 } },
  },
  {
    method: 'POST',
    path: '/batch_events',
    body: { batch: [EVENT, { ...EVENT, channel: 'cache-room' }] },
  },
  { method: 'POST', path: '/channels/room/events', body: { any: 'data' } },
  { method: 'POST', path: '/users/1/terminate_connections', body: {} },
  {
    method: 'GET',
    path: '/channels',
    query: [
      ['filter_by_prefix', 'presence-'],
      ['info', 'user_count'],
    ],
  },
  {
    method: 'GET',
    path: '/channels/presence-a',
    query: [['info', 'user_count,subscription_count']],
  },
  { method: 'GET', path: '/channels/presence-a/users' },
  { method: 'GET', path: '/channels/room/stats' },
];

/** Requests of the HTTP API with signatures that hold, and anything as their body; or with what was not signed. */
export function apiRequests(chance: Chance): Attempt {
  const requests = Array.from({ length: chance.whole(1, 4) }, () => {
    const { method, path, body, query } = chance.pick(CALLS) ?? {
      method: 'GET',
      path: '/channels',
    };
    const odd = chance.percent(15)
      ? chance.pick(['%', '/..', '\0', 'é', '/'.repeat(50), '%2f%00'] as const)
      : '';
    const text = body === undefined ? '' : mutatedJson(chance, body);
    const bytes = chance.percent(10) ? mutatedBytes(chance, Buffer.from(text)) : Buffer.from(text);
    const asked = signedRequest({
      method,
      path: encodeURI(path + odd),
      query: query ?? [],
      body: bytes,
    });
    const isOther = chance.percent(20);
    const sent = isOther ? mutatedBytes(chance, asked.body) : asked.body;
    const target = chance.percent(10)
      ? mutatedBytes(chance, Buffer.from(asked.target)).toString('latin1')
      : asked.target;
    const headers = [
      ...['Host: x', `Content-Length: ${sent.length}`],
      ...(chance.percent(20)
        ? [`Idempotency-Key: ${chance.pick(['a', 'b', 'x'.repeat(300), '\xff'] as const)}`]
        : []),
    ];
    return Buffer.concat([
      Buffer.from(`${method} ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1'),
      sent,
    ]);
  });
  return {
    entrance: 'HTTP API',
    writes: inPieces(chance, Buffer.concat(requests)).map((bytes) => ({
      line: 0,
      bytes,
      answered: true,
    })),
    end: chance.percent(50) ? 'end' : 'reset',
  };
}

const TYPES = [
  'application/x-www-form-urlencoded',
  'application/json',
  'text/plain',
  'multipart/form-data',
] as const;

/** Forms of the authorization endpoints. */
export function authForms(chance: Chance): Attempt {
  const body = chance.percent(50)
    ? mutatedJson(chance, { socket_id: '1.1', channel_name: 'private-a' })
    : `socket_id=1.1&channel_name${chance.pick(['', '[0]', '[99999]', '[', '%'] as const)}=${chance.pick(['private-a', 'presence-a', '%ff', ''] as const)}`.repeat(
        chance.pick([1, 1, 30] as const),
      );
  const path = chance.pick([
    '/pusher/auth/key',
    '/pusher/user-auth/key',
    '/pusher/auth',
    '/pusher/auth/x',
  ] as const);
  const bytes = Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${chance.pick(TYPES)}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return {
    entrance: 'authorization forms',
    writes: [{ line: 0, bytes, answered: true }],
    end: 'end',
  };
}

/** A post to a SockJS address. */
export function post(path: string, body: string, headers = ''): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** The body of `xhr_send`: texts in an array. */
export function sendBody(chance: Chance, text: () => string): string {
  const texts = Array.from({ length: chance.whole(1, 4) }, text);
  if (chance.percent(70)) return JSON.stringify(texts);
  return chance.percent(50) ? mutatedJson(chance, texts, 1) : oddJson(chance);
}

/** Sessions of the HTTP fallback: receivers, posts in and out of their order, repeated ones, foreign ones. */
export function fallbackPosts(chance: Chance, n: number): Attempt {
  const session = chance.percent(80)
    ? `fuzz${String(n).padStart(8, '0')}`
    : `shared0${chance.whole(0, 2)}`;
  const key = chance.percent(95) ? 'key' : chance.pick(['x', '%', '__proto__', ''] as const);
  const base = `/pusher/app/${key}/${chance.whole(0, 999)}/${session}`;
  const query = 'protocol=7&client=js&version=8.6.0';
  const receiver = (): Buffer =>
    post(
      `${base}/${chance.pick(['xhr', 'xhr_streaming'] as const)}?${query}&t=1&n=${chance.whole(0, 3)}`,
      chance.percent(90) ? '' : oddJson(chance),
    );
  const writes: Write[] = [{ line: 0, bytes: receiver(), answered: true }];
  for (let i = 1, left = chance.whole(1, 6); left > 0; left--) {
    const number = chance.percent(70)
      ? i++
      : chance.pick(['0', '1', '5', '-1', '1e9', '99999999999999999999', 'x', ''] as const);
    const line = chance.percent(80) ? 1 : chance.whole(0, 3);
    const bytes = chance.percent(85)
      ? post(
          `${base}/xhr_send?t=1&n=${number}`,
          sendBody(chance, () => channelsText(chance)),
        )
      : receiver();
    writes.push({ line, bytes, answered: chance.percent(50) });
  }
  return { entrance: 'fallback posts', writes, end: chance.percent(50) ? 'end' : 'reset' };
}
