import Pusher from 'pusher';
import t from 'tap';
import {
  bodyError,
  bodyMd5,
  signRequest,
  stringToSign,
  verifyRequest,
} from '../../lib/pusher/request-signature';
import type { Params, RequestVerdict } from '../../lib/pusher/request-signature';
import { hmacHex } from '../../lib/pusher/signature';

const key = '278d425bdf160c739803';
const secret = '7ad3773142a6692b25b8';
const timestamp = 1353088179;
const nowMs = timestamp * 1000;
const body = '{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}';
const BODY_MD5 = 'ec365a775a4cd0599faeb73354201b6f';
const POST_SIGNATURE = 'da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c';
const GET_SIGNATURE = '16819168891cb5dfd72b5c7a5d3d602605b26c6ba1930033b5e2eeeb65010291';
const PIPE_SIGNATURE = '3638430b1080806a202d133c1abb989f2b2b4a7d5eaf5286eca3559ae79dc513';
const OLD_PIPE_SIGNATURE = '16fa7acd6fbfaa2bc9f5111da4b50820f6bc4bc0f11577805e69a1bb10de428d';

interface Request {
  method: string;
  path: string;
  rawPath?: string;
  query: string;
  body?: string;
  nowMs?: number;
  toleranceS?: number;
}

function verify(request: Request): RequestVerdict {
  const params = [...new URLSearchParams(request.query)];
  const verdict = verifyRequest({
    method: request.method,
    path: request.path,
    rawPath: request.rawPath ?? request.path,
    params,
    secretOf: (given) => (given === key ? secret : undefined),
    nowMs: request.nowMs ?? nowMs,
    ...(request.toleranceS === undefined ? {} : { toleranceS: request.toleranceS }),
  });
  const message = verdict.ok ? bodyError(params, Buffer.from(request.body ?? '')) : undefined;
  return message === undefined ? verdict : { ok: false, status: 401, message };
}

const post: Request = {
  method: 'POST',
  path: '/apps/3/events',
  query: signRequest({
    method: 'POST',
    path: '/apps/3/events',
    key,
    secret,
    timestamp,
    bodyMd5: bodyMd5(body),
  }),
  body,
};

/** A request whose signature is right, whatever its parameters are. */
function signed(params: Params, given = ''): Request {
  const request = { method: 'POST', path: '/apps/3/events' };
  const signature = hmacHex(secret, stringToSign(request.method, request.path, params));
  const query = new URLSearchParams();
  for (const [name, value] of params) query.append(name, value);
  query.append('auth_signature', signature);
  return { ...request, query: query.toString(), body: given };
}

const KEY = ['auth_key', key] as const;
const TIMESTAMP = ['auth_timestamp', String(timestamp)] as const;
const VERSION = ['auth_version', '1.0'] as const;

function refusal(request: Request): string | undefined {
  const verdict = verify(request);
  return verdict.ok ? undefined : `${verdict.status} ${verdict.message}`;
}

t.test('the MD5 of a body is that of its bytes', async (t) => {
  t.equal(bodyMd5(body), BODY_MD5);
  t.equal(bodyMd5(Buffer.from(body)), BODY_MD5);
});

t.test('a POST is signed with the MD5 of its body', async (t) => {
  const params = [KEY, TIMESTAMP, VERSION, ['body_md5', BODY_MD5]] as const;
  const toSign = stringToSign('POST', '/apps/3/events', params);
  t.equal(
    toSign,
    `POST\n/apps/3/events\nauth_key=${key}&auth_timestamp=1353088179&auth_version=1.0&body_md5=${BODY_MD5}`,
  );
  t.equal(hmacHex(secret, toSign), POST_SIGNATURE);
  t.equal(
    post.query,
    `auth_key=${key}&auth_timestamp=1353088179&auth_version=1.0&body_md5=${BODY_MD5}&auth_signature=${POST_SIGNATURE}`,
  );
  t.strictSame(verify(post), { ok: true, key });
});

t.test('a GET is signed with its parameters', async (t) => {
  const query = [
    ['info', 'user_count'],
    ['filter_by_prefix', 'presence-'],
  ] as const;
  const request = { method: 'GET', path: '/apps/3/channels' };
  const text = signRequest({ ...request, query, key, secret, timestamp });
  t.equal(new URLSearchParams(text).get('auth_signature'), GET_SIGNATURE);
  t.strictSame(verify({ ...request, query: text }), { ok: true, key });
});

t.test('the URL of the Pipe of 2011 is signed by the same rule', async (t) => {
  const times = [
    ['auth_key', key],
    ['auth_timestamp', '1322700000'],
    ['auth_version', '1.0'],
  ] as const;
  const signed = (params: Params): string =>
    hmacHex(secret, stringToSign('WEBSOCKET', '/app/3', params));
  t.equal(signed([...times, ['protocol_version', '0.2']]), PIPE_SIGNATURE);
  t.equal(signed(times), OLD_PIPE_SIGNATURE, 'before it had versions');
});

t.test('names are lower-cased and sorted, values decoded, lists keep their order', async (t) => {
  t.equal(
    stringToSign('GET', '/p', [
      ['b', 'ä & c'],
      ['Auth_Key', 'K'],
      ['channels[]', 'z'],
      ['auth_signature', 'x'],
      ['AUTH_SIGNATURE', 'x'],
      ['channels[]', 'a'],
      ['a', ''],
    ]),
    'GET\n/p\na=&auth_key=K&b=ä & c&channels[]=z&channels[]=a',
  );
  const request = { method: 'GET', path: '/apps/3/channels' };
  const query = [
    ['channels[]', 'z'],
    ['channels[]', 'a b'],
  ] as const;
  const text = signRequest({ ...request, query, key, secret, timestamp });
  t.ok(verify({ ...request, query: text }).ok);
});

t.test('a request signed by the SDK is accepted', async (t) => {
  const sdk = new Pusher({ appId: '3', key, secret, host: '127.0.0.1' });
  const request = { method: 'POST', path: '/apps/3/events', body: '{"name":"é"}' };
  const query = sdk.createSignedQueryString({ ...request, params: { info: 'user_count' } });
  t.strictSame(verify({ ...request, query, nowMs: Date.now() }), { ok: true, key });
});

t.test('the checks come in the documented order with the documented texts', async (t) => {
  t.equal(refusal({ ...post, query: '' }), '401 Missing parameter: auth_key');
  t.equal(refusal({ ...post, query: 'auth_key=x' }), '401 Unknown auth_key');
  t.equal(refusal({ ...post, query: 'auth_key=__proto__' }), '401 Unknown auth_key');
  t.equal(refusal({ ...post, query: `auth_key=${key}` }), '401 Version required');
  const versioned = `auth_key=${key}&auth_version=`;
  t.equal(refusal({ ...post, query: `${versioned}1.1` }), '401 Version not supported');
  t.equal(refusal({ ...post, query: `${versioned}1.0` }), '401 Timestamp required');
  const late = `${versioned}1.0&auth_timestamp=1380443793`;
  t.equal(
    refusal({ ...post, query: late, nowMs: 1380443192_999 }),
    '401 Timestamp expired: Given timestamp (2013-09-29T08:36:33Z) ' +
      'not within 600s of server time (2013-09-29T08:26:32Z)',
  );
  const timed = `${versioned}1.0&auth_timestamp=${timestamp}`;
  t.equal(refusal({ ...post, query: timed }), '401 Missing parameter: auth_signature');
  t.equal(
    refusal({ ...post, query: `${timed}&auth_signature=asdf%22` }),
    '401 Invalid signature: you should have sent HmacSHA256Hex("POST\\n/apps/3/events\\n' +
      `auth_key=${key}&auth_timestamp=${timestamp}&auth_version=1.0", your_secret_key), ` +
      'but you sent "asdf\\""',
  );
});

t.test('a request with any flipped byte of query, path, method or body is refused', async (t) => {
  const flip = (text: string, at: number): string =>
    text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
  for (const field of ['query', 'path', 'method', 'body'] as const) {
    const text = post[field] ?? '';
    t.ok(text.length > 0);
    for (let at = 0; at < text.length; at++) {
      t.equal(verify({ ...post, [field]: flip(text, at) }).ok, false, `${field} ${at}`);
    }
  }
  t.equal(
    verify({ ...post, query: `${post.query}&info=user_count` }).ok,
    false,
    'an added parameter',
  );
});

t.test('a parameter that occurs twice is refused before all else', async (t) => {
  for (const twice of [
    'auth_key=x',
    'AUTH_KEY=x',
    'Auth_Timestamp=1',
    'body_md5=',
    'auth_signature=',
  ]) {
    const name = twice.split('=')[0]?.toLowerCase() ?? '';
    t.equal(
      refusal({ ...post, query: `${post.query}&${twice}` }),
      `400 Duplicate query parameter: ${name}`,
    );
  }
  t.equal(refusal({ ...post, query: 'a=1&a=1' }), '400 Duplicate query parameter: a');
});

t.test('a body needs its MD5, and a signed MD5 needs its body', async (t) => {
  const without = [KEY, TIMESTAMP, VERSION];
  t.equal(refusal(signed(without, body)), '401 Missing parameter: body_md5');
  t.equal(refusal(signed(without)), undefined);
  const withMd5 = [...without, ['body_md5', BODY_MD5] as const];
  t.equal(refusal(signed(withMd5, body)), undefined);
  t.equal(refusal(signed(withMd5, `${body} `)), '401 Invalid body MD5');
  t.equal(refusal(signed(withMd5)), '401 Invalid body MD5', 'the body was taken away');
  t.equal(refusal(signed([...without, ['body_md5', bodyMd5('')]])), undefined);
  t.equal(refusal(signed([...without, ['body_md5', '']], body)), '401 Invalid body MD5');
});

t.test('599 seconds away passes and 600 do not', async (t) => {
  for (const awayS of [0, 599, -599]) {
    t.equal(refusal({ ...post, nowMs: nowMs + awayS * 1000 }), undefined, String(awayS));
  }
  for (const awayS of [600, -600, 601, -601]) {
    t.match(
      refusal({ ...post, nowMs: nowMs + awayS * 1000 }),
      /^401 Timestamp expired/,
      String(awayS),
    );
  }
  t.equal(refusal({ ...post, nowMs: nowMs + 29_000, toleranceS: 30 }), undefined);
  t.match(refusal({ ...post, nowMs: nowMs + 30_000, toleranceS: 30 }), /within 30s/);
});

t.test('a timestamp is digits and nothing else', async (t) => {
  for (const given of [
    '',
    'NaN',
    '1e9',
    '12abc',
    '-1',
    '1.5',
    '0x10',
    ' 1',
    'Infinity',
    '9'.repeat(13),
  ]) {
    t.equal(
      refusal(signed([KEY, ['auth_timestamp', given], VERSION])),
      '401 Timestamp must be in whole seconds since 1970',
      given,
    );
  }
  const far = signed([KEY, ['auth_timestamp', '9'.repeat(12)], VERSION]);
  t.match(refusal(far), /^401 Timestamp expired: Given timestamp \(\+033658-/);
});

t.test('the path may be signed as sent or decoded', async (t) => {
  const rawPath = '/apps/3/users/a%3Bb/terminate_connections';
  const path = '/apps/3/users/a;b/terminate_connections';
  for (const signedPath of [rawPath, path]) {
    const query = signRequest({ method: 'POST', path: signedPath, key, secret, timestamp });
    t.strictSame(verify({ method: 'POST', path, rawPath, query }), { ok: true, key });
  }
  const query = signRequest({ method: 'POST', path: '/apps/3', key, secret, timestamp });
  t.match(refusal({ method: 'POST', path, rawPath, query }), /you should have sent .*a%3Bb/);
});

t.test('no refusal shows the secret or the right signature', async (t) => {
  const wrong = post.query.replace(POST_SIGNATURE, 'f'.repeat(64));
  const verdict = refusal({ ...post, query: wrong }) ?? '';
  t.match(verdict, /^401 Invalid signature/);
  t.notOk(verdict.includes(secret));
  t.notOk(verdict.includes(POST_SIGNATURE));
});
