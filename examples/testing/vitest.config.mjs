/** Settings of vitest: one file of tests, and its cache with the others of this repository. Fake timers, if you use them, do not reach the gateway. */
export default {
  cacheDir: '../../node_modules/.vite',
  test: { include: ['vitest.test.mjs'] },
};
