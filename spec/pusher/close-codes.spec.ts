import t from 'tap';
import { CLOSE_CODES, CloseCode, precedesWithError } from '../../lib/pusher/close-codes';

t.test('every code has a meaning that fits into a close frame', async (t) => {
  t.strictSame([...CLOSE_CODES.keys()], Object.values(CloseCode));
  for (const [code, { meaning }] of CLOSE_CODES) {
    t.ok(meaning.length > 0 && Buffer.byteLength(meaning) <= 123, String(code));
  }
});

t.test('the verdict of a code is that of its range', async (t) => {
  for (const [code, { verdict, inBandOnly }] of CLOSE_CODES) {
    const expected =
      code === 4000
        ? 'tls'
        : code < 4100
          ? 'never'
          : code < 4200
            ? 'backoff'
            : code < 4300
              ? 'now'
              : 'never';
    t.equal(verdict, expected, String(code));
    t.equal(inBandOnly, code >= 4300, 'closing with these would stop a client for good');
  }
});

t.test(
  'codes that refuse come with an error event, reconnects only for protocols 4 and 5',
  async (t) => {
    for (const protocol of [4, 5, 6, 7]) {
      for (const code of [4000, 4001, 4009, 4100, 4199]) {
        t.ok(precedesWithError(code, protocol), `${code} for ${protocol}`);
      }
      for (const code of [4200, 4201, 4299]) {
        t.equal(precedesWithError(code, protocol), protocol < 6, `${code} for ${protocol}`);
      }
      for (const code of [1000, 1006, 3999, 4300, 4301]) {
        t.notOk(precedesWithError(code, protocol), `${code} for ${protocol}`);
      }
    }
  },
);
