import * as fc from 'fast-check';
import t from 'tap';
import { DEFAULT_CHANNEL_LIMITS as LIMITS } from '../../lib/pusher/limits';
import { parseChannelData, parseUserData } from '../../lib/pusher/presence';

const NO_HASH = 'is invalid - if supplied it must be a type of hash';

t.test('a member has an id, and the info that was signed', async (t) => {
  t.strictSame(parseChannelData('{"user_id":"a","user_info":{ "name":"Mr. \\u0042" }}', LIMITS), {
    ok: true,
    userId: 'a',
    userInfo: '{ "name":"Mr. \\u0042" }',
  });
  for (const text of ['{"user_id":"a"}', '{"user_id":"a","user_info":null}']) {
    t.strictSame(parseChannelData(text, LIMITS), { ok: true, userId: 'a', userInfo: undefined });
  }
});

t.test('the id of a member is a string, and two numbers are never one id', async (t) => {
  const ids = {
    '10': '10',
    '-0': '0',
    '1.0': '1',
    '1.5': '1.5',
    '9007199254740992': '9007199254740992',
    '9007199254740993': '9007199254740993',
    '1e21': '1e+21',
    '"10"': '10',
    '" "': ' ',
    '"__proto__"': '__proto__',
  };
  for (const [text, userId] of Object.entries(ids)) {
    t.match(parseChannelData(`{"user_id":${text}}`, LIMITS), { ok: true, userId }, text);
  }
});

t.test('an id that is missing, empty or of another type is refused', async (t) => {
  const message =
    'user_id supplied to presence subscription is invalid - it must be a string or a number';
  for (const id of ['null', '""', '{}', '[]', 'true', '1e999', '"\\ud800"']) {
    t.strictSame(
      parseChannelData(`{"user_id":${id}}`, LIMITS),
      { ok: false, limit: false, message },
      id,
    );
  }
  t.match(parseChannelData('{}', LIMITS), { ok: false, message });
});

t.test('data that is no object is refused', async (t) => {
  for (const text of ['', '{', 'null', '[]', '7', '"{}"', '[{"user_id":1}]']) {
    const message = 'channel_data must be a JSON object';
    t.strictSame(parseChannelData(text, LIMITS), { ok: false, limit: false, message }, text);
    t.match(parseUserData(text, LIMITS), { ok: false, message: 'user_data must be a JSON object' });
  }
});

t.test('info that is no object is refused with the text of the hosted service', async (t) => {
  for (const info of ['[]', '"x"', '7', 'true', '""', '[{}]']) {
    t.strictSame(
      parseChannelData(`{"user_id":"a","user_info":${info}}`, LIMITS),
      {
        ok: false,
        limit: false,
        message: `user_info supplied to presence subscription ${NO_HASH}`,
      },
      info,
    );
    t.match(parseUserData(`{"id":"a","user_info":${info}}`, LIMITS), {
      ok: false,
      message: `user_info supplied to signin ${NO_HASH}`,
    });
  }
});

t.test('an id over 128 characters or info over 1 KB crosses a limit', async (t) => {
  const withId = (length: number): string => JSON.stringify({ user_id: 'x'.repeat(length) });
  t.match(parseChannelData(withId(128), LIMITS), { ok: true });
  t.match(parseChannelData(withId(129), LIMITS), { ok: false, limit: true, message: /128/ });
  // Two bytes of UTF-8 for each letter.
  const withInfo = (bytes: number): string =>
    `{"user_id":"a","user_info":{"n":"${'é'.repeat((bytes - 8) / 2)}"}}`;
  t.match(parseChannelData(withInfo(1024), LIMITS), { ok: true });
  t.match(parseChannelData(withInfo(1026), LIMITS), { ok: false, limit: true, message: /1024/ });
  t.match(parseChannelData(withInfo(1026), { ...LIMITS, maxUserInfoBytes: 1026 }), { ok: true });
  t.match(parseUserData(JSON.stringify({ id: 'x'.repeat(129) }), LIMITS), { limit: true });
});

t.test('a user has an id, and may have info and a watchlist', async (t) => {
  t.strictSame(parseUserData('{"id":"1"}', LIMITS), {
    ok: true,
    id: '1',
    userInfo: undefined,
    watchlist: [],
  });
  t.strictSame(
    parseUserData('{"id":"1","user_info":{"a":1.0},"watchlist":["b","__proto__"]}', LIMITS),
    { ok: true, id: '1', userInfo: '{"a":1.0}', watchlist: ['b', '__proto__'] },
  );
  t.match(parseUserData('{"id":"1","watchlist":null}', LIMITS), { ok: true, watchlist: [] });
});

t.test('the id of a user is a number or a string that fits into a channel name', async (t) => {
  t.match(parseUserData('{"id":7}', LIMITS), { ok: true, id: '7' });
  for (const id of ['""', '1e999', 'null', '{}', '"a b"', '"a#b"', '"a:b"', '"é"', '"\\ud800"']) {
    t.match(parseUserData(`{"id":${id}}`, LIMITS), { ok: false, limit: false }, id);
  }
});

t.test('a watchlist is an array of strings', async (t) => {
  for (const list of ['"a"', '7', '{}', '[1]', '["a",null]', '[["a"]]']) {
    t.match(
      parseUserData(`{"id":"1","watchlist":${list}}`, LIMITS),
      { ok: false, limit: false, message: /watchlist/ },
      list,
    );
  }
});

t.test('keys of the language lend no member anything', async (t) => {
  for (const key of ['__proto__', 'constructor', 'toString', 'prototype']) {
    const inner = '{"user_id":"x","id":"x","user_info":{},"watchlist":["x"]}';
    t.match(parseChannelData(`{"${key}":${inner}}`, LIMITS), { ok: false });
    t.match(parseUserData(`{"${key}":${inner}}`, LIMITS), { ok: false });
    t.match(parseChannelData(`{"user_id":"a","user_info":{"${key}":${inner}}}`, LIMITS), {
      ok: true,
    });
    t.notOk('watchlist' in {});
  }
});

t.test('no text makes the readers throw, and info is always the text that was sent', async (t) => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      t.type(parseChannelData(text, LIMITS).ok, 'boolean');
      t.type(parseUserData(text, LIMITS).ok, 'boolean');
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), (info) => {
      const userInfo = JSON.stringify(info, null, 1);
      fc.pre(Buffer.byteLength(userInfo) <= LIMITS.maxUserInfoBytes);
      t.match(parseChannelData(`{"user_info":${userInfo},"user_id":1}`, LIMITS), { userInfo });
    }),
  );
});

t.test('escapes of user_info count as the characters they stand for', async (t) => {
  const limits = { ...LIMITS, maxUserInfoBytes: 20 };
  const read = (name: string): unknown =>
    parseChannelData(`{"user_id":"a","user_info":{"n":"${name}"}}`, limits);
  t.match(read('漢漢漢漢'), { ok: true }, 'twelve bytes and eight of JSON');
  t.match(read('\\u6f22\\u6f22\\u6f22\\u6f22'), { ok: true }, 'as PHP writes it');
  t.match(read('漢漢漢漢x'), { ok: false, limit: true });
  t.match(read('\\u6f22\\u6f22\\u6f22\\u6f22x'), { ok: false, limit: true });
  t.match(read('\\\\u6f22\\\\u6f22'), { ok: false, limit: true }, 'a backslash is no escape');
});
