// Transpiles every file that a spec may load, in one process, and keeps it for the loader of specs: each spec would
// otherwise do it for its own. Types are another check's matter.
const { spawnSync } = require('node:child_process');
const { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, relative, resolve } = require('node:path');
const { keep } = require('./transpile-once.cjs');

const root = resolve(__dirname, '..');
const out = mkdtempSync(join(tmpdir(), 'standpipe-transpiled-'));
const args = ['-p', root, '--noCheck', '--noEmit', 'false', '--sourceMap', '--outDir', out];
const startMs = Date.now();
try {
  const tsc = join(root, 'node_modules/typescript-7/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, ...args], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
  for (const name of readdirSync(out, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const file = join(root, name.replace(/js$/, 'ts'));
    // A file that was changed meanwhile may be another than the one that was read.
    if (statSync(file).mtimeMs >= startMs) continue;
    const map = JSON.parse(readFileSync(join(out, `${name}.map`), 'utf8'));
    // The map names its source from where the output lay.
    const sourceMapText = JSON.stringify({ ...map, sources: [relative(join(file, '..'), file)] });
    keep(file, { outputText: readFileSync(join(out, name), 'utf8'), sourceMapText });
  }
} finally {
  rmSync(out, { recursive: true });
}
