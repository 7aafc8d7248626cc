// Runs spec files one after the other in one process, each as a subtest of its name: half of the CPU of a small spec
// goes into loading tap and the gateway. To a file its subtest is what `tap` gives it, so hooks of a file are its own.
// The variable SPECS names them, one a line: of arguments tap makes the name of a folder, which would be too long.
const { resolve } = require('node:path');
const t = require('tap');

let current = t;
require.cache[require.resolve('tap')].exports = {
  ...t,
  __esModule: true,
  get default() {
    return current;
  },
};

t.setTimeout(0);
for (const file of (process.env.SPECS ?? '').split('\n')) {
  t.test(file, async (subtest) => {
    subtest.setTimeout(0);
    current = subtest;
    require(resolve(file));
  });
}
