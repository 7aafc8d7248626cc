import t from 'tap';
import { pushySchema } from '../../../lib/gateway/options/pushy';

t.test(
  'delays below 1000 are seconds, others milliseconds, as the example of pushy means them',
  async (t) => {
    for (const [given, ms] of [
      [1, 1_000],
      [25, 25_000],
      [600, 600_000],
      [999, 999_000],
      [1_000, 1_000],
      [25_000, 25_000],
    ] as const) {
      const sockjs = { heartbeat_delay: given, disconnect_delay: given };
      const parsed = pushySchema.parse({ secretKey: 'x', sockjs }).sockjs;
      t.strictSame([parsed.heartbeat_delay, parsed.disconnect_delay], [ms, ms], String(given));
    }
  },
);

t.test('lengths of responses are bytes, K or M', async (t) => {
  for (const [given, bytes] of [
    [131_072, 131_072],
    ['131072', 131_072],
    ['128K', 131_072],
    ['1m', 1_048_576],
  ] as const) {
    const parsed = pushySchema.parse({ secretKey: 'x', sockjs: { response_limit: given } });
    t.equal(parsed.sockjs.response_limit, bytes, String(given));
  }
});
