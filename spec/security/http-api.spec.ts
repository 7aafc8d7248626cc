import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { Apps } from '../../lib/gateway/core/model/app';
import { checkGatewayOptions } from '../../lib/gateway/options/options';
import {
  authenticate,
  authenticateBody,
  parseQuery,
} from '../../lib/gateway/protocols/rest/authenticate';
import { bodyMd5, signRequest } from '../../lib/pusher/request-signature';
import { hmacHex } from '../../lib/pusher/signature';
import { ApiClient, type ApiRequest, signedRequest } from '../support/api-client';
import { ManualClock } from '../support/manual-clock';
import { RawSocket } from '../support/raw-socket';
import { SECRET, startGateway } from '../support/start-gateway';
import { TestSocket } from '../support/test-socket';

const event = { name: 'e', channel: 'room', data: 'd' };
const publish: ApiRequest = { method: 'POST', path: '/events', body: event };

t.test('the public example of the documentation passes, byte for byte', async (t) => {
  const key = '278d425bdf160c739803';
  const secret = '7ad3773142a6692b25b8';
  const clock = new ManualClock({ turns: 'real' });
  clock.wallMs = 1_353_088_179_000;
  const gateway = await startGateway(t, { clock, apps: [{ id: '3', key, secret }] });
  const body = '{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}';
  const query =
    `auth_key=${key}&auth_timestamp=1353088179&auth_version=1.0` +
    '&body_md5=ec365a775a4cd0599faeb73354201b6f' +
    '&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c';
  const url = `${gateway.url}/apps/3/events?${query}`;
  const answer = await fetch(url, { method: 'POST', body });
  t.strictSame([answer.status, await answer.text()], [200, '{}']);
});

t.test('no request passes with one byte of it changed', async (t) => {
  const gateway = await startGateway(t);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.subscribe('room');
  const { target, body } = signedRequest(publish);
  const whole = `${target} ${body.toString()}`;
  const query = target.indexOf('?');
  const statuses = new Map<string, Set<number>>();
  for (let i = 0; i < whole.length; i++) {
    // Neither the space between them, nor a bit that makes one of a letter: they make other requests, not tampered
    // ones.
    const flipped = String.fromCharCode(whole.charCodeAt(i) ^ 1);
    if (i === target.length || flipped === ' ') continue;
    const text = whole.slice(0, i) + flipped + whole.slice(i + 1);
    const [path, sent] = [text.slice(0, target.length), text.slice(target.length + 1)];
    const answer = await fetchRaw(gateway.port, path, sent);
    const part = i <= query ? 'path' : i < target.length ? 'query' : 'body';
    if (!statuses.has(part)) statuses.set(part, new Set());
    statuses.get(part)?.add(answer);
  }
  t.strictSame([...(statuses.get('body') ?? [])], [401]);
  t.strictSame([...(statuses.get('path') ?? [])].sort(), [400, 401, 404]);
  t.strictSame([...(statuses.get('query') ?? [])].sort(), [401]);
  t.strictSame(await socket.settled(), [], 'and nothing was published');
});

async function fetchRaw(port: number, target: string, body: string): Promise<number> {
  const raw = await RawSocket.tcp(port);
  const head = `POST ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
  raw.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  await raw.ended;
  return raw.status;
}

t.test('another method, a parameter more or less or twice is refused', async (t) => {
  const gateway = await startGateway(t);
  const { target } = signedRequest({ path: '/channels' });
  const get = `GET http://127.0.0.1${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  const absolute = await RawSocket.exchange(t, gateway.port, get);
  t.equal(absolute.status, 200, 'a target may be absolute');
  const ask = async (more: string): Promise<string> => {
    const answer = await fetch(gateway.url + target + more);
    return `${answer.status} ${(await answer.text()).slice(0, 40)}`;
  };
  t.match(await ask(''), /^200/);
  t.match(await ask('&info=x'), /^401 Invalid signature/);
  t.match(await ask('&auth_key=key'), /^400 Duplicate query parameter: auth_key/);
  t.match(await ask('&Auth_Key=key'), /^400 Duplicate query parameter: auth_key/);
  t.match(await ask('&auth_signature=x'), /^400 Duplicate/);
  const posted = await fetch(gateway.url + target.replace('/channels', '/events'), {
    method: 'POST',
  });
  t.equal(posted.status, 401);
});

t.test('a body is checked as it was sent, before it is understood', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  const [, query] = signedRequest(publish).target.split('?');
  const spaced = JSON.stringify(event, undefined, 1);
  for (const body of [spaced, '{', '', Buffer.from([0xff])]) {
    t.match(await api.send({ ...publish, body, rawQuery: query }), {
      status: 401,
      body: 'Invalid body MD5\n',
    });
  }
});

t.test('two bodies of one MD5 are told apart by a signed body_sha256', async (t) => {
  // The collision that Wang, Feng, Lai and Yu published in 2004.
  const one = Buffer.from(
    'd131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f89' +
      '55ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b' +
      'd8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0' +
      'e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70',
    'hex',
  );
  const two = Buffer.from(one);
  for (const i of [19, 45, 59, 83, 109, 123]) two[i] = (one[i] as number) ^ 0x80;
  t.notSame(one, two);
  t.equal(bodyMd5(one), bodyMd5(two));
  const { apps } = checkGatewayOptions({ apps: [{ id: '1', key: 'key', secret: SECRET }] });
  const app = new Apps(apps).byId('1');
  const check = (body: Buffer, query: Array<[string, string]>): (() => unknown) => {
    const about = { method: 'POST', path: '/apps/1/events', permission: 'publish' } as const;
    const md5 = bodyMd5(one);
    const credentials = { key: 'key', secret: SECRET, timestamp: 1_000 };
    const params = parseQuery(signRequest({ ...about, ...credentials, query, bodyMd5: md5 }));
    const rest = { paths: [about.path], params, nowMs: 1e6, toleranceS: 600 };
    return () => {
      const { app: signer } = authenticate(app, { ...about, ...rest });
      authenticateBody(params, body);
      return signer;
    };
  };
  t.equal(check(one, [])(), app);
  t.equal(check(two, [])(), app, 'which is why it is there');
  const sha256 = createHash('sha256').update(one).digest('hex');
  t.equal(check(one, [['body_sha256', sha256]])(), app);
  const refused = { code: 'refused', status: 401, message: 'Invalid body SHA-256' };
  t.throws(check(two, [['body_sha256', sha256]]), refused);
  t.throws(check(two, [['Body_SHA256', sha256]]), refused);
});

t.test(
  'a request may be replayed for 600 s, or for the time that is set, from 30 s on',
  async (t) => {
    for (const toleranceS of [600, 30]) {
      const clock = new ManualClock({ turns: 'real' });
      const limits = { signatureToleranceMs: toleranceS * 1000 };
      const api = new ApiClient(t, await startGateway(t, { clock, limits }));
      const timestamp = Math.floor(clock.wall() / 1000);
      const statusAt = async (awayS: number): Promise<number> =>
        (await api.send({ path: '/channels', timestamp: timestamp + awayS })).status;
      t.equal(await statusAt(toleranceS - 1), 200);
      t.equal(await statusAt(toleranceS + 1), 401);
      clock.advance((toleranceS - 1) * 1000);
      t.equal(await statusAt(0), 200);
      clock.advance(2000);
      t.equal(await statusAt(0), 401);
    }
    await t.rejects(startGateway(t, { limits: { signatureToleranceMs: 29_999 } }), {
      code: 'bad_option',
    });
  },
);

t.test('no answer tells a secret, a digest or where the code stands', async (t) => {
  const clock = new ManualClock({ turns: 'real' });
  const gateway = await startGateway(t, { clock });
  const api = new ApiClient(t, gateway);
  const timestamp = Math.floor(clock.wall() / 1000);
  const { target } = signedRequest({ ...publish, timestamp });
  const [, right = ''] = target.split('auth_signature=');
  const wrong = target.split('?')[1]?.replace(right, '0'.repeat(64)) ?? '';
  const requests: ApiRequest[] = [
    { ...publish, rawQuery: wrong },
    { ...publish, timestamp, secret: 'x' },
    { ...publish, timestamp: 1 },
    { ...publish, timestamp, body: '{"name":' },
    { ...publish, timestamp, body: { ...event, data: undefined } },
    { ...publish, timestamp, body: '['.repeat(200_000) },
    { path: '/channels/%00', timestamp },
    { path: '/channels/%FF' },
    { path: '/nothing' },
  ];
  for (const request of requests) {
    const { status, body, headers } = await api.send(request);
    t.ok(status >= 400 && status < 500, `${status}`);
    const all = body + JSON.stringify(headers);
    for (const secret of [SECRET, right, hmacHex(SECRET, ''), 'node_modules', 'at ', '.ts']) {
      t.notOk(all.includes(secret), `${status} without ${secret}`);
    }
    t.ok(body.endsWith('\n') && !body.slice(0, -1).includes('\n'), 'one line');
  }
});

t.test('a name in a path is one segment and decoded once', async (t) => {
  const gateway = await startGateway(t);
  const api = new ApiClient(t, gateway);
  const socket = await TestSocket.connect(t, gateway.port);
  await socket.signIn({ id: 'ann' });
  const rows: Array<[method: string, path: string, status: number]> = [
    ['POST', '/users/..%2fann/terminate_connections', 200],
    ['POST', '/users/%2e%2e%2f%2e%2e%2fusers%2fann/terminate_connections', 200],
    ['POST', '/users/x/../ann/terminate_connections', 404],
    ['POST', '/users/a%256en/terminate_connections', 200],
    ['POST', '/users/ann%00/terminate_connections', 200],
    ['POST', '/users/__proto__/terminate_connections', 200],
    ['POST', '/users//terminate_connections', 404],
    ['POST', '/users/%/terminate_connections', 400],
    ['GET', '/channels/a%2Fb', 400],
    ['GET', '/channels/a%252Fb', 400],
    ['GET', '/channels/a%00', 400],
    ['GET', '/channels/..%2F..%2Fetc%2Fpasswd', 400],
    ['GET', '/channels/%ff', 400],
    ['GET', '/channels/a/b', 404],
    ['GET', '/channels/', 404],
    ['GET', '/channels/constructor', 200],
    ['GET', '/channels/%72oom', 200],
  ];
  for (const [method, path, status] of rows) {
    t.equal((await api.send({ method, path })).status, status, path);
  }
  t.strictSame(await socket.settled(), [], 'nobody was reached by another name');
});

t.test('nothing of a request comes back in a header', async (t) => {
  const api = new ApiClient(t, await startGateway(t));
  const known = [
    ...['content-type', 'content-length', 'x-content-type-options', 'date'],
    ...['connection', 'keep-alive', 'allow', 'cache-control'],
  ];
  const inject = fc
    .array(fc.constantFrom('\r\n', 'X-Evil: 1', '\n', '\0', ' ', 'ä', 'a'), { maxLength: 6 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(inject, inject, async (name, channel) => {
      const answers = [
        await api.post('/events', { name, channel, data: name, info: channel }),
        await api.get(`/channels/${encodeURIComponent(channel)}`, { info: name }),
        await api.get('/channels', { [`p${name}`]: channel }),
      ];
      for (const { headers, status } of answers) {
        if (status >= 500) return false;
        for (const [header, value] of Object.entries(headers)) {
          if (!known.includes(header) || /evil/i.test(String(value))) return false;
        }
      }
      return true;
    }),
    { numRuns: 50 },
  );
});

t.test('a key opens the app it belongs to and no other', async (t) => {
  const apps = ['1', '2'].map((id) => ({ id, key: `key${id}`, secret: `secret${id}` }));
  const gateway = await startGateway(t, { apps });
  const api = new ApiClient(t, gateway);
  for (const id of ['1', '2', '3']) {
    for (const key of ['1', '2', '3']) {
      for (const secret of ['1', '2', '3']) {
        const credentials = { key: `key${key}`, secret: `secret${secret}` };
        const { status } = await api.send({ path: `/apps/${id}/channels`, ...credentials });
        const right = id === key && key === secret && id !== '3';
        t.equal(status, right ? 200 : 401, `app ${id}, key ${key}, secret ${secret}`);
      }
    }
  }
});

t.test('an app that asks too much takes nothing from another', async (t) => {
  const apps = ['1', '2'].map((id) => ({
    ...{ id, key: `key${id}`, secret: SECRET },
    maxRequestsPerSecond: 1,
  }));
  const clock = new ManualClock({ turns: 'real' });
  const api = new ApiClient(t, await startGateway(t, { clock, apps }));
  const timestamp = Math.floor(clock.wall() / 1000);
  const ask = async (id: string): Promise<number> =>
    (await api.send({ path: `/apps/${id}/channels`, key: `key${id}`, timestamp })).status;
  t.strictSame([await ask('1'), await ask('1'), await ask('1')], [200, 429, 429]);
  t.equal(await ask('2'), 200);
});

t.test('every path has its method, and no other', async (t) => {
  const gateway = await startGateway(t);
  const paths: Array<[path: string, method: string]> = [
    ['events', 'POST'],
    ['batch_events', 'POST'],
    ['channels', 'GET'],
    ['channels/x', 'GET'],
    ['channels/presence-x/users', 'GET'],
    ['channels/x/stats', 'GET'],
    ['channels/x/events', 'POST'],
    ['users/x/terminate_connections', 'POST'],
  ];
  for (const [path, allowed] of paths) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const headers = { 'X-HTTP-Method-Override': allowed };
      const answer = await fetch(`${gateway.url}/apps/1/${path}`, { method, headers });
      t.equal(answer.status, method === allowed ? 401 : 405, `${method} ${path}`);
      if (method !== allowed) t.equal(answer.headers.get('allow'), allowed);
      await answer.text();
    }
  }
});

t.test('a path outside of the API is not found', async (t) => {
  const gateway = await startGateway(t);
  const { target } = signedRequest({ path: '/channels' });
  const get = `GET http://127.0.0.1${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  const absolute = await RawSocket.exchange(t, gateway.port, get);
  t.equal(absolute.status, 200, 'a target may be absolute');
  const targets = [
    ...['//apps/1/channels', '/apps//channels', '/apps/1//channels', '/apps/1/channels/'],
    ...['/apps/1', '/apps/1/', '/apps/', '/apps', '/Apps/1/channels', '/apps/1/Channels'],
    ...['/apps/1/channels/x/y', '/apps/1/channels/x/users/', '/apps/1/events/x', '/apps/1/users/x'],
    ...['/apps/1/constructor', '/apps/1/__proto__', '/apps/1/:', '/./apps/1/channels'],
    ...['*', '/apps/1/channels;x', '/apps/1/%63hannels'],
  ];
  for (const path of targets) {
    const raw = await RawSocket.exchange(
      t,
      gateway.port,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    const expected = path === '/apps//channels' ? 401 : 404;
    t.equal(raw.status, expected, path);
  }
});
