// Writes the gateway's limits into the README's table; spec/readme.spec.ts checks that it is fresh. Needs a build.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { limitsTable } = require('../dist/gateway');

const path = join(__dirname, '../README.md');
const rows = limitsTable().map(
  ({ name, value, about }) =>
    `| \`${name}\` | ${value.toLocaleString('en').replaceAll(',', ' ')} | ${about} |`,
);
const table = ['| limit | default | bounds |', '| --- | ---: | --- |', ...rows].join('\n');
const readme = readFileSync(path, 'utf8');
writeFileSync(
  path,
  readme.replace(
    /<!-- limits -->[^]*?<!-- \/limits -->/,
    () => `<!-- limits -->\n${table}\n<!-- /limits -->`,
  ),
);
