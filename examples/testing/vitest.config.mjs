/** Settings of vitest: only this file's tests. Fake timers, if you use them, do not reach the gateway. */
export default { test: { include: ['vitest.test.mjs'] } };
