// Runs spec files one after the other in one process, each as a subtest of its name: half of the CPU of a small spec
// goes into loading tap and the gateway. To a file its subtest is what `tap` gives it, so hooks of a file are its own.
// The variable SPECS names them, one a line: of arguments tap makes the name of a folder, which would be too long. FILE_TIMES
// names a file for the CPU that each has used, without that of its children.
const { appendFileSync } = require('node:fs');
const { resolve } = require('node:path');
const t = require('tap');

const { FILE_TIMES, SPECS = '' } = process.env;
let current = t;
require.cache[require.resolve('tap')].exports = {
  ...t,
  __esModule: true,
  get default() {
    return current;
  },
};

t.setTimeout(0);
for (const file of SPECS.split('\n')) {
  t.test(file, async (subtest) => {
    subtest.setTimeout(0);
    current = subtest;
    if (FILE_TIMES !== undefined) tellCpu(subtest, file);
    require(resolve(file));
  });
}

function tellCpu(subtest, file) {
  const before = process.cpuUsage();
  subtest.teardown(() => {
    const { user, system } = process.cpuUsage(before);
    appendFileSync(FILE_TIMES, `${((user + system) / 1e6).toFixed(1)} s of CPU: ${file}\n`);
  });
}
