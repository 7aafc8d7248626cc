// Plants a bug in this process: the file that PLANTED names is read with one place of its text changed. It is required
// before the loader of specs, which then finds the changed text.
const { Buffer } = require('node:buffer');
const fs = require('node:fs');
const { join } = require('node:path');

const { file, from, to } = JSON.parse(process.env.PLANTED);
const path = join(__dirname, '../lib', file);
const { readFileSync } = fs;

const text = readFileSync(path, 'utf8');
if (text.split(from).length !== 2) {
  throw new Error(`${file} must hold ${JSON.stringify(from)} exactly once`);
}
const planted = text.replace(from, () => to);

fs.readFileSync = (name, options) => {
  if (name !== path) return readFileSync(name, options);
  return options === undefined ? Buffer.from(planted) : planted;
};
