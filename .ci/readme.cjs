// Writes the tables of README.md and lib/OPTIONS.md; spec/readme.spec.ts checks that they are fresh. Needs a build.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { limitsTable } = require('../dist/gateway');
const { configSchema } = require('../dist/gateway/options/options');
const { optionDefaults } = require('../dist/pipe/options');
const tables = require('./tables.cjs');

const root = join(__dirname, '..');
const read = (name) => readFileSync(join(root, name), 'utf8');
const place = (name, ...table) =>
  writeFileSync(join(root, name), tables.placed(read(name), ...table));

place('README.md', 'limits', tables.limits(limitsTable()));
place('README.md', 'console', tables.schema(configSchema().properties.console, 'console.'));
const rows = tables.optionRows(optionDefaults(), read('lib/pipe/options.ts'));
place('lib/OPTIONS.md', 'options', tables.options(rows));
