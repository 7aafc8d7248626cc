import t from 'tap';
import { capCredit, isUint32, isWhole, WIRE_LIMITS } from '../../lib/wire/limits';

t.test('a whole number is one from 0 to 2^53-1', async (t) => {
  for (const value of [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) t.ok(isWhole(value), `${value}`);
  for (const value of [-1, 0.5, 2 ** 53, NaN, Infinity, -Infinity]) {
    t.notOk(isWhole(value), `${value}`);
  }
});

t.test('a uint32 is a whole number from 0 to 2^32-1', async (t) => {
  for (const value of [0, 1, 2 ** 31, 2 ** 32 - 1]) t.ok(isUint32(value), `${value}`);
  for (const value of [-1, 0.5, 2 ** 32, NaN, Infinity]) t.notOk(isUint32(value), `${value}`);
});

t.test('credit is cut at its caps and left alone below them', async (t) => {
  t.strictSame(capCredit({ messages: 100_000, bytes: 67_108_864 }), {
    messages: 100_000,
    bytes: 67_108_864,
  });
  t.strictSame(capCredit({ messages: 100_001, bytes: 67_108_865 }), {
    messages: 100_000,
    bytes: 67_108_864,
  });
  t.strictSame(capCredit({ messages: 1, bytes: 0 }), { messages: 1, bytes: 0 });
});

t.test('a further command of the longest data fits into a frame that is nearly due', async (t) => {
  const { flushBytes, maxDataBytes, maxFrameBytes } = WIRE_LIMITS;
  t.ok(flushBytes + maxDataBytes < maxFrameBytes);
});
