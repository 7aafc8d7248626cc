import t from 'tap';
import { CloseCode, precedesWithError } from '../../lib/pusher/close-codes';
import { verdictOf } from '../../lib/subscriber/connection/verdict';

t.test('the reaction of a client to a code is that of its class', async (t) => {
  const codes = Object.values(CloseCode);
  t.ok(codes.length > 10);
  for (const code of [4000, ...codes]) {
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
    t.equal(verdictOf(code), expected, String(code));
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
