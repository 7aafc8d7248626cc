// Transpiles every file that a spec may load, in one process: each spec would otherwise load the compiler for its own.
const { readdirSync, readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { register } = require('ts-node');

const service = register({ transpileOnly: true });
for (const folder of ['lib', 'spec', 'examples', 'proto']) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue;
    const file = resolve(join(folder, name));
    service.compile(readFileSync(file, 'utf8'), file);
  }
}
