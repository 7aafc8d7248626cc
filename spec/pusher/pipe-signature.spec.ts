import * as fc from 'fast-check';
import t from 'tap';
import { signPipeRequest, verifyPipeRequest } from '../../lib/pusher/pipe-signature';
import type { PipeVerdict } from '../../lib/pusher/pipe-signature';
import { hmacHex } from '../../lib/pusher/signature';

const key = '278d425bdf160c739803';
const secret = '7ad3773142a6692b25b8';
const path = '/pipe/3';
const timestampS = 1353088179;

function verify(
  params: string,
  given: { nowS?: number; path?: string; toleranceS?: number } = {},
): PipeVerdict {
  return verifyPipeRequest({
    params,
    path,
    secretOf: (name) => (name === key ? secret : undefined),
    nowS: timestampS,
    ...given,
  });
}

function sign(fields: Record<string, string>): string {
  const query = Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
  return `${query}&auth_signature=${hmacHex(secret, `GET\n${path}\n${query}`)}`;
}

const fields = { auth_key: key, auth_timestamp: String(timestampS), auth_version: '1.0' };
const good = signPipeRequest({ key, secret, path, timestampS });

function code(params: string, given = {}): string {
  const verdict = verify(params, given);
  return verdict.ok ? 'ok' : verdict.code;
}

t.test('a pipe is signed like a GET of its path', async (t) => {
  const query = `auth_key=${key}&auth_timestamp=${timestampS}&auth_version=1.0`;
  t.equal(good, `${query}&auth_signature=${hmacHex(secret, `GET\n/pipe/3\n${query}`)}`);
  t.equal(good, sign(fields));
  t.strictSame(verify(good), { ok: true, key });
});

t.test('a key or path with special characters survives the way', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (odd) => {
      const params = signPipeRequest({ key: odd, secret, path, timestampS });
      const secretOf = (name: string): string | undefined => (name === odd ? secret : undefined);
      t.strictSame(verifyPipeRequest({ params, path, secretOf, nowS: timestampS }), {
        ok: true,
        key: odd,
      });
    }),
  );
});

t.test('each way to be wrong has its code', async (t) => {
  t.equal(code(''), 'missing_parameter');
  for (const name of ['auth_key', 'auth_timestamp', 'auth_version', 'auth_signature']) {
    const params = new URLSearchParams(good);
    params.delete(name);
    t.equal(code(params.toString()), 'missing_parameter', name);
    t.equal(code(`${good}&${name}=1`), 'missing_parameter', `${name} twice`);
  }
  t.equal(code(sign({ ...fields, auth_key: 'other' })), 'unknown_key');
  t.equal(code(sign({ ...fields, auth_key: '__proto__' })), 'unknown_key');
  t.equal(code(sign({ ...fields, auth_version: '1.1' })), 'bad_version');
  for (const auth_timestamp of ['', 'NaN', '1e9', '12abc', '-1', '1.5', '9'.repeat(13)]) {
    t.equal(code(sign({ ...fields, auth_timestamp })), 'bad_timestamp', auth_timestamp);
  }
  t.equal(code(good, { path: '/pipe/4' }), 'bad_signature');
  t.equal(code(`${good}&extra=1`), 'bad_signature');
  t.equal(code(signPipeRequest({ key, secret: 'wrong', path, timestampS })), 'bad_signature');
  t.equal(code(signPipeRequest({ key: 'other', secret: '', path, timestampS })), 'unknown_key');
});

t.test('599 seconds away passes and 600 do not', async (t) => {
  for (const awayS of [599, -599, 599.9]) t.equal(code(good, { nowS: timestampS + awayS }), 'ok');
  for (const awayS of [600, -600]) t.equal(code(good, { nowS: timestampS + awayS }), 'expired');
  t.equal(code(good, { nowS: timestampS + 30, toleranceS: 30 }), 'expired');
});

t.test('a request with any flipped byte is refused', async (t) => {
  for (let at = 0; at < good.length; at++) {
    const flipped = String.fromCharCode(good.charCodeAt(at) ^ 1);
    t.not(code(good.slice(0, at) + flipped + good.slice(at + 1)), 'ok', String(at));
  }
});

t.test('a refusal names the fault and never the secret or the digest', async (t) => {
  const message = (params: string, given = {}): string => {
    const verdict = verify(params, given);
    return verdict.ok ? '' : verdict.message;
  };
  t.match(message('auth_key=x'), 'auth_timestamp must be given exactly once');
  t.match(message(sign({ ...fields, auth_key: 'other' })), 'check the app id and the key');
  t.match(message(good, { nowS: timestampS + 700 }), /700 s away .* check the clocks/);
  const wrong = message(good.replace(/.$/, 'x'));
  t.match(wrong, /check the secret/);
  t.ok(
    wrong.includes(
      `"GET\\n/pipe/3\\nauth_key=${key}&auth_timestamp=${timestampS}&auth_version=1.0"`,
    ),
  );
  t.notOk(wrong.includes(secret));
  t.notOk(wrong.includes(good.slice(-64)));
});
