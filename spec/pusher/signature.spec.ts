import Pusher from 'pusher';
import * as fc from 'fast-check';
import t from 'tap';
import {
  channelStringToSign,
  hmacHex,
  safeEqual,
  signWebhook,
  userStringToSign,
  verifyChannelAuth,
  verifyUserAuth,
} from '../../lib/pusher/signature';
import { runs } from '../support/depth';

const key = '278d425bdf160c739803';
const secret = '7ad3773142a6692b25b8';
const socketId = '1234.1234';
const sdk = new Pusher({ appId: '3', key, secret, host: '127.0.0.1' });

const PRIVATE_SIGNATURE = '58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4';
const EMPTY_DATA_SIGNATURE = 'fb799eb5e55306a4911a0b1f25f875bb765b797ea357a8d311a40259e66eadcf';
const PRESENCE_SIGNATURE = 'afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c';
const OTHER_PRESENCE_SIGNATURE = '31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80';
const USER_SIGNATURE = '4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba';

t.test('a private channel is signed with its socket', async (t) => {
  const toSign = channelStringToSign(socketId, 'private-foobar');
  t.equal(toSign, '1234.1234:private-foobar');
  t.equal(hmacHex(secret, toSign), PRIVATE_SIGNATURE);
  const auth = `${key}:${PRIVATE_SIGNATURE}`;
  t.strictSame(verifyChannelAuth({ key, secret, socketId, channel: 'private-foobar', auth }), {
    ok: true,
  });
});

t.test('empty channel data is signed too', async (t) => {
  const toSign = channelStringToSign(socketId, 'private-foobar', '');
  t.equal(toSign, '1234.1234:private-foobar:');
  t.equal(hmacHex(secret, toSign), EMPTY_DATA_SIGNATURE);
  const request = {
    key,
    secret,
    socketId,
    channel: 'private-foobar',
    auth: `${key}:${EMPTY_DATA_SIGNATURE}`,
  };
  t.ok(verifyChannelAuth({ ...request, channelData: '' }).ok);
  t.notOk(verifyChannelAuth(request).ok);
});

for (const [id, name, expected] of [
  ['of a user without info', 'Mr. Pusher', PRESENCE_SIGNATURE],
  ['of another user', 'Mr. Channels', OTHER_PRESENCE_SIGNATURE],
] as const) {
  t.test(`a presence channel is signed with its data, ${id}`, async (t) => {
    const channelData = `{"user_id":10,"user_info":{"name":"${name}"}}`;
    const channel = 'presence-foobar';
    t.equal(hmacHex(secret, channelStringToSign(socketId, channel, channelData)), expected);
    const auth = `${key}:${expected}`;
    t.ok(verifyChannelAuth({ key, secret, socketId, channel, channelData, auth }).ok);
  });
}

t.test('a signin is signed with the data of the user', async (t) => {
  const userData = '{"id":"12345"}';
  t.equal(userStringToSign(socketId, userData), '1234.1234::user::{"id":"12345"}');
  t.equal(hmacHex(secret, userStringToSign(socketId, userData)), USER_SIGNATURE);
  t.strictSame(
    verifyUserAuth({ key, secret, socketId, userData, auth: `${key}:${USER_SIGNATURE}` }),
    {
      ok: true,
    },
  );
});

t.test('a webhook is signed over its body', async (t) => {
  const headers = signWebhook({ key: 'key', secret: 'secret', body: '{"hello":"world"}' });
  t.strictSame(headers, {
    'Content-Type': 'application/json',
    'X-Pusher-Key': 'key',
    'X-Pusher-Signature': '2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778',
  });
});

t.test('a webhook of the real shape is valid for the SDK', async (t) => {
  const rawBody =
    '{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"my-channel"}]}';
  const signed = signWebhook({ key, secret, body: rawBody });
  t.equal(
    signed['X-Pusher-Signature'],
    'c19001ae3963ccb13bf618e5b16ba9848e7e74df0993aa0689168e341c6833cf',
  );
  const headers = Object.fromEntries(
    Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]),
  );
  t.ok(sdk.webhook({ headers, rawBody }).isValid());
});

t.test('a signature of the SDK is accepted', async (t) => {
  const channel = 'private-foobar';
  const { auth } = sdk.authorizeChannel(socketId, channel);
  t.ok(verifyChannelAuth({ key, secret, socketId, channel, auth }).ok);
  const member = { user_id: '10', user_info: { name: 'é "quoted"' } };
  const presence = sdk.authorizeChannel(socketId, 'presence-foobar', member);
  t.ok(
    verifyChannelAuth({
      key,
      secret,
      socketId,
      channel: 'presence-foobar',
      auth: presence.auth,
      channelData: presence.channel_data,
    }).ok,
  );
  const user = sdk.authenticateUser(socketId, { id: '12345' });
  const { auth: userAuth, user_data: userData } = user;
  t.ok(verifyUserAuth({ key, secret, socketId, userData, auth: userAuth }).ok);
});

t.test('a signature is good for the signed text only', async (t) => {
  const good = {
    key,
    secret,
    socketId,
    channel: 'presence-foobar',
    channelData: '{"user_id":10,"user_info":{"name":"Mr. Pusher"}}',
    auth: `${key}:${PRESENCE_SIGNATURE}`,
  };
  t.ok(verifyChannelAuth(good).ok);
  const tampered = {
    socketId: ['1234.1235', '1234.123', '1234.12341', ''],
    channel: ['presence-foobaz', 'presence-fooba', 'Presence-foobar', 'private-foobar', ''],
    channelData: [undefined, '', '{"user_id":10}', ` ${good.channelData}`],
    secret: ['7ad3773142a6692b25b9', ''],
    auth: [
      '',
      ':',
      key,
      PRESENCE_SIGNATURE,
      `${key}:`,
      `:${PRESENCE_SIGNATURE}`,
      `${key}:${PRESENCE_SIGNATURE.slice(1)}`,
      `${key}:${PRESENCE_SIGNATURE}0`,
      `${key}:0${PRESENCE_SIGNATURE}`,
      `${key}:${PRESENCE_SIGNATURE} `,
      `${key}:${PRESENCE_SIGNATURE.toUpperCase()}`,
      `${key}:${PRIVATE_SIGNATURE}`,
      `${key.toUpperCase()}:${PRESENCE_SIGNATURE}`,
      `${key}::${PRESENCE_SIGNATURE}`,
      ` ${key}:${PRESENCE_SIGNATURE}`,
    ],
  };
  for (const [field, values] of Object.entries(tampered)) {
    for (const value of values) {
      t.equal(verifyChannelAuth({ ...good, [field]: value }).ok, false, `${field} ${value}`);
    }
  }
  fc.assert(
    fc.property(fc.nat(good.auth.length - 1), fc.nat(127), (at, code) => {
      const auth = good.auth.slice(0, at) + String.fromCharCode(code) + good.auth.slice(at + 1);
      return verifyChannelAuth({ ...good, auth }).ok === (auth === good.auth);
    }),
    { numRuns: runs(500) },
  );
});

t.test('a refusal has the text of the hosted service and never the digest', async (t) => {
  const request = { key, secret, socketId, channel: 'private-foobar' };
  t.strictSame(verifyChannelAuth({ ...request, auth: 'other:8372e' }), {
    ok: false,
    message: "Invalid key in subscription auth data: 'other'",
  });
  t.strictSame(verifyChannelAuth({ ...request, auth: '' }), {
    ok: false,
    message: "Invalid key in subscription auth data: ''",
  });
  t.strictSame(verifyChannelAuth({ ...request, auth: `${key}:8372e` }), {
    ok: false,
    message:
      'Invalid signature: Expected HMAC SHA256 hex digest of 1234.1234:private-foobar, but got 8372e',
  });
  t.strictSame(verifyChannelAuth({ ...request, channelData: '{"a":1}', auth: `${key}:` }), {
    ok: false,
    message:
      'Invalid signature: Expected HMAC SHA256 hex digest of 1234.1234:private-foobar:{"a":1}, but got ',
  });
  t.strictSame(verifyUserAuth({ key, secret, socketId, userData: '{}', auth: 'other:x' }), {
    ok: false,
    message: "Invalid key in signin auth data: 'other'",
  });
  t.strictSame(verifyUserAuth({ key, secret, socketId, userData: '{}', auth: `${key}:x` }), {
    ok: false,
    message: 'Invalid signature: Expected HMAC SHA256 hex digest of 1234.1234::user::{}, but got x',
  });
});

t.test('texts of any two lengths can be compared', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      return safeEqual(a, b) === (a === b) && safeEqual(a, a) && safeEqual(b, b);
    }),
  );
  t.notOk(safeEqual('', 'a'));
  t.notOk(safeEqual('a', 'a\0'));
});
