import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Path of a file of the package as users get it, compiled again first when a source is newer. */
export function built(file: string): string {
  const sources = readdirSync(join(root, 'lib'), { recursive: true, withFileTypes: true });
  const newest = Math.max(
    ...sources
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  const path = join(root, 'dist', file);
  const compiled = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (compiled < newest) {
    const tsc = require.resolve('typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root });
    execFileSync(process.execPath, ['.ci/bundles.cjs'], { cwd: root, stdio: 'pipe' });
  }
  return path;
}
